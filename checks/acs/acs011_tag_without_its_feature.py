r"""The access map has entries for a feature that is not used.

Some tags are looked up by rulesets that only a feature brings: rates, connections, pauses, friends
and haters, queue groups. Without it the entries lie idle. To: refuses recipients only with
FEATURE(`blocklist_recipients'), relays to one address only with relaytofulladdress, and AuthInfo:
is not looked up here when FEATURE(`authinfo') has a map of its own (cf/README, "ANTI-SPAM
CONFIGURATION CONTROL" and "FEATURES").

In the log or at the client:
    nothing; what the entries limit is not limited
Bad:
    QGRP:slow.example	slow
Bad:
    Spam:abuse@	FRIEND
Bad:
    To:user@partner.example	RELAY
Good:
    ClientRate:198.51.100.7	100
Good:
    --- +/etc/mail/sendmail.mc
    FEATURE(`delay_checks', `friend')dnl
    FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access')dnl
    FEATURE(`blocklist_recipients')dnl
    FEATURE(`greet_pause', `5000')dnl
    FEATURE(`ratecontrol', `nodelay', `terminate')dnl
    FEATURE(`conncontrol', `nodelay', `terminate')dnl
    --- +/etc/mail/access
    Spam:abuse@	FRIEND
Not when: a rule of the site's own looks the tag up.
See: cf/README, "ANTI-SPAM CONFIGURATION CONTROL".
"""

import re

from auditor.facts.configurations import CfFile, McFile
from auditor.facts.features import Features
from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Unknowable, Unknown
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import action_of, refuses, tag_name, tag_of
from checks.acs import has_argument

_NEW_NAMES = {"blocklist_recipients": "blacklist_recipients"}
_FULL = "<F:$1@$2> <D:$2> <F:$1@>"
#: What the use of a feature leaves in a .cf, for those that no signature tells.
_SIGNS = {
    "blocklist_recipients": "$>SearchList <+ To>",
    "tls_session_features": "! TLS_Srv_Features>",
    "bcc": "<! bcc>",
}


@check("ACS011", severity=Severity.HIGH)
def tag_without_its_feature(
    access: AccessMap, features: Features, cf: CfFile | Unknown, mc: McFile | Unknown
) -> Verdicts:
    """Report each feature that is missing once, at the first entry that needs it."""
    needed: dict[str, list[AccessEntry]] = {}
    for entry in access:
        feature = _needed(entry)
        if feature is not None:
            needed.setdefault(feature, []).append(entry)
    texts = [file.document.source.text for file in (cf, mc) if not isinstance(file, Unknown)]
    for feature, entries in needed.items():
        try:
            missing = not _is_used(feature, features, cf)
        except Unknowable as unknowable:
            yield unknowable.unknown
            continue
        if missing and not _looked_up(tag_name(entries[0]), texts):
            yield _finding(feature, entries)


def _needed(entry: AccessEntry) -> str | None:
    tag = tag_of(entry)
    if tag is None:
        return None
    if tag.name == "To" and refuses(entry):
        return "blocklist_recipients"
    if tag.name == "To" and action_of(entry) == "RELAY" and "@" in entry.key.text[1:]:
        return "relaytofulladdress"
    return tag.feature


def _is_used(feature: str, features: Features, cf: CfFile | Unknown) -> bool:
    if feature == "relaytofulladdress":
        return has_argument(features, cf, feature, _FULL)
    if feature == "delay_checks":
        use = features.get(feature)
        if use is None or use.call is not None:
            return use is not None and use.args[:1] != () and use.args[0][:1].lower() in ("f", "h")
        return isinstance(cf, CfFile) and "<! Spam>" in cf.document.source.text
    if features.seen(feature) or features.seen(_NEW_NAMES.get(feature, feature)):
        return True
    if isinstance(cf, CfFile) and feature in _SIGNS and _SIGNS[feature] in cf.document.source.text:
        return True
    return features.get(feature) is not None


def _looked_up(tag: str, texts: list[str]) -> bool:
    # A tag that cf.m4 writes into every .cf tells nothing.
    pattern = re.compile(rf"^[RL].*(?:access |<[!+] ){tag}\b", re.MULTILINE | re.IGNORECASE)
    return tag != "to" and any(pattern.search(text) for text in texts)


def _finding(feature: str, entries: list[AccessEntry]) -> Finding:
    name = "FEATURE(`delay_checks') with friend or hater" if feature == "delay_checks" else f"FEATURE(`{feature}')"
    full = feature == "relaytofulladdress"
    if full:
        name = "the argument relaytofulladdress of FEATURE(`access_db')"
    count = "this entry does" if len(entries) == 1 else f"{len(entries)} entries do"
    argument = ", `friend'" if feature == "delay_checks" else ""
    fix = "FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access', `relaytofulladdress')dnl"
    return Finding(
        entries[0].lhs,
        f"{count} nothing without {name}: {entries[0].lhs.text}",
        "What they allow, limit or refuse is not allowed, limited or refused; nothing says so.",
        Fix(fix if full else f"FEATURE(`{feature}'{argument})dnl behind access_db in sendmail.mc"),
    )
