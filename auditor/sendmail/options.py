"""The options sendmail knows, 8.8 to 8.18, and how it takes what is written after each.

Names, letters and the order of the table are those of readcf's option table; what the values mean is section 5.6 of the
Sendmail Installation and Operation Guide. Versions are those of the release notes; an option that a version knew only
when built with an _FFR_ define is counted from the version in which it became regular.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from auditor.model.value import frozen

# One option a line: name, letter of the one-letter form or "-", kind, first version, what the build must be made with.
# The kinds are told at Option.kind.
_TABLE = """
SevenBitInput 7 flag 8.8
EightBitMode 8 letter 8.8
AliasFile A list 8.8
AliasWait a time 8.8
BlankSub B text 8.8
MinFreeBlocks b number 8.8
CheckpointInterval C number 8.8
HoldExpensive c flag 8.8
DeliveryMode d letter 8.8
ErrorHeader E file 8.8
ErrorMode e letter 8.8
TempFileMode F mode 8.8
SaveFromLine f flag 8.8
MatchGECOS G flag 8.8
HelpFile H file 8.8
MaxHopCount h number 8.8
ResolverOptions I words 8.8
IgnoreDots i flag 8.8
ForwardPath J text 8.8
SendMimeErrors j flag 8.8
ConnectionCacheSize k number 8.8
ConnectionCacheTimeout K time 8.8
UseErrorsTo l flag 8.8
LogLevel L number 8.8
MeToo m flag 8.8
CheckAliases n flag 8.8
OldStyleHeaders o flag 8.8
DaemonPortOptions O list 8.8
PrivacyOptions p words 8.8
PostmasterCopy P text 8.8
QueueFactor q number 8.8
QueueDirectory Q file 8.8
DontPruneRoutes R flag 8.8
Timeout r parts 8.8
StatusFile S file 8.8
SuperSafe s letter 8.8
QueueTimeout T text 8.8
TimeZoneSpec t text 8.8
UserDatabaseSpec U text 8.8
DefaultUser u user 8.8
FallbackMXhost V text 8.8
Verbose v flag 8.8
TryNullMXList w flag 8.8
QueueLA x number 8.8
RefuseLA X number 8.8
RecipientFactor y number 8.8
ForkEachJob Y flag 8.8
ClassFactor z number 8.8
RetryFactor Z number 8.8
QueueSortOrder - letter 8.8
HostsFile - file 8.8
MinQueueAge - time 8.8
DefaultCharSet - text 8.8
ServiceSwitchFile - file 8.8
DialDelay - time 8.8
NoRecipientAction - text 8.8
SafeFileEnvironment - file 8.8
MaxMessageSize - number 8.8
ColonOkInAddr - flag 8.8
MaxQueueRunSize - number 8.8
MaxDaemonChildren - number 8.8
DontExpandCnames - flag 8.8
MustQuoteChars - text 8.8
SmtpGreetingMessage - text 8.8
UnixFromLine - text 8.8
OperatorChars - text 8.8
DontInitGroups - flag 8.8
SingleLineFromHeader - flag 8.8
AllowBogusHELO - flag 8.8
ConnectionRateThrottle - number 8.8
UnsafeGroupWrites - flag 8.8
DoubleBounceAddress - text 8.8
HostStatusDirectory - file 8.8
SingleThreadDelivery - flag 8.8
RunAsUser - user 8.8
RrtImpliesDsn - flag 8.9
PidFile - file 8.10
DontBlameSendmail - words 8.9
DontProbeInterfaces - flag 8.10
MaxRecipientsPerMessage - number 8.10
DeadLetterDrop - file 8.10
DontLockFilesForRead - flag 8.10 _FFR_DONTLOCKFILESFORREAD_OPTION
MaxAliasRecursion - number 8.10
ConnectOnlyTo - text 8.10
TrustedUser - user 8.10
MaxMimeHeaderLength - number 8.10
ControlSocketName - file 8.10
MaxHeadersLength - number 8.10
MaxForwardEntries - number 8.10 _FFR_MAX_FORWARD_ENTRIES
ProcessTitlePrefix - text 8.10
DefaultAuthInfo - file 8.10
AuthMechanisms - text 8.10
ClientPortOptions - list 8.10
DataFileBufferSize - number 8.10
XscriptFileBufferSize - number 8.10
LDAPDefaultSpec - text 8.10
ServerCertFile - file 8.11
ServerKeyFile - file 8.11
ClientCertFile - file 8.11
ClientKeyFile - file 8.11
CACertFile - file 8.11
CACertPath - file 8.11
DHParameters - file 8.11
InputMailFilters - text 8.12
Milter - parts 8.12
AuthOptions - letters 8.11
QueueFileMode - mode 8.12
DHParameters512 - file 8.11 _FFR_TLS_1
CertFingerprintAlgorithm - text 8.15
CipherList - text 8.15
RandFile - file 8.11
TLSSrvOptions - letters 8.12
BadRcptThrottle - number 8.12
DeliverByMin - time 8.12
MaxQueueChildren - number 8.12
MaxRunnersPerQueue - number 8.12
DirectSubmissionModifiers - text 8.12
NiceQueueRun - number 8.12
SharedMemoryKey - number 8.12
AuthMaxBits - number 8.12
MailboxDatabase - text 8.12
UseMSP - flag 8.12
DelayLA - number 8.12
FastSplit - number 8.12
SoftBounce - flag 8.14
SharedMemoryKeyFile - file 8.14
RejectLogInterval - time 8.13
RequiresDirfsync - flag 8.13
ConnectionRateWindowSize - time 8.13
CRLFile - file 8.13
FallbackSmartHost - text 8.13
AuthRealm - text 8.13
CRLPath - file 8.16
HeloName - text 8.14
RefuseLowMem - number 8.14 _FFR_MEMSTAT
QueueLowMem - number 8.14 _FFR_MEMSTAT
MemoryResource - text 8.14 _FFR_MEMSTAT
MaxNOOPCommands - number 8.14
MessageAccept - text 8.14 _FFR_MSG_ACCEPT
CheckQueueRunners - number 8.14 _FFR_QUEUE_RUN_PARANOIA
EightBitAddrOK - flag 8.14 _FFR_EIGHT_BIT_ADDR_OK
AddrTypeModes - flag 8.14 _FFR_ADDR_TYPE_MODES
BadRcptShutdown - number 8.14 _FFR_BADRCPT_SHUTDOWN
BadRcptShutdownGood - number 8.14 _FFR_BADRCPT_SHUTDOWN
ServerSSLOptions - words 8.15
ClientSSLOptions - words 8.15
MaxQueueAge - time 8.15
BadRcptThrottleDelay - number 8.15 _FFR_RCPTTHROTDELAY
FIPSMode - flag 8.15 _FFR_FIPSMODE
RejectNUL - flag 8.15 _FFR_REJECT_NUL_BYTE
BounceQueue - text 8.15 _FFR_BOUNCE_QUEUE
AddBcc - flag 8.15 _FFR_ADD_BCC
UseCompressedIPv6Addresses - flag 8.15
SSLEngine - text 8.16
SSLEnginePath - file 8.16
TLSFallbacktoClear - flag 8.16
NameServer - text 8.16 DNSSEC_TEST
DANE - text 8.16 DANE
NameSearchList - text 8.16 DNSSEC_TEST
Hacks - text 8.16 _FFR_BLANKENV_MACV
KeepBcc - flag 8.16 _FFR_KEEPBCC
ClientCACertFile - file 8.16 _FFR_CLIENTCA
ClientCACertPath - file 8.16 _FFR_CLIENTCA
SetCertAltnames - flag 8.16 _FFR_TLS_ALTNAMES
SmtpUTF8 - flag 8.17
StrictTransportSecurity - flag 8.17 _FFR_MTA_STS
CipherSuites - text 8.18
"""
#: Options of which a later line adds to the earlier ones instead of replacing them.
_ACCUMULATING = ("words", "letters", "list")


@frozen
class Option:
    """One option.

    Attributes:
        name: the long name as the table spells it.
        letter: the letter of the one-letter form ``Ox``, or None.
        kind: how the value is taken: ``flag`` (see ``truth``), ``letter`` (its first character
            counts), ``letters`` (the first character of each word counts), ``words`` (names separated by punctuation),
            ``list`` (each line defines one more), ``parts`` (a name after a dot says which part is set), ``number``,
            ``time``, ``mode``, ``file``, ``user``, ``text``.
        version: the first minor version that has it, ``(8, 15)``; 8.8 stands for all earlier ones as well.
        needs: the compile-time define without which no version has it, or None.

    """

    name: str
    letter: str | None
    kind: str
    version: tuple[int, int]
    needs: str | None

    @property
    def accumulates(self) -> bool:
        """Whether a later line adds to what earlier ones set."""
        return self.kind in _ACCUMULATING


class Named(NamedTuple):
    """What a written option name means.

    ``option`` is None for an unknown or ambiguous name; ``matches`` are the options it could mean.
    ``abbreviated`` says that the name was completed.
    """

    option: Option | None
    abbreviated: bool
    matches: tuple[Option, ...]


@cache
def options() -> tuple[Option, ...]:
    """Every option, in the order of sendmail's own table."""
    found = []
    for line in _TABLE.split("\n")[1:-1]:
        name, letter, kind, version, *needs = line.split(" ")
        major, minor = version.split(".")
        code = None if letter == "-" else letter
        found.append(Option(name, code, kind, (int(major), int(minor)), needs[0] if needs else None))
    return tuple(found)


@cache
def by_name() -> dict[str, Option]:
    """The options by their names in lower case."""
    return {option.name.lower(): option for option in options()}


def full_name(key: str) -> str:
    """The name of an option as the table spells it, its part behind a dot kept; one that is not known as it stands."""
    base, dot, part = key.partition(".")
    option = by_name().get(base.lower())
    return f"{option.name if option is not None else base}{dot}{part}"


@cache
def by_letter() -> dict[str, Option]:
    """The options that have a one-letter form, by that letter.

    ``g``, the default group, and ``M``, a macro, have a letter only; their name is empty.
    """
    nameless = [Option("", letter, "text", (8, 8), None) for letter in "gM"]
    return {option.letter: option for option in (*options(), *nameless) if option.letter is not None}


@cache
def named(written: str) -> Named:
    """What readcf makes of a name: the case does not count, and a beginning that fits one option only stands for it.

    Options that need a special build are completed only where no regular option fits, since most builds lack them.
    """
    name = written.lower()
    exact = by_name().get(name)
    if exact is not None:
        return Named(exact, abbreviated=False, matches=(exact,))
    begun = [option for option in options() if option.name.lower().startswith(name)]
    matches = tuple([option for option in begun if option.needs is None] or begun)
    if len(matches) == 1:
        return Named(matches[0], abbreviated=True, matches=matches)
    return Named(None, abbreviated=False, matches=matches)


def truth(value: str) -> bool:
    """A flag's value as sendmail takes it: nothing at all, or a first letter T or Y of either case, means true."""
    return value[:1] in ("", "t", "T", "y", "Y")


def letters_read(value: str) -> Iterator[int]:
    """Where the characters stand that sendmail reads of ``AuthOptions`` and ``TLSSrvOptions``: one of each word.

    From one character it goes on behind the next comma, blank or tab. Where a second one of these stands there, that
    is what it looks at, and the word behind it is passed over: of ``A, p, y`` it takes ``A`` alone.
    """
    at = 0
    while at < len(value):
        if value[at] not in _SEPARATORS:
            yield at
        at = next((after + 1 for after in range(at + 1, len(value)) if value[after] in _SEPARATORS), len(value))


def first_letters(value: str) -> str:
    """What sendmail reads of ``AuthOptions`` and ``TLSSrvOptions``: of ``Ap`` it is ``A``, of ``A p`` it is both."""
    return "".join(value[at] for at in letters_read(value))


_SEPARATORS = ", \t"


def words(value: str) -> tuple[str, ...]:
    """What sendmail reads of ``PrivacyOptions`` and its like: runs of letters and digits, in lower case."""
    return tuple("".join(c if c.isalnum() and c.isascii() else " " for c in value).lower().split())
