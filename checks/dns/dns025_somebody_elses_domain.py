r"""A provider's domain is among the local names.

What is in class w is delivered here, never sent out. With gmail.com in it every message from this
host to any Gmail user ends in a local mailbox or bounces as an unknown user (Sendmail Installation
and Operation Guide, 5.3).

In the log or at the client:
    550 5.1.1 <somebody@gmail.com>... User unknown
Bad:
    --- +/etc/mail/local-host-names
    gmail.com
Bad:
    LOCAL_DOMAIN(`hotmail.com')dnl
Good:
    --- +/etc/mail/local-host-names
    gmail.doe.org
Not when: you are that provider, in which case ignore the rule.
See: Sendmail Installation and Operation Guide, 5.3.
"""

from auditor.facts.classes import LocalNames
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Unknown

_PROVIDERS = frozenset(
    """
    126.com 163.com aol.com att.net bellsouth.net btinternet.com comcast.net cox.net free.fr fastmail.com freenet.de
    gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr
    hotmail.it icloud.com laposte.net libero.it live.com mac.com mail.com mail.ru me.com msn.com naver.com orange.fr
    outlook.com proton.me protonmail.com qq.com rocketmail.com sbcglobal.net sina.com t-online.de tiscali.it verizon.net
    virgilio.it wanadoo.fr web.de yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.ru ymail.com zoho.com
    """.split()
)


@check("DNS025", severity=Severity.HIGH)
def somebody_elses_domain(names: LocalNames) -> Verdicts:
    """Look for the domains of well-known providers in class w."""
    for member in names:
        if member.word.lower() in _PROVIDERS:
            yield Finding(
                member.span,
                f"{member.word} is a local name",
                f"Mail from this host to any user of {member.word} is delivered here or bounces.",
                Fix("remove it, and restart sendmail"),
            )
    if names.unseen is not None:
        yield Unknown(names.unseen)
