r"""sendmail's tests of owners and modes are switched off.

Each flag of DontBlameSendmail takes one test away: a file or directory that others may change is
then used all the same. The better way is to mend the permission that the flag hides. A flag that
sendmail does not know is a fatal error (Sendmail Installation and Operation Guide, 5.6 and "Files
and security").

In the log or at the client:
    readcf: DontBlameSendmail option: GroupReadableAll unrecognized
Bad:
    define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe')dnl
Bad:
    define(`confDONT_BLAME_SENDMAIL', `WorldWritableForwardFile,RunWritableProgram')dnl
Bad:
    define(`confDONT_BLAME_SENDMAIL', `GroupReadableAll')dnl
Good:
    define(`confDONT_BLAME_SENDMAIL', `GroupReadableKeyFile,GroupReadableSASLDBFile')dnl
Good:
    define(`confDONT_BLAME_SENDMAIL', `Safe')dnl
Not when: the flag lets a group read what the mail programs share (GroupReadable...), as Debian's
    files do.
See: Sendmail Installation and Operation Guide, 5.6, DontBlameSendmail.
"""

from auditor.facts.live import Binary
from auditor.facts.options import Options, Setting
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Unknown

_WORST = """worldwritablealiasfile worldwritableforwardfile worldwritableincludefile forwardfileinunsafedirpathsafe
    includefileinunsafedirpathsafe runwritableprogram""".split()
_HIGH = ["insufficiententropy"]
_WEAK = """assumesafechown classfileinunsafedirpath errorheaderinunsafedirpath filedeliverytohardlink
    filedeliverytosymlink forwardfileingroupwritabledirpath forwardfileinunsafedirpath groupwritablealiasfile
    groupwritabledirpathsafe groupwritableforwardfile groupwritableforwardfilesafe groupwritableincludefile
    groupwritableincludefilesafe groupwritablesasldbfile helpfileinunsafedirpath includefileingroupwritabledirpath
    includefileinunsafedirpath linkedaliasfileinwritabledir linkedclassfileinwritabledir linkedforwardfileinwritabledir
    linkedincludefileinwritabledir linkedmapinwritabledir linkedserviceswitchfileinwritabledir mapinunsafedirpath
    nonrootsafeaddr runprograminunsafedirpath truststickybit writemaptohardlink writemaptosymlink writestatstohardlink
    writestatstosymlink""".split()
_HARMLESS = """safe certowner dontwarnforwardfileinunsafedirpath groupreadabledefaultauthinfofile groupreadablekeyfile
    groupreadablesasldbfile""".split()
_LEVELS = ((Severity.CRITICAL, _WORST), (Severity.HIGH, _HIGH), (Severity.MEDIUM, _WEAK))
#: Every flag that 8.17 knows, and CertOwner, which 8.18 added.
FLAGS = frozenset((*_WORST, *_HIGH, *_WEAK, *_HARMLESS))
_CERTOWNER_SINCE = (8, 18)
#: Debian's program spelt one flag so up to 8.14, and wrote it into every configuration.
_OF_DEBIAN, _OF_DEBIAN_BEFORE = "groupreadableadefaultauthinfofile", (8, 15)


@check("PRM008", severity=Severity.MEDIUM)
def safety_tests_switched_off(options: Options, binary: Binary | Unknown, version: Version | Unknown) -> Verdicts:
    """Sort the flags by what they open."""
    release = binary.release if isinstance(binary, Binary) else version.release if isinstance(version, Version) else ()
    for setting in options.all("DontBlameSendmail"):
        words = list(dict.fromkeys(setting.words))
        for severity, flags in _LEVELS:
            found = [word for word in words if word in flags]
            if found:
                yield Finding(
                    _place(setting, found[0]),
                    f"DontBlameSendmail switches tests off: {', '.join(_shown(setting, word) for word in found)}",
                    "Whoever may write those files or directories decides what sendmail does, with no word in the log.",
                    Fix("take the flag out, and mend the permission that it hides"),
                    severity=severity,
                )
        yield from (_unknown(setting, word, release) for word in words if _is_unknown(word, release))


def _is_unknown(word: str, release: tuple[int, ...]) -> bool:
    if word == "certowner":
        return bool(release) and release < _CERTOWNER_SINCE
    return word not in FLAGS and not (word == _OF_DEBIAN and release < _OF_DEBIAN_BEFORE)


def _unknown(setting: Setting, word: str, release: tuple[int, ...]) -> Finding:
    # Vendors have had flags of their own, so that only a current release is judged by the table alone.
    sure = word == "certowner" or release >= _OF_DEBIAN_BEFORE
    which = "sendmail of this release does not know" if sure else "sendmail does not know"
    return Finding(
        _place(setting, word),
        f"DontBlameSendmail has {_shown(setting, word)}, which {which}",
        "The configuration is in error, and the daemon does not start.",
        Fix("drop it, or spell it as the Operation Guide does"),
        severity=Severity.CRITICAL,
        confidence=None if sure else Confidence.LOW,
    )


def _shown(setting: Setting, word: str) -> str:
    at = setting.value.lower().find(word)
    return setting.value[at : at + len(word)] if at >= 0 else word


def _place(setting: Setting, word: str) -> Span:
    return setting.span.find(_shown(setting, word))
