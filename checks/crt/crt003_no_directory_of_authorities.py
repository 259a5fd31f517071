r"""STARTTLS is configured without a directory of authorities.

sendmail offers STARTTLS only when four options are all set to absolute names: ServerCertFile, ServerKeyFile,
CACertFile and CACertPath. Of the directory it needs the name alone. One that is missing is named in the log at level
13 and above only (cf/README, STARTTLS).

In the log or at the client:
    STARTTLS: CACertPath missing
Bad:
    undefine(`confCACERT_PATH')dnl
Bad:
    define(`confCACERT_PATH', `certs')dnl
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Good:
    undefine(`confSERVER_CERT')dnl
    undefine(`confCRL')dnl
    undefine(`confSERVER_KEY')dnl
    undefine(`confCACERT')dnl
    undefine(`confCACERT_PATH')dnl
    define(`confAUTH_OPTIONS', `A y')dnl
    define(`confAUTH_MECHANISMS', `GSSAPI')dnl
    TRUST_AUTH_MECH(`GSSAPI')dnl
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl
    --- /usr/lib64/sasl2/libgssapiv2.so
    a plug-in
    --- /usr/lib64/sasl2/Sendmail.conf
    mech_list: gssapi
Not when: no server certificate is configured, or TLSSrvOptions holds C, with which the server needs none.
See: howto step 6; cf/README, STARTTLS.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.options import Options
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Severity
from checks.crt import needed_beside_certificate

_LINE = "define(`confCACERT_PATH', `/etc/mail/certs')dnl"


@check("CRT003", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="6")
def no_directory_of_authorities(files: TLSFiles, options: Options, place: ConfigurationFiles) -> Verdicts:
    """Judge CACertPath where a server certificate is there."""
    yield from needed_beside_certificate("CACertPath", _LINE, files, options, place)
