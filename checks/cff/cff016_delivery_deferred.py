r"""The delivery mode leaves mail lying or switches the spam rules off.

Mode d (deferred) asks no DNS and runs no anti-spam rule on what arrives; m4 itself warns of it. Mode q (queue only)
delivers nothing until a queue runner comes by. Mode i (interactive) makes each client wait for the whole delivery. Mode
b (background) is the daemon's usual one (Sendmail Installation and Operation Guide, 5.6, DeliveryMode).

In the log or at the client:
    WARNING: Antispam rules not available in deferred delivery mode.
Bad:
    define(`confDELIVERY_MODE', `deferred')dnl
Bad:
    define(`confDELIVERY_MODE', `queueonly')dnl
Good:
    define(`confDELIVERY_MODE', `background')dnl
Not when: the configuration is submit.cf, which delivers interactively to the daemon.
See: Sendmail Installation and Operation Guide, 5.6; cf/README, "ANTI-SPAM CONFIGURATION CONTROL".
"""

from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity

_MODES = {
    "d": ("deferred", "No anti-spam rule and no access entry is applied to mail that arrives.", None),
    "q": ("queue only", "Every message waits for the next queue run before anybody gets it.", None),
    "i": ("interactive", "A client waits in the open session until its message is delivered.", Severity.LOW),
}


@check("CFF016", severity=Severity.MEDIUM)
def delivery_deferred(options: Options, listeners: Listeners) -> Verdicts:  # noqa: ARG001  # A daemon's mode only.
    """Judge DeliveryMode by its first letter, as sendmail does."""
    setting = options.get("DeliveryMode")
    if setting is None or setting.value[:1].lower() not in _MODES:
        return
    name, consequence, severity = _MODES[setting.value[0].lower()]
    fix = setting.set_to("background", "define(`confDELIVERY_MODE', `background')dnl")
    yield Finding(setting.span, f"the daemon's delivery mode is {name}", consequence, fix, severity=severity)
