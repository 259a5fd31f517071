r"""The .cf was made by the cf tree of another release than the one that is installed.

The next build writes other rules, mailers and defaults, whatever the .mc says; until then those of
the old release stay. What the .mc itself decides is compared all the same (the release notes;
cf/README, "INTRODUCTION").

In the log or at the client:
    nothing; Received lines show the old release behind the slash, as in 8.18.1/8.14.4
Bad:
    --- +/etc/mail/sendmail.cf
    #####  $Id: proto.m4,v 8.741 2009/12/11 00:04:53 ca Exp $  #####
    DZ8.14.4
    --- /usr/share/sendmail/cf/m4/cf.m4
    divert(0)dnl
    --- /usr/share/sendmail/cf/m4/version.m4
    divert(0)
    DZ8.17.1
Good:
    --- /usr/share/sendmail/cf/m4/cf.m4
    divert(0)dnl
    --- /usr/share/sendmail/cf/m4/version.m4
    divert(0)
    DZ8.18.2
Not when: the .cf does not show that m4 printed it; the cf tree is not the install's own.
See: cf/README, "INTRODUCTION".
"""

from auditor.facts.configurations import CfFile
from auditor.facts.drift import CfTreeVersion, is_printed
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable


@check("DRF007", severity=Severity.INFO, confidence=Confidence.HIGH)
def cf_tree_of_another_release(cf: CfFile, version: Version, tree_version: CfTreeVersion) -> Verdicts:
    """Compare what the DZ lines say."""
    if cf.generated is not None or not is_printed(cf.document):
        yield NotApplicable("no cf tree shows in the .cf")
    elif version.text is None:
        yield NotApplicable("the .cf does not say which release made it")
    elif not tree_version.own:
        yield NotApplicable("the cf tree here is not the one the install builds with")
    elif not tree_version.made(version):
        made = version.text.partition("/")[0]
        yield Finding(
            version.span,
            f"the .cf was made by {made}'s cf tree, here is {tree_version.text}'s",
            "The next build changes rules, mailers and defaults that the .mc does not speak of; they are not compared.",
            Fix("build it anew, and try the new one with sendmail -C FILE -bt before it takes the old one's place"),
            ((tree_version.path, f"release {tree_version.text}"),),
        )
