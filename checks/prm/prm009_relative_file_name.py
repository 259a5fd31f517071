r"""An option names a file without its directory.

sendmail changes into its queue directory, so that a relative name means another file than it seems
to. For TLS such a name counts as none at all (Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    STARTTLS: ServerCertFile missing
Bad:
    define(`confSERVER_CERT', `certs/smtp.cert.pem')dnl
Bad:
    define(`STATUS_FILE', `statistics')dnl
Good:
    define(`STATUS_FILE', `/etc/mail/statistics')dnl
Good:
    define(`confHOST_STATUS_DIRECTORY', `.hoststat')dnl
Not when: the option is HostStatusDirectory, which is meant to lie in the queue; the authorities'
    file and directory, which CRT003 and CRT004 judge.
See: Sendmail Installation and Operation Guide, 5.6.
"""

import re

from auditor.facts.options import Options, Setting
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.unknown import Unknowable, Unknown

_FOR_TLS = ("ServerCertFile", "ServerKeyFile", "ClientCertFile", "ClientKeyFile", "CRLFile")
_OPTIONS = (
    *_FOR_TLS,
    "AliasFile",
    "ControlSocketName",
    "DeadLetterDrop",
    "DefaultAuthInfo",
    "HelpFile",
    "HostsFile",
    "PidFile",
    "QueueDirectory",
    "SafeFileEnvironment",
    "ServiceSwitchFile",
    "StatusFile",
)
_CLASS = lazy(r"\w+:(.*)", re.DOTALL)
_NAME = lazy(r"[\w.][\w./+-]*")


@check("PRM009", severity=Severity.MEDIUM)
def relative_file_name(options: Options) -> Verdicts:
    """Look at the first character of each name."""
    for name in _OPTIONS:
        try:
            settings = options.all(name)
        except Unknowable as unknowable:
            yield Unknown(unknowable.unknown.reason)
            continue
        for setting in settings:
            file = _relative(name, setting)
            if file is not None:
                yield Finding(
                    setting.span.find(file),
                    f"{name} says {file}, which is no absolute name",
                    "For sendmail it is as if no file were named, and nothing in the usual log says so."
                    if name in _FOR_TLS
                    else "sendmail looks for it below its queue directory, or wherever it was started.",
                    Fix("write the whole path, from / on"),
                )


def _relative(name: str, setting: Setting) -> str | None:
    """The first name that has no directory; macros, programs and maps that are no files are left alone."""
    parts = setting.value.split(",") if name in ("AliasFile", *_FOR_TLS) else [setting.value]
    for part in parts:
        text = part.strip()
        if name == "AliasFile":
            found = _CLASS.fullmatch(text)
            text = (
                "" if found is not None and "/" not in found[1] else (found[1].split() or [""])[-1] if found else text
            )
        if _NAME.fullmatch(text):
            return text
    return None
