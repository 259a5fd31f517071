"""Endpoints as a probe would have met them, for the examples of rules: ``--- @ mail.doe.org:25 endpoint(...)``.

What an example does not mention is as it should be, so that a Good one proves that nothing at all is said of it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
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
from auditor.probe.commands import Commands
from auditor.probe.dane import TLSARecords
from auditor.probe.https import Page
from auditor.probe.intrusive import Exposure, Intrusive
from auditor.probe.mta_sts import STS, Reporting, read_policy, read_record, read_reporting
from auditor.probe.names import Exchanger, Exchangers, HostNames, Reverse
from auditor.probe.observed import Conversation, Handshake, Logins, Observed
from auditor.probe.relay import Relaying, judged
from auditor.probe.relay_forms import Form
from auditor.probe.secured import TLSState
from auditor.probe.smtp import Extensions, Reply
from auditor.probe.targets import target
from auditor.probe.tls.messages import Exchange
from auditor.probe.tls.offered import Chain, SeenExchange, TLSOffer, VersionOffer, WeakOffer
from auditor.probe.transcript import Transcript
from auditor.readers.cipher_suites import WEAK_CLASSES, Suite, suites
from tests import builders, certificates

ADDRESS = "192.0.2.25"
VERSIONS = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
KEYWORDS = "ENHANCEDSTATUSCODES PIPELINING 8BITMIME SIZE=26214400 DSN DELIVERBY HELP"
CERTIFICATE = 'certificate(days=90, names=["mail.doe.org"], cn="mail.doe.org")'


@dataclass(frozen=True)
class Recipe:
    """What an endpoint is made of.

    A reply is written as on the wire, ``250 2.1.5 <x>... Recipient ok``, its lines parted by a line feed; an empty
    one is a connection that was dropped; one that begins with ``?`` is no verdict, with the reason behind it.

    Attributes:
        greeting, ehlo, within: the greeting, and the keywords before and within TLS, parameters after ``=``.
        delay: seconds until the greeting.
        plain: what was said in clear where TLS had to come first.
        refusal: the reply to STARTTLS.
        failed, kind, alert: the handshake that did not come about.
        injected: whether bytes came in clear behind the reply to STARTTLS.
        unreachable: why there was no conversation.
        verified: why the certificate does not verify; empty where it does.
        code: OpenSSL's number for that.
        versions, weak: the protocols and the classes of weak suites that are accepted.
        suite, exchange, bits, group: the preferred suite of every version, and how keys are exchanged with it.
        certificate: the call that makes the certificate; several, parted by ``;``, are a chain.
        client_certificate, authorities: whether a client's certificate is asked for, and of how many authorities.
        compression, renegotiation, master, fallback, preference: the traits of `TLSOffer`.
        relay: the reply to the recipient of each form of the relay test, and `relay_open` those of single forms.
        may_relay, always_may: as in `Relaying`.
        login: results by mechanism, as replies; `unsent` why no password was sent; `saslauthd` what that says;
            `proved` whether the server proved that it knows the password.
        intrusive: outcomes of the intrusive tests by name, ``exposed``, ``safe`` or ``?`` and a detail.
        alias, ptr, confirmed, addresses: what the DNS says of the host.
        tlsa: TLSA records; ``MATCH`` stands for the digest of the certificate's key.
        dnssec: whether the resolver proves its answers.
        domain: the mail domain it was probed for; `mx`, `sts`, `policy`, `tlsrpt` what the DNS and the web say of it.
        mx_alias, mx_problems: what the hosts of `mx` are aliases of, and what is wrong with the records.

    """

    greeting: str = "220 mail.doe.org ESMTP Sendmail; Sun, 22 Nov 2026 12:00:00 GMT"
    ehlo: str = f"{KEYWORDS} STARTTLS"
    within: str = KEYWORDS
    delay: float = 0.1
    plain: str = ""
    refusal: str = ""
    failed: str = ""
    kind: str = ""
    alert: int | None = None
    injected: bool = False
    unreachable: str = ""
    verified: str = ""
    code: int = 20
    versions: str = "TLSv1.2 TLSv1.3"
    weak: str = ""
    suite: str = "ECDHE-RSA-AES256-GCM-SHA384"
    exchange: str = "ECDHE"
    bits: int = 253
    group: str = "x25519"
    certificate: str = CERTIFICATE
    client_certificate: bool = False
    authorities: int = 0
    compression: bool = False
    renegotiation: bool = True
    master: bool = True
    fallback: bool = True
    preference: bool = True
    name: str = ""
    tls: str = ""
    vrfy: str = "252 2.5.2 Cannot VRFY user; try RCPT to attempt delivery (or try finger)"
    vrfy_made_up: str = "252 2.5.2 Cannot VRFY user; try RCPT to attempt delivery (or try finger)"
    expn: str = "502 5.7.0 Sorry, we do not allow this operation"
    etrn: str = "502 5.7.0 Sorry, we do not allow this operation"
    verb: str = "502 5.7.0 Verbose unavailable"
    help: str = "214 2.0.0 End of HELP info"
    noop: str = "250 2.0.0 OK"
    null_sender: str = "250 2.1.0 <>... Sender ok"
    postmaster: str = "250 2.1.5 <postmaster>... Recipient ok"
    postmaster_at: str = "250 2.1.5 <postmaster@mail.doe.org>... Recipient ok"
    abuse: str = "250 2.1.5 <abuse@mail.doe.org>... Recipient ok"
    made_up: str = "550 5.1.1 <mailaudit-no-such-user@mail.doe.org>... User unknown"
    unresolvable_sender: str = "553 5.1.8 <x@y.invalid>... Domain of sender address x@y.invalid does not exist"
    unqualified_sender: str = "553 5.5.4 <x>... Domain name required for sender address x"
    http: str = ""
    hasty: str = "554 5.5.0 SMTP protocol error"
    relay: str = "550 5.7.1 <x@example.org>... Relaying denied"
    relay_open: dict[str, str] = field(default_factory=dict)
    may_relay: str = ""
    always_may: bool = False
    trial: str = ""
    login: dict[str, str] = field(default_factory=dict)
    unsent: str = ""
    saslauthd: str = ""
    proved: bool | None = None
    intrusive: dict[str, str] = field(default_factory=dict)
    alias: str = ""
    ptr: tuple[str, ...] = ("mail.doe.org",)
    confirmed: bool = True
    addresses: tuple[str, ...] = (ADDRESS,)
    tlsa: tuple[str, ...] = ()
    dnssec: bool = True
    domain: str = ""
    mx: tuple[str, ...] = ("10 mail.doe.org",)
    mx_alias: str = ""
    mx_problems: tuple[str, ...] = ()
    sts: str = "v=STSv1; id=20260101"
    policy: str = "version: STSv1\nmode: enforce\nmx: mail.doe.org\nmax_age: 604800\n"
    tlsrpt: str = "v=TLSRPTv1; rua=mailto:tls@doe.org"


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
    if recipe.unreachable:
        reason = Inconclusive(recipe.unreachable)
        unasked = (NotApplicable("there was no conversation to ask in"),) * 10
        return Observed(settings, reason, reason, *unasked, Transcript(), 1, 0.1)
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
        _intrusive(recipe),
        _host(recipe, settings.host, settings.port),
        _dane(recipe, settings.host),
        _domain(recipe),
        Transcript(),
        14,
        0.5,
    )


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
    told = {name: _exposure(*text.split(" ", 1)) for name, text in (found | recipe.intrusive).items()}
    return Intrusive(**told, early_talk=Inconclusive("it was not tried"))


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
