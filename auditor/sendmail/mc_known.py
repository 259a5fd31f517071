"""What files of the cf tree define, as far as configuration files build on it: cf.m4, OSTYPE, DOMAIN and FEATURE files.

Taken from the cf tree of 8.17.1.9 as Debian ships it. Values are bodies of m4 macros: what they come to is known once
m4 reads them again. A value of None means that the file sets the macro to something that depends on what is around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Bodies: TypeAlias = Mapping[str, str | None]


def _each(names: str, bodies: Bodies) -> dict[str, Bodies]:
    return dict.fromkeys(names.split(), bodies)


#: What is defined once cf.m4 has been read (cfhead.m4).
CF_DEFAULTS: Bodies = {
    "ALIAS_FILE": "MAIL_SETTINGS_DIR`'aliases",
    "MAIL_SETTINGS_DIR": "/etc/mail/",
    "confALIAS_WAIT": "10",
    "confBLANK_SUB": ".",
    "confCHECK_ALIASES": "False",
    "confCON_EXPENSIVE": "False",
    "confCR_FILE": "-o MAIL_SETTINGS_DIR`'relay-domains",
    "confCW_FILE": "MAIL_SETTINGS_DIR`'local-host-names",
    "confDELIVERY_MODE": "background",
    "confFORWARD_PATH": "$z/.forward.$w:$z/.forward",
    "confFROM_LINE": "From $g $d",
    "confLOG_LEVEL": "9",
    "confMAILER_NAME": "`MAILER-DAEMON'",
    "confMCI_CACHE_SIZE": "2",
    "confMCI_CACHE_TIMEOUT": "5m",
    "confMILTER_MACROS_CONNECT": "`j, _, {daemon_name}, {if_name}, {if_addr}'",
    "confMILTER_MACROS_ENVFROM": "`i, {auth_type}, {auth_authen}, {auth_ssf}, {auth_author}, "
    "{mail_mailer}, {mail_host}, {mail_addr}'",
    "confMILTER_MACROS_ENVRCPT": "`{rcpt_mailer}, {rcpt_host}, {rcpt_addr}'",
    "confMILTER_MACROS_EOM": "{msg_id}",
    "confMILTER_MACROS_HELO": "`{tls_version}, {cipher}, {cipher_bits}, {cert_subject}, {cert_issuer}'",
    "confMIME_FORMAT_ERRORS": "True",
    "confMIN_FREE_BLOCKS": "100",
    "confOLD_STYLE_HEADERS": "True",
    "confOPERATORS": ".:%@!^/[]+",
    "confPRIVACY_FLAGS": "authwarnings",
    "confRECEIVED_HEADER": None,
    "confSAFE_QUEUE": "True",
    "confSEVEN_BIT_INPUT": "False",
    "confSMTP_LOGIN_MSG": "$j Sendmail $v/$Z; $b",
    "confTEMP_FILE_MODE": "0600",
    "confTIME_ZONE": "USE_SYSTEM",
    "confTO_QUEUERETURN": "5d",
    "confTO_QUEUEWARN": "4h",
    "confUSE_ERRORS_TO": "False",
}

#: What Debian's autoconf.m4 sets, which Debian's OSTYPE and DOMAIN files read.
DEBIAN: Bodies = {
    "sm_version": "8.17.1.9",
    "sm_version_math": "528641",
    "sm_enable_tls": "yes",
    "sm_enable_auth": "yes",
    "sm_auth_lib": "2",
    "sm_enable_milter": "yes",
    "sm_enable_ipv6": "yes",
    "sm_ffr": None,
}
AUTOCONF = "/debian/autoconf.m4"

#: What OSTYPE files set, mailers and directories of programs apart.
OSTYPES: Mapping[str, Bodies] = {
    **_each(
        "a-ux altos bsd4.3 domainos dynix3.2 irix4 nextstep ptx2 qnx riscos4.5 sco3.2",
        {"QUEUE_DIR": "/usr/spool/mqueue"},
    ),
    **_each("aix3 aix4 aix5 dgux hpux11 sco-uw-2.1", {"confTIME_ZONE": "USE_TZ"}),
    **_each("amdahl-uts linux powerux solaris2 solaris2.ml solaris2.pre5 sunos3.5 sunos4.1 svr4 ultrix4 unknown", {}),
    **_each(
        "bsd4.4 bsdi bsdi1.0 bsdi2.0 dragonfly freebsd4 freebsd5 freebsd6 gnu mklinux openbsd",
        {"STATUS_FILE": "/var/log/sendmail.st"},
    ),
    "darwin": {
        "STATUS_FILE": "/var/log/sendmail.st",
        "confDONT_BLAME_SENDMAIL": "AssumeSafeChown,GroupWritableDirPathSafe",
    },
    "debian": {
        **DEBIAN,
        "STATUS_FILE": "/var/lib/sendmail/sendmail.st",
        "confBIND_OPTS": "+WorkAroundBrokenAAAA",
        "confCR_FILE": "-o MAIL_SETTINGS_DIR`'relay-domains %[^\\#]",
        "confCT_FILE": "MAIL_SETTINGS_DIR`'trusted-users %[^\\#]",
        "confCW_FILE": "MAIL_SETTINGS_DIR`'local-host-names %[^\\#]",
        "confDEAD_LETTER_DROP": "/var/lib/sendmail/dead.letter",
        "confDEF_USER_ID": "mail:mail",
        "confHOST_STATUS_DIRECTORY": "/var/lib/sendmail/host_status",
        "confME_TOO": "True",
        "confMUST_QUOTE_CHARS": ".'",
        "confREJECT_NUL": "true",
        "confSMTP_LOGIN_MSG": "$j Sendmail $v/$Z; $b; (No UCE/UBE) "
        "$?{client_addr}logging access from: ${client_name}(${client_resolve})-$_$.",
    },
    **_each("hpux10 unixware7", {"QUEUE_DIR": "/var/spool/mqueue", "confTIME_ZONE": "USE_TZ"}),
    **_each("hpux9 isc4.1", {"QUEUE_DIR": "/usr/spool/mqueue", "confTIME_ZONE": "USE_TZ"}),
    **_each(
        "irix5 irix6",
        {
            "QUEUE_DIR": "/var/spool/mqueue",
            "STATUS_FILE": "/var/sendmail.st",
            "confDEF_USER_ID": "998:998",
            "confTIME_ZONE": "USE_TZ",
        },
    ),
    "maxion": {"QUEUE_DIR": "/var/spool/mqueue", "STATUS_FILE": "/var/adm/log/sendmail.st"},
    "mpeix": {
        "confDEF_USER_ID": "SERVER.SENDMAIL",
        "confDONT_BLAME_SENDMAIL": "ForwardFileInGroupWritableDirPath",
        "confTIME_ZONE": "USE_TZ",
        "confTRUSTED_USER": "SERVER.SENDMAIL",
    },
    "osf1": {"STATUS_FILE": "/usr/adm/sendmail/sendmail.st", "confDEF_USER_ID": "daemon"},
    "sinix": {"QUEUE_DIR": "/var/spool/mqueue", "STATUS_FILE": "/var/sendmail.st"},
    "solaris11": {"confPID_FILE": "/system/volatile/sendmail.pid"},
    "solaris8": {"confPID_FILE": "/var/run/sendmail.pid"},
    **_each(
        "unicos unicosmk",
        {
            "ALIAS_FILE": "/usr/lib/aliases",
            "HELP_FILE": "/usr/lib/sendmail.hf",
            "QUEUE_DIR": "/usr/spool/mqueue",
            "STATUS_FILE": "/usr/lib/sendmail.st",
            "confPID_FILE": "/etc/sendmail.pid",
        },
    ),
    "unicosmp": {
        "QUEUE_DIR": "/var/spool/mqueue",
        "STATUS_FILE": "/var/log/sendmail.st",
        "confTIME_ZONE": "USE_TZ",
    },
    "uxpds": {"confDEF_GROUP_ID": "6"},
}

#: What DOMAIN files of Debian and the generic one set.
DOMAINS: Mapping[str, Bodies] = {
    "debian-mta": {
        **DEBIAN,
        "DEBIAN_MTA": "",
        "STATUS_FILE": "/var/lib/sendmail/sendmail.st",
        "confCONTROL_SOCKET_NAME": "/var/run/sendmail/mta/smcontrol",
        "confDONT_BLAME_SENDMAIL": None,
        "confHOST_STATUS_DIRECTORY": "/var/lib/sendmail/host_status",
        "confMAX_DAEMON_CHILDREN": "0",
        "confMAX_HOP": "100",
        "confMAX_RUNNERS_PER_QUEUE": "5",
        "confPID_FILE": "/var/run/sendmail/mta/sendmail.pid",
        "confPRIVACY_FLAGS": "    restrictqrun,restrictexpand",
        "confPROCESS_TITLE_PREFIX": "MTA",
        "confQUEUE_FILE_MODE": "0640",
        "confRRT_IMPLIES_DSN": "False",
        "confSAFE_FILE_ENV": "/",
        "confTEMP_FILE_MODE": "0640",
        "confTO_COMMAND": "5m",
        "confTO_DATAINIT": "2m",
        "confTO_ICONNECT": "2m",
        "confTO_IDENT": "5s",
        "confTO_MAIL": "2m",
        "confTO_QUIT": "2m",
        "confTO_RSET": "1m",
        "confTRUSTED_USER": None,
    },
    "debian-msp": {
        **DEBIAN,
        "DEBIAN_MSP": "",
        "MSP_QUEUE_DIR": "/var/spool/mqueue-client",
        "STATUS_FILE": "/var/lib/sendmail/sm-client.st",
        "confCONTROL_SOCKET_NAME": "/var/run/sendmail/msp/smcontrol",
        "confHOST_STATUS_DIRECTORY": "",
        "confPID_FILE": "/var/run/sendmail/msp/sendmail.pid",
        "confPROCESS_TITLE_PREFIX": "MSP",
        "confQUEUE_FILE_MODE": "0660",
        "confRRT_IMPLIES_DSN": "False",
        "confRUN_AS_USER": "smmsp",
        "confSAFE_FILE_ENV": "/",
        "confTEMP_FILE_MODE": "0640",
        "confTO_COMMAND": "5m",
        "confTO_DATAINIT": "2m",
        "confTO_HOSTSTATUS": "0",
        "confTO_ICONNECT": "2s",
        "confTO_IDENT": "5s",
        "confTO_MAIL": "2m",
        "confTO_QUIT": "2m",
        "confTO_RSET": "1m",
        "confTRUSTED_USER": "smmsp",
    },
    "generic": {
        "confFORWARD_PATH": "$z/.forward.$w+$h:$z/.forward+$h:$z/.forward.$w:$z/.forward",
        "confMAX_HEADERS_LENGTH": "32768",
    },
}

#: FEATUREs that DOMAIN and OSTYPE files switch on.
FEATURES_OF: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("DOMAIN", "debian-msp"): ("no_default_msa",),
    ("DOMAIN", "generic"): ("redirect", "use_cw_file"),
    ("OSTYPE", "linux"): ("local_procmail",),
    ("OSTYPE", "mklinux"): ("local_procmail",),
    ("OSTYPE", "solaris8"): ("local_lmtp",),
    ("OSTYPE", "solaris11"): ("local_lmtp",),
    ("FEATURE", "blacklist_recipients"): ("blocklist_recipients",),
    ("FEATURE", "msp"): ("no_default_msa",),
    ("FEATURE", "nullclient"): ("allmasquerade", "masquerade_envelope"),
}

#: What FEATUREs set beside their own flags.
FEATURE_BODIES: Mapping[str, Bodies] = {
    "msp": {
        "QUEUE_DIR": None,
        "STATUS_FILE": None,
        "confDELIVERY_MODE": "i",
        "confDONT_PROBE_INTERFACES": "True",
        "confFORWARD_PATH": "",
        "confPID_FILE": None,
        "confPRIVACY_FLAGS": "goaway,noetrn,restrictqrun",
        "confQUEUE_FILE_MODE": "0660",
        "confRUN_AS_USER": None,
        "confTRUSTED_USER": None,
        "confUSE_MSP": "True",
    },
    "nullclient": {"MAIL_HUB": None, "SMART_HOST": None, "confFORWARD_PATH": "", "confFROM_HEADER": None},
    "tls_failures": {"confTLS_FALLBACK_TO_CLEAR": "true"},
    "fips3": {"confOPENSSL_CNF": None},
}
#: FEATUREs that take the definition of a macro away.
FEATURE_REMOVES: Mapping[str, tuple[str, ...]] = {"msp": ("ALIAS_FILE",), "nullclient": ("ALIAS_FILE",)}

#: The macros that files commonly included may define, by the end of their path; other macros they leave alone.
INCLUDES: Mapping[str, frozenset[str]] = {
    "/tls/starttls.m4": frozenset(
        {
            "confDONT_BLAME_SENDMAIL",
            "confTO_STARTTLS",
            "confCACERT_PATH",
            "confCACERT",
            "confCRL",
            "confSERVER_CERT",
            "confSERVER_KEY",
            "confCLIENT_CERT",
            "confCLIENT_KEY",
            "confDH_PARAMETERS",
            "confTLS_SRV_OPTIONS",
            "confCIPHER_LIST",
            "confSERVER_SSL_OPTIONS",
            "confCLIENT_SSL_OPTIONS",
            "confRAND_FILE",
        },
    ),
    "/sasl/sasl.m4": frozenset(
        {
            "confDONT_BLAME_SENDMAIL",
            "confTO_AUTH",
            "confAUTH_REALM",
            "confAUTH_MECHANISMS",
            "confAUTH_OPTIONS",
            "confDEF_AUTH_INFO",
            "TRUST_AUTH_MECH",
            "DAEMON_OPTIONS",
        },
    ),
}
