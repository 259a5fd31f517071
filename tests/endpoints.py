"""Endpoints as a probe would have met them, for the examples of rules: ``--- @ mail.doe.org:25 endpoint(...)``.

What an example does not mention is as it should be, so that a Good one proves that nothing at all is said of it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import cache
from typing import Any

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.probe import dane
from auditor.probe.answers import Answer, Heard, answer
from auditor.probe.around import DomainAround, HostAround
from auditor.probe.auth.explain import explain
from auditor.probe.auth.login import LoginResult
from auditor.probe.auth.saslauthd import Asked
from auditor.probe.auth.trial import TrialResult, Verdict
from auditor.probe.bad_commands import Patience
from auditor.probe.commands import Commands
from auditor.probe.dane import TLSARecords
from auditor.probe.errors import Tried
from auditor.probe.families import OtherFamily
from auditor.probe.https import Page
from auditor.probe.idle import Idle
from auditor.probe.intrusive import Exposure, Intrusive
from auditor.probe.mta_sts import STS
from auditor.probe.names import Exchanger, Exchangers, HostNames, Reverse
from auditor.probe.observed import Conversation, Handshake, Logins, Observed
from auditor.probe.relay import Relaying, judged
from auditor.probe.relay_forms import Form
from auditor.probe.secured import TLSState
from auditor.probe.smtp import Extensions, Reply
from auditor.probe.sts_policy import read_policy
from auditor.probe.sts_records import Reporting, read_record, read_reporting
from auditor.probe.targets import target
from auditor.probe.tls.messages import Exchange
from auditor.probe.tls.offered import Chain, SeenExchange, TLSOffer, VersionOffer, WeakOffer
from auditor.probe.transcript import Transcript
from auditor.probe.unmet import TurnedAway, Unreached
from auditor.readers.cipher_suites import WEAK_CLASSES, Suite, suites
from tests import builders, certificates
from tests.endpoint_recipe import ADDRESS, KEYWORDS, VERSIONS, Recipe


@cache
def made(name: str, call: str) -> Observed:
    """What a probe of ``HOST:PORT`` would have brought back from the endpoint that a call describes.

    Raises:
        ValueError: the call is none of ``endpoint`` with literal arguments.

    """
    node = ast.parse(call, mode="eval").body
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "endpoint":
        raise ValueError(call)
    words = {each.arg: ast.literal_eval(each.value) for each in node.keywords if each.arg}
    return observed(name, **words)


def observed(name: str, **words: Any) -> Observed:  # noqa: ANN401  # Whatever a recipe holds.
    """As `made`, from the recipe's own arguments; submission offers AUTH within TLS and wants a login."""
    settings = target(name)
    if settings.port in (465, 587):
        words = {"within": f"{KEYWORDS} AUTH=PLAIN=LOGIN", "trial": "501 5.5.4 Invalid base64"} | words
        words = {"null_sender": "530 5.7.0 Authentication required", "tlsrpt": ""} | words
    recipe = Recipe(**words)
    settings = type(settings)(
        settings.host, settings.port, recipe.tls or settings.tls, recipe.name, at=certificates.NOW
    )
    if reason := _unmet(recipe, name):
        parts: dict[str, Any] = dict.fromkeys(Observed.__match_args__, NotApplicable("there was no conversation"))
        parts |= {"settings": settings, "conversation": reason, "offer": reason, "transcript": Transcript()}
        return Observed(**parts | {"connections": 1, "seconds": 0.1})
    talk = _conversation(recipe, settings)
    offered = _offer(recipe, talk, settings.tls)
    return Observed(
        settings,
        talk,
        offered,
        _commands(recipe),
        _relaying(recipe),
        NotApplicable("TLS comes first") if settings.tls == "implicit" else _heard("GET / HTTP/1.0", recipe.http),
        NotApplicable("TLS comes first") if settings.tls == "implicit" else _heard("NOOP", recipe.hasty),
        _trial(recipe),
        _logins(recipe),
        _other(recipe, settings),
        _intrusive(recipe),
        _idle(recipe),
        _host(recipe, settings.host, settings.port),
        _dane(recipe, settings.host),
        _domain(recipe),
        Transcript(),
        14,
        0.5,
    )


def _unmet(recipe: Recipe, name: str) -> Inconclusive | None:
    """Why there is no conversation; None where there is one."""
    if recipe.unreachable:
        fates = (Tried(ADDRESS, "refused"),) if recipe.refused else ()
        return Unreached(recipe.unreachable, fates)
    if recipe.greeting.startswith("4"):
        return Inconclusive(f"{name} refuses the connection: {recipe.greeting}")
    if recipe.greeting.startswith("5"):
        return TurnedAway(f"{name} refuses the connection: {recipe.greeting}", _reply(recipe.greeting))
    return None


def _idle(recipe: Recipe) -> Idle | NotApplicable:
    if not recipe.idle:
        return NotApplicable("nobody asked how long the server waits")
    seconds, _, said = recipe.idle.partition(" ")
    if seconds.startswith("+"):
        return Idle(float(seconds), float(seconds), gave_up=False)
    return Idle(400, float(seconds), gave_up=True, reply=_reply(said) if said else None)


def _reply(text: str) -> Reply:
    lines = text.split("\n")
    return Reply(int(lines[0][:3]), tuple(line[4:] for line in lines), text.encode())


def _heard(command: str, text: str) -> Heard:
    if text.startswith("?"):
        return Inconclusive(text[1:])
    return answer(command, _reply(text)) if text else Answer(command, "dropped", None)


def _extensions(keywords: str) -> Extensions:
    # A doubled sign stands for itself, as in the old form of AUTH.
    words = (word.replace("==", "\0").replace("=", " ").replace("\0", "=") for word in keywords.split())
    lines = ["250-mail.doe.org Hello", *(f"250-{word}" for word in words)]
    return Extensions(_reply("\n".join(lines)))


def _conversation(recipe: Recipe, settings: Any) -> Conversation:  # noqa: ANN401
    peer, client = f"{ADDRESS}:{settings.port}", "198.51.100.7"
    implicit = settings.tls == "implicit"
    failed = Handshake(recipe.failed, recipe.kind, recipe.alert) if recipe.failed else None
    if recipe.plain or (failed and implicit):
        return Conversation(peer, client, None, plain=recipe.plain, failed=failed)
    clear = None if implicit else _extensions(recipe.ehlo)
    refusal = _reply(recipe.refusal) if recipe.refusal else None
    starts = implicit or (settings.tls == "starttls" and clear is not None and "STARTTLS" in clear)
    tls = None
    if starts and failed is None and refusal is None:
        suite = _suite(recipe.suite)
        tls = TLSState(recipe.versions.split()[-1], suite.name, suite.bits, not recipe.verified, recipe.verified,
                       _chain(recipe.certificate), None, recipe.code if recipe.verified else 0)  # fmt: skip
    within = _extensions(recipe.within) if tls is not None else None
    injected = b"250 injected\r\n" if recipe.injected else b""
    return Conversation(peer, client, _reply(recipe.greeting), recipe.delay, clear, within, tls, refusal, failed, "",
                        injected)  # fmt: skip


@cache
def _chain(calls: str) -> tuple[bytes, ...]:
    return tuple(builders.build(call.strip().replace("(", "(der=True,", 1)) for call in calls.split(";"))


def _suite(name: str) -> Suite:
    return next(suite for suite in suites().values() if name in (suite.name, suite.iana))


def _offer(recipe: Recipe, talk: Conversation, tls: str) -> TLSOffer | NotApplicable:
    if talk.plain or talk.refusal or tls == "none" or (talk.clear is not None and "STARTTLS" not in talk.clear):
        return NotApplicable("there is no TLS")
    suite = _suite(recipe.suite)
    exchange = Exchange(recipe.exchange, recipe.group, recipe.bits)
    spoken = recipe.versions.split()
    versions = tuple(
        VersionOffer(name, "offered", suite, exchange, (suite,)) if name in spoken else VersionOffer(name, "refused")
        for name in VERSIONS
    )
    weak = tuple(
        WeakOffer(name, accepted=True, version=spoken[0], suite=next(s for s in suites().values() if name in s.classes))
        if name in recipe.weak.split()
        else WeakOffer(name, accepted=False)
        for name in WEAK_CLASSES
    )
    return TLSOffer(
        versions,
        weak,
        (Chain(spoken[-1], suite, _chain(recipe.certificate)),) if spoken else (),
        (SeenExchange(spoken[-1], suite, exchange),) if spoken else (),
        client_certificate=recipe.client_certificate,
        compression=recipe.compression,
        secure_renegotiation=recipe.renegotiation,
        extended_master_secret=recipe.master,
        session_tickets=True,
        fallback_scsv=recipe.fallback,
        server_preference=recipe.preference,
        connections=9,
        authorities=(b"0\0",) * recipe.authorities,
        groups=(recipe.group,) if recipe.group else (),
    )


def _commands(recipe: Recipe) -> Commands:
    return Commands(*(_heard(name.upper(), getattr(recipe, name)) for name in Commands.__match_args__))


def _relaying(recipe: Recipe) -> Relaying:
    attempts = []
    names = ("null sender", "foreign sender", "percent hack", "source route")
    for name in dict.fromkeys((*names, *recipe.relay_open)):
        replies = (_reply("250 2.1.0 Sender ok"), _reply(recipe.relay_open.get(name, recipe.relay)))
        attempts.append(judged(Form(name, "", "mailaudit@example.org"), replies))
    return Relaying(tuple(attempts), recipe.may_relay, recipe.always_may)


def _trial(recipe: Recipe) -> TrialResult | NotApplicable:
    if not recipe.trial:
        return NotApplicable("no mechanism that sends a password is offered")
    reply = _reply(recipe.trial)
    codes = {501: Verdict.ANSWERS, 535: Verdict.ANSWERS, 454: Verdict.BACKEND, 504: Verdict.NO_MECHANISM,
             503: Verdict.NO_AUTH, 235: Verdict.OPEN}  # fmt: skip
    return TrialResult("PLAIN", codes[reply.code], reply, explain(reply, "PLAIN"))


def _logins(recipe: Recipe) -> Logins | NotApplicable:
    if not recipe.login and not recipe.unsent:
        return NotApplicable("no login was asked for")
    results = []
    for mechanism, text in recipe.login.items():
        reply = _reply(text)
        accepted = None if reply.temporary else reply.ok
        results.append(LoginResult(mechanism, accepted, reply, explain(reply, mechanism), recipe.proved))
    said = recipe.saslauthd
    verifier: Asked | Inconclusive | NotApplicable = NotApplicable("the server is on another host")
    if said:
        verifier = Inconclusive(said[1:]) if said.startswith("?") else Asked(said.startswith("OK"), said)
    return Logins(tuple(results), recipe.unsent, verifier)


def _intrusive(recipe: Recipe) -> Intrusive | NotApplicable:
    if not recipe.intrusive:
        return NotApplicable("--intrusive was not asked for")
    found = dict.fromkeys(("injection", "renegotiation", "heartbleed", "early_ccs"), "safe nothing happened")
    words = found | {"early_talk": "554 mail.doe.org ESMTP not accepting messages"} | recipe.intrusive
    early = _heard("EHLO probe.invalid", words.pop("early_talk"))
    count, _, last = words.pop("bad_commands", "25 421 4.7.0 mail.doe.org Too many bad commands").partition(" ")
    told = {name: _exposure(*text.split(" ", 1)) for name, text in words.items()}
    patience = Inconclusive(last) if count == "?" else Patience(int(count), bool(last), last or "500 5.5.1 What?", 0.2)
    return Intrusive(**told, early_talk=early, bad_commands=patience)


def _other(recipe: Recipe, settings: Any) -> OtherFamily | NotApplicable:  # noqa: ANN401
    if recipe.other is None:
        return NotApplicable("the host has addresses of one family")
    words: dict[str, Any] = dict(recipe.other)
    refused, reason = words.pop("refused", ""), words.pop("unreachable", "")
    lost = Inconclusive(refused or reason) if refused or reason else None
    return OtherFamily("2001:db8::25", ADDRESS, lost or _conversation(replace(recipe, **words), settings), refused)


def _exposure(verdict: str, detail: str) -> Exposure | Inconclusive:
    if verdict == "?":
        return Inconclusive(detail)
    return Exposure("exposed" if verdict == "exposed" else "safe", detail)


def _host(recipe: Recipe, host: str, port: int) -> HostAround:
    confirmed = recipe.ptr if recipe.confirmed else ()
    denied = () if recipe.confirmed else recipe.ptr
    reverse = tuple(Reverse(address, recipe.ptr, confirmed, denied) for address in recipe.addresses)
    ipv4 = tuple(address for address in recipe.addresses if ":" not in address)
    ipv6 = tuple(address for address in recipe.addresses if ":" in address)
    names = HostNames(host, ipv4, ipv6, bool(recipe.addresses), recipe.alias or None, recipe.dnssec, reverse)
    records = tuple(dane.parse(_filled(text, recipe)) for text in recipe.tlsa)
    return HostAround(names, TLSARecords(f"_{port}._tcp.{host}", host, records, recipe.dnssec, recipe.dnssec))


def _filled(text: str, recipe: Recipe) -> str:
    from hashlib import sha256  # noqa: PLC0415

    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    key = x509.load_der_x509_certificate(_chain(recipe.certificate)[0]).public_key()
    digest = sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    return re.sub("MATCH", digest, text)


def _dane(recipe: Recipe, host: str) -> dane.DANEVerdict:
    records = [dane.parse(_filled(text, recipe)) for text in recipe.tlsa]
    return dane.judge(records, _chain(recipe.certificate), (host,), certificates.NOW)


def _domain(recipe: Recipe) -> DomainAround | NotApplicable:
    if not recipe.domain:
        return NotApplicable("no mail domain was named")
    alias = recipe.mx_alias or None
    hosts = tuple(Exchanger(int(p), n, (ADDRESS,), alias, recipe.dnssec) for p, n in map(str.split, recipe.mx))
    record = read_record((recipe.sts,)) if recipe.sts else None
    page = Page(200, "text/plain", recipe.policy, None) if record and recipe.policy else None
    policy = read_policy(recipe.policy) if page else None
    report: Reporting | None = read_reporting((recipe.tlsrpt,)) if recipe.tlsrpt else None
    exchangers = Exchangers(recipe.domain, hosts, authenticated=recipe.dnssec, problems=recipe.mx_problems)
    return DomainAround(exchangers, STS(recipe.domain, record, page, policy), report)
