"""The names of sendmail's m4 configuration: settings, features, mailers, sections, and when each of them appeared.

Taken from the cf tree of 8.17.1.9, with what the release notes say of 8.12 to 8.18.2. A version is a tuple of numbers,
as in ``(8, 13, 0)``; a name without one has been there since before 8.12.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeAlias

from auditor.model.value import frozen

Release: TypeAlias = tuple[int, int, int]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in text.split())


#: The option of sendmail.cf that each m4 macro sets (proto.m4).
OPTION_OF: Mapping[str, str] = _pairs(
    """
    confDONT_BLAME_SENDMAIL=DontBlameSendmail confLDAP_DEFAULT_SPEC=LDAPDefaultSpec
    confSEVEN_BIT_INPUT=SevenBitInput confEIGHT_BIT_HANDLING=EightBitMode confALIAS_WAIT=AliasWait
    ALIAS_FILE=AliasFile confMIN_FREE_BLOCKS=MinFreeBlocks confMAX_MESSAGE_SIZE=MaxMessageSize
    confBLANK_SUB=BlankSub confCON_EXPENSIVE=HoldExpensive confCHECKPOINT_INTERVAL=CheckpointInterval
    confDELIVERY_MODE=DeliveryMode confERROR_MESSAGE=ErrorHeader confERROR_MODE=ErrorMode
    confSAVE_FROM_LINES=SaveFromLine confQUEUE_FILE_MODE=QueueFileMode confTEMP_FILE_MODE=TempFileMode
    confMATCH_GECOS=MatchGECOS confMAX_HOP=MaxHopCount confIGNORE_DOTS=IgnoreDots confBIND_OPTS=ResolverOptions
    confMIME_FORMAT_ERRORS=SendMimeErrors confFORWARD_PATH=ForwardPath confMCI_CACHE_SIZE=ConnectionCacheSize
    confMCI_CACHE_TIMEOUT=ConnectionCacheTimeout confHOST_STATUS_DIRECTORY=HostStatusDirectory
    confSINGLE_THREAD_DELIVERY=SingleThreadDelivery confUSE_ERRORS_TO=UseErrorsTo
    confUSE_COMPRESSED_IPV6_ADDRESSES=UseCompressedIPv6Addresses confLOG_LEVEL=LogLevel confME_TOO=MeToo
    confCHECK_ALIASES=CheckAliases confOLD_STYLE_HEADERS=OldStyleHeaders
    confDIRECT_SUBMISSION_MODIFIERS=DirectSubmissionModifiers confUSE_MSP=UseMSP confPRIVACY_FLAGS=PrivacyOptions
    confCOPY_ERRORS_TO=PostmasterCopy confQUEUE_FACTOR=QueueFactor confMAX_QUEUE_CHILDREN=MaxQueueChildren
    confMAX_RUNNERS_PER_QUEUE=MaxRunnersPerQueue confNICE_QUEUE_RUN=NiceQueueRun confQUEUE_SORT_ORDER=QueueSortOrder
    confMIN_QUEUE_AGE=MinQueueAge confMAX_QUEUE_AGE=MaxQueueAge confMAX_QUEUE_RUN_SIZE=MaxQueueRunSize
    confFAST_SPLIT=FastSplit confSHARED_MEMORY_KEY=SharedMemoryKey confSHARED_MEMORY_KEY_FILE=SharedMemoryKeyFile
    confTO_INITIAL=Timeout.initial confTO_CONNECT=Timeout.connect confTO_ACONNECT=Timeout.aconnect
    confTO_ICONNECT=Timeout.iconnect confTO_HELO=Timeout.helo confTO_MAIL=Timeout.mail confTO_RCPT=Timeout.rcpt
    confTO_DATAINIT=Timeout.datainit confTO_DATABLOCK=Timeout.datablock confTO_DATAFINAL=Timeout.datafinal
    confTO_RSET=Timeout.rset confTO_QUIT=Timeout.quit confTO_MISC=Timeout.misc confTO_COMMAND=Timeout.command
    confTO_IDENT=Timeout.ident confTO_FILEOPEN=Timeout.fileopen confTO_CONTROL=Timeout.control
    confTO_QUEUERETURN=Timeout.queuereturn confTO_QUEUERETURN_NORMAL=Timeout.queuereturn.normal
    confTO_QUEUERETURN_URGENT=Timeout.queuereturn.urgent confTO_QUEUERETURN_NONURGENT=Timeout.queuereturn.non-urgent
    confTO_QUEUERETURN_DSN=Timeout.queuereturn.dsn confTO_QUEUEWARN=Timeout.queuewarn
    confTO_QUEUEWARN_NORMAL=Timeout.queuewarn.normal confTO_QUEUEWARN_URGENT=Timeout.queuewarn.urgent
    confTO_QUEUEWARN_NONURGENT=Timeout.queuewarn.non-urgent confTO_QUEUEWARN_DSN=Timeout.queuewarn.dsn
    confTO_HOSTSTATUS=Timeout.hoststatus confTO_RESOLVER_RETRANS=Timeout.resolver.retrans
    confTO_RESOLVER_RETRANS_FIRST=Timeout.resolver.retrans.first
    confTO_RESOLVER_RETRANS_NORMAL=Timeout.resolver.retrans.normal confTO_RESOLVER_RETRY=Timeout.resolver.retry
    confTO_RESOLVER_RETRY_FIRST=Timeout.resolver.retry.first
    confTO_RESOLVER_RETRY_NORMAL=Timeout.resolver.retry.normal confTO_LHLO=Timeout.lhlo confTO_AUTH=Timeout.auth
    confTO_STARTTLS=Timeout.starttls confDELIVER_BY_MIN=DeliverByMin confDONT_PRUNE_ROUTES=DontPruneRoutes
    confSAFE_QUEUE=SuperSafe STATUS_FILE=StatusFile confDEF_USER_ID=DefaultUser confUSERDB_SPEC=UserDatabaseSpec
    confFALLBACK_MX=FallbackMXhost confFALLBACK_SMARTHOST=FallbackSmartHost confTRY_NULL_MX_LIST=TryNullMXList
    confQUEUE_LA=QueueLA confREFUSE_LA=RefuseLA confREJECT_LOG_INTERVAL=RejectLogInterval confDELAY_LA=DelayLA
    confMAX_DAEMON_CHILDREN=MaxDaemonChildren confCONNECTION_RATE_THROTTLE=ConnectionRateThrottle
    confCONNECTION_RATE_WINDOW_SIZE=ConnectionRateWindowSize confWORK_RECIPIENT_FACTOR=RecipientFactor
    confSEPARATE_PROC=ForkEachJob confWORK_CLASS_FACTOR=ClassFactor confWORK_TIME_FACTOR=RetryFactor
    confDEF_CHAR_SET=DefaultCharSet confSERVICE_SWITCH_FILE=ServiceSwitchFile confHOSTS_FILE=HostsFile
    confDIAL_DELAY=DialDelay confNO_RCPT_ACTION=NoRecipientAction confSAFE_FILE_ENV=SafeFileEnvironment
    confCOLON_OK_IN_ADDR=ColonOkInAddr confDONT_EXPAND_CNAMES=DontExpandCnames
    confSMTP_LOGIN_MSG=SmtpGreetingMessage confFROM_LINE=UnixFromLine
    confSINGLE_LINE_FROM_HEADER=SingleLineFromHeader confALLOW_BOGUS_HELO=AllowBogusHELO
    confMUST_QUOTE_CHARS=MustQuoteChars confOPERATORS=OperatorChars confDONT_INIT_GROUPS=DontInitGroups
    confUNSAFE_GROUP_WRITES=UnsafeGroupWrites confDOUBLE_BOUNCE_ADDRESS=DoubleBounceAddress
    confSOFT_BOUNCE=SoftBounce confDEAD_LETTER_DROP=DeadLetterDrop confRUN_AS_USER=RunAsUser
    confMAX_RCPTS_PER_MESSAGE=MaxRecipientsPerMessage confBAD_RCPT_THROTTLE=BadRcptThrottle
    confDONT_PROBE_INTERFACES=DontProbeInterfaces confRRT_IMPLIES_DSN=RrtImpliesDsn
    confCONNECT_ONLY_TO=ConnectOnlyTo confTRUSTED_USER=TrustedUser confCONTROL_SOCKET_NAME=ControlSocketName
    confMAX_MIME_HEADER_LENGTH=MaxMimeHeaderLength confMAX_HEADERS_LENGTH=MaxHeadersLength
    confMAX_ALIAS_RECURSION=MaxAliasRecursion confPID_FILE=PidFile confPROCESS_TITLE_PREFIX=ProcessTitlePrefix
    confDF_BUFFER_SIZE=DataFileBufferSize confXF_BUFFER_SIZE=XscriptFileBufferSize
    confMAILBOX_DATABASE=MailboxDatabase confREQUIRES_DIR_FSYNC=RequiresDirfsync confAUTH_MECHANISMS=AuthMechanisms
    confAUTH_REALM=AuthRealm confDEF_AUTH_INFO=DefaultAuthInfo confAUTH_OPTIONS=AuthOptions
    confAUTH_MAX_BITS=AuthMaxBits confTLS_SRV_OPTIONS=TLSSrvOptions confCIPHER_LIST=CipherList
    confSERVER_SSL_OPTIONS=ServerSSLOptions confCLIENT_SSL_OPTIONS=ClientSSLOptions confSSL_ENGINE=SSLEngine
    confSSL_ENGINE_PATH=SSLEnginePath confTLS_FALLBACK_TO_CLEAR=TLSFallbacktoClear
    confINPUT_MAIL_FILTERS=InputMailFilters confMILTER_LOG_LEVEL=Milter.LogLevel
    confMILTER_MACROS_CONNECT=Milter.macros.connect confMILTER_MACROS_HELO=Milter.macros.helo
    confMILTER_MACROS_ENVFROM=Milter.macros.envfrom confMILTER_MACROS_ENVRCPT=Milter.macros.envrcpt
    confMILTER_MACROS_EOM=Milter.macros.eom confMILTER_MACROS_EOH=Milter.macros.eoh
    confMILTER_MACROS_DATA=Milter.macros.data confCACERT_PATH=CACertPath confCACERT=CACertFile
    confSERVER_CERT=ServerCertFile confSERVER_KEY=ServerKeyFile confCLIENT_CERT=ClientCertFile
    confCLIENT_KEY=ClientKeyFile confCRL=CRLFile confCRL_PATH=CRLPath confDH_PARAMETERS=DHParameters
    confRAND_FILE=RandFile confCERT_FINGERPRINT_ALGORITHM=CertFingerprintAlgorithm confDANE=DANE
    confMAX_NOOP_COMMANDS=MaxNOOPCommands confHELO_NAME=HeloName confREJECT_NUL=RejectNUL
    HELP_FILE=HelpFile QUEUE_DIR=QueueDirectory confTIME_ZONE=TimeZoneSpec
    """,
)

#: conf macros that set no option but something else of the .cf: a macro, a class, a header, a mailer, a message.
OTHER_CONF: frozenset[str] = _words(
    """
    confCF_VERSION confCR_FILE confCT_FILE confCW_FILE confDEQUOTE_OPTS confDOMAIN_NAME confEBINDIR confFROM_HEADER
    confLDAP_CLUSTER confLOCAL_MAILER confMAILER_NAME confMBINDIR confMESSAGEID_HEADER confOPENSSL_CNF
    confRCPTREJ_MSG confRECEIVED_HEADER confREJECT_MSG confRELAY_MAILER confRELAY_MSG confSMTP_MAILER confTRUSTED_USERS
    confUUCP_MAILER
    """,
)

#: conf macros that are obsolete, with what replaces them; an empty text means that nothing does.
OBSOLETE_CONF: Mapping[str, str] = {
    "confREAD_TIMEOUT": "the single confTO_ macros",
    "confMESSAGE_TIMEOUT": "confTO_QUEUERETURN and confTO_QUEUEWARN",
    "confDEF_GROUP_ID": "confDEF_USER_ID, as user:group",
    "confAUTO_REBUILD": "",
    "confDAEMON_OPTIONS": "DAEMON_OPTIONS()",
    "confCLIENT_OPTIONS": "CLIENT_OPTIONS()",
    "confUNSAFE_GROUP_WRITES": "confDONT_BLAME_SENDMAIL",
    "confDEF_AUTH_INFO": "FEATURE(`authinfo')",
}

#: conf macros that only a vendor's patched cf tree or an experimental build knows.
VENDOR_CONF: Mapping[str, str] = {"confREJECT_NUL": "Debian", "confCF_VERSION": "Debian"}


def _since(table: Mapping[Release, str]) -> dict[str, Release]:
    return {name: release for release, names in table.items() for name in names.split()}


#: The release in which a conf macro appeared.
CONF_SINCE: Mapping[str, Release] = _since(
    {
        (8, 12, 0): "confAUTH_MAX_BITS confTLS_SRV_OPTIONS confBAD_RCPT_THROTTLE confDELAY_LA confQUEUE_FILE_MODE "
        "confMAX_QUEUE_CHILDREN confFAST_SPLIT confMAILBOX_DATABASE confSHARED_MEMORY_KEY confTO_LHLO confTO_AUTH "
        "confTO_STARTTLS confTO_ACONNECT confUSE_MSP confAUTH_OPTIONS",
        (8, 13, 0): "confCRL confAUTH_REALM confCONNECTION_RATE_WINDOW_SIZE confREJECT_LOG_INTERVAL "
        "confFALLBACK_SMARTHOST confREQUIRES_DIR_FSYNC confMESSAGEID_HEADER confTO_QUEUERETURN_DSN "
        "confTO_QUEUEWARN_DSN",
        (8, 14, 0): "confHELO_NAME confSHARED_MEMORY_KEY_FILE confMAX_NOOP_COMMANDS",
        (8, 14, 1): "confSOFT_BOUNCE",
        (8, 15, 1): "confCIPHER_LIST confSERVER_SSL_OPTIONS confCLIENT_SSL_OPTIONS confCERT_FINGERPRINT_ALGORITHM "
        "confMAX_QUEUE_AGE",
        (8, 15, 2): "confUSE_COMPRESSED_IPV6_ADDRESSES",
        (8, 16, 1): "confDANE confSSL_ENGINE confSSL_ENGINE_PATH confCRL_PATH confTLS_FALLBACK_TO_CLEAR",
        (8, 18, 1): "confOPENSSL_CNF",
    },
)


@frozen
class FeatureFacts:
    """What is known of one FEATURE.

    Attributes:
        since: the release in which it appeared, or None where that is before 8.12.
        needs: features that must stand above it.
        before: mailers that must stand below it, or it has no effect or breaks.
        replaced_by: what to use instead, where it is deprecated or gone; an empty text means nothing is needed.
        removed: the release in which it was removed.
        vendor: the distribution whose cf tree has it, where sendmail's own has not.

    """

    since: Release | None = None
    needs: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    replaced_by: str | None = None
    removed: Release | None = None
    vendor: str | None = None


_ACCESS = ("access_db",)
_LOCAL = ("local",)

#: Every FEATURE that sendmail's cf tree has, has had or will have up to 8.18.2, and Debian's own.
FEATURES: Mapping[str, FeatureFacts] = dict.fromkeys(
    _words("""
    accept_unqualified_senders accept_unresolvable_domains access_db bestmx_is_local bitdomain delay_checks dnsbl
    domaintable generics_entire_domain genericstable ldap_routing limited_masquerade loose_relay_check mailertable
    masquerade_entire_domain masquerade_envelope no_default_msa nocanonify nullclient promiscuous_relay redirect
    relay_based_on_MX relay_entire_domain relay_hosts_only relay_local_from stickyhost use_ct_file use_cw_file
    uucpdomain virtuser_entire_domain virtusertable nopercenthack prefixmod
    """),
    FeatureFacts(),
) | {
    "allmasquerade": FeatureFacts(before=("local", "uucp")),
    "always_add_domain": FeatureFacts(before=_LOCAL),
    "local_lmtp": FeatureFacts(before=_LOCAL),
    "local_no_masquerade": FeatureFacts(before=_LOCAL),
    "local_procmail": FeatureFacts(before=_LOCAL),
    "nouucp": FeatureFacts(before=_LOCAL),
    "smrsh": FeatureFacts(before=_LOCAL),
    "relay_mail_from": FeatureFacts(needs=_ACCESS),
    "notsticky": FeatureFacts(replaced_by=""),
    "nodns": FeatureFacts(removed=(8, 13, 0), replaced_by="the service switch file"),
    "rbl": FeatureFacts(removed=(8, 12, 0), replaced_by="FEATURE(`dnsbl')"),
    "msp": FeatureFacts((8, 12, 0)),
    "authinfo": FeatureFacts((8, 12, 0)),
    "enhdnsbl": FeatureFacts((8, 12, 0)),
    "compat_check": FeatureFacts((8, 12, 0), needs=_ACCESS),
    "queuegroup": FeatureFacts((8, 12, 0), needs=_ACCESS),
    "lookupdotdomain": FeatureFacts((8, 12, 0), needs=_ACCESS),
    "preserve_local_plus_detail": FeatureFacts((8, 12, 0)),
    "preserve_luser_host": FeatureFacts((8, 12, 0)),
    "ratecontrol": FeatureFacts((8, 13, 0), needs=_ACCESS),
    "conncontrol": FeatureFacts((8, 13, 0), needs=_ACCESS),
    "greet_pause": FeatureFacts((8, 13, 0)),
    "use_client_ptr": FeatureFacts((8, 13, 0)),
    "mtamark": FeatureFacts((8, 13, 0)),
    "require_rdns": FeatureFacts((8, 14, 0)),
    "block_bad_helo": FeatureFacts((8, 14, 0)),
    "badmx": FeatureFacts((8, 14, 0)),
    "bcc": FeatureFacts((8, 16, 1)),
    "blacklist_recipients": FeatureFacts(needs=_ACCESS, replaced_by="FEATURE(`blocklist_recipients') from 8.16.1 on"),
    "blocklist_recipients": FeatureFacts((8, 16, 1), needs=_ACCESS),
    "check_cert_altnames": FeatureFacts((8, 16, 1)),
    "tls_failures": FeatureFacts((8, 16, 1), replaced_by="define(`confTLS_FALLBACK_TO_CLEAR', `true')"),
    "tls_session_features": FeatureFacts((8, 16, 1)),
    "check_other": FeatureFacts((8, 17, 1)),
    "sts": FeatureFacts((8, 17, 1)),
    "fips3": FeatureFacts((8, 18, 1)),
    "same_domain_only": FeatureFacts((8, 18, 2)),
    "domainmap": FeatureFacts(vendor="Debian"),
    "drac": FeatureFacts(vendor="Debian"),
    "rhsbl": FeatureFacts(vendor="Debian"),
    "vnet": FeatureFacts(vendor="Debian"),
}

#: What MAILER() takes, with the mailers that must be there before; ssh and xagent are Debian's.
MAILERS: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    _words("cyrus cyrusv2 fax local mail11 phquery pop procmail qpage smtp usenet ssh xagent"), ()
) | {"uucp": ("smtp",)}

#: The keywords after which text is meant for the .cf, with the m4 diversion each of them switches to (cfhead.m4).
SECTIONS: Mapping[str, int] = {
    "LOCAL_NET_CONFIG": 1,
    "LOCAL_RULE_3": 2,
    "LOCAL_RULE_0": 3,
    "LOCAL_UUCP": 4,
    "LOCAL_CONFIG": 6,
    "MAILER_DEFINITIONS": 7,
    "LOCAL_DNSBL": 8,
    "LOCAL_RULE_1": 9,
    "LOCAL_RULE_2": 9,
    "LOCAL_RULESETS": 9,
    "LOCAL_SRV_FEATURES": 9,
    "LOCAL_CLT_FEATURES": 9,
    "LOCAL_TRY_TLS": 9,
    "LOCAL_TLS_RCPT": 9,
    "LOCAL_TLS_CLIENT": 9,
    "LOCAL_TLS_SERVER": 9,
}

#: Macros that fill a class; each also has a form that ends in ``_FILE`` and names a file, save TRUST_AUTH_MECH.
#: All of them end in a dnl of their own: what follows one on its line is lost.
CLASS_OF: Mapping[str, str] = {
    "EXPOSED_USER": "E",
    "LOCAL_USER": "L",
    "MASQUERADE_DOMAIN": "M",
    "MASQUERADE_EXCEPTION": "N",
    "LOCAL_DOMAIN": "w",
    "CANONIFY_DOMAIN": "Canonify",
    "GENERICS_DOMAIN": "G",
    "LDAPROUTE_DOMAIN": "LDAPRoute",
    "LDAPROUTE_EQUIVALENT": "LDAPRouteEquiv",
    "VIRTUSER_DOMAIN": "VirtHost",
    "RELAY_DOMAIN": "R",
    "TRUST_AUTH_MECH": "TrustAuthMech",
}
#: The macros of ``CLASS_OF`` and their ``_FILE`` forms, each with whether it names a file.
CLASS_MACROS: Mapping[str, bool] = dict.fromkeys(CLASS_OF, False) | {
    f"{name}_FILE": True for name in CLASS_OF if name not in {"TRUST_AUTH_MECH", "LOCAL_DOMAIN"}
}

#: m4's own names that act only where a parenthesis follows directly.
NEED_PARENTHESIS: frozenset[str] = _words(
    """
    define undefine defn pushdef popdef ifdef ifelse shift include sinclude len index regexp substr translit patsubst
    incr decr eval syscmd esyscmd mkstemp maketemp errprint m4wrap builtin indir
    """,
)
#: m4's own names that act with and without a parenthesis; cfhead.m4 undefines format.
ACT_ALONE: frozenset[str] = _words(
    """
    dnl divert undivert divnum sysval m4exit changequote changecom dumpdef debugmode debugfile traceon traceoff
    __file__ __line__ __program__ __unix__ __gnu__
    """,
)
#: What cf.m4 defines for configuration files, sections and class macros apart; all act with and without a parenthesis.
CF_MACROS: frozenset[str] = (
    _words(
        """
    CF_LEVEL CLIENT_OPTIONS CONCAT DAEMON_OPTIONS DATABASE_MAP_TYPE DOL DOMAIN FEATURE HACK INPUT_MAIL_FILTER MAILER
    MAIL_FILTER MASQUERADE_AS MODIFY_MAILER_FLAGS OSTYPE POPDIVERT PUSHDIVERT QUEUE_GROUP SITECONFIG UUCPSMTP VERSIONID
    TEMPFILE lower strcasecmp _ADDCHAR_ _AP_ _CF_DIR_ _CPO_ _DEFIFNOT _DELCHAR_ _DPO_ _MAIL_FILTERS_
    _MAIL_FILTERS_DEF _MODMF_ _OPTINS _QUEUE_GROUP_ _REC_AUTH_ _REC_BY_ _REC_END_ _REC_FULL_AUTH_ _REC_HDR_ _REC_TLS_
    _TMPFMSG_ __HOST__
    """,
    )
    | {f"_ARG{n}_" for n in range(1, 10)}
    | {f"_ACC_ARG_{n}_" for n in range(1, 10)}
)


def known_conf(name: str) -> bool:
    """Whether any sendmail up to 8.18.2, Debian's included, has ever read this conf macro."""
    return name in OPTION_OF or name in OTHER_CONF or name in OBSOLETE_CONF


def nearest(name: str, names: Mapping[str, object] | frozenset[str]) -> str | None:
    """The known name that a misspelt one most likely stands for, or None."""
    found = get_close_matches(name, list(names), n=1, cutoff=0.8)
    return found[0] if found else None
