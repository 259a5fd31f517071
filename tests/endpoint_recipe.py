"""What an endpoint is made of that an example of a rule describes."""

from __future__ import annotations

from dataclasses import dataclass, field

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
        refused: whether that is because the port refused the connection.
        idle: after how many seconds the server gave up a silent client, a blank, and what it said; or for how many
            seconds it held out, behind a ``+``.
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
        intrusive: outcomes of the intrusive tests by name, ``exposed``, ``safe`` or ``?`` and a detail; of
            ``early_talk`` the reply, of ``bad_commands`` how many are answered, and what is said to the next, if
            anything.
        other: what is otherwise over IPv6; ``refused`` and ``unreachable`` say why there was no conversation. None for
            a host without it.
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
    refused: bool = False
    idle: str = ""
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
    other: dict[str, str] | None = None
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
