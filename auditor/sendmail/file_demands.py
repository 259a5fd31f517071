"""What sendmail asks of a file before it opens it, by what the file is for.

The demands were seen in what ``sendmail -d44`` prints for each kind of file; the flags that take one away are those of
the option DontBlameSendmail (Sendmail Installation and Operation Guide, "Files and security").
"""

from __future__ import annotations

from enum import Flag, StrEnum, auto

_READ, _WRITE = 0o400, 0o200


class Demand(Flag):
    """One thing sendmail asks of a file, or one way it looks at it."""

    MUST_OWN = auto()
    NO_SYMLINK = auto()
    NO_HARD_LINK = auto()
    REGULAR = auto()
    SAFE_DIRECTORIES = auto()
    NO_LINK_IN_WRITABLE = auto()
    NO_GROUP_WRITE = auto()
    NO_WORLD_WRITE = auto()
    NO_GROUP_READ = auto()
    NO_WORLD_READ = auto()
    EXECUTABLE_OK = auto()
    MAY_CREATE = auto()
    #: Root uses its rights as the owner it is; without this and the next, only what everybody may do counts for root.
    ROOT_OK = auto()
    #: Root's rights open everything.
    OPEN_AS_ROOT = auto()
    NO_PATH_CHECK = auto()


D = Demand
_TLS = (
    D.REGULAR | D.SAFE_DIRECTORIES | D.NO_LINK_IN_WRITABLE | D.NO_GROUP_WRITE | D.NO_WORLD_WRITE | D.MUST_OWN
    | D.ROOT_OK | D.OPEN_AS_ROOT
)  # fmt: skip
_UNREADABLE = D.NO_GROUP_READ | D.NO_WORLD_READ
_UNWRITABLE = D.NO_GROUP_WRITE | D.NO_WORLD_WRITE


class Purpose(StrEnum):
    """What sendmail opens a file for.

    The password database of Cyrus SASL is not among them: the library, 2.1.28 at least, opens it unasked.
    """

    CONFIGURATION = "configuration"
    CLASS = "class file"
    MAP = "map file"
    MAP_CREATION = "map file to be made"
    ALIASES = "alias file to be compiled"
    SERVICE_SWITCH = "service switch file"
    INCLUDE = ":include: file"
    FORWARD = ".forward file"
    CERTIFICATE = "certificate"
    KEY = "private key"
    AUTHORITIES = "file of authorities"
    REVOCATION_LIST = "revocation list"
    DH_PARAMETERS = "DH parameters"
    SASL = "SASL configuration or plugin"
    AUTH_INFO = "client's password file"
    MILTER_SOCKET = "milter's socket"
    QUEUE = "queue directory"


#: For each purpose: what is asked, the access wanted, and what a flag of DontBlameSendmail takes away from the demands.
USES: dict[Purpose, tuple[Demand, int, dict[str, Demand]]] = {
    Purpose.CONFIGURATION: (D.OPEN_AS_ROOT, _READ, {}),
    Purpose.CLASS: (
        D.REGULAR | D.ROOT_OK | D.NO_LINK_IN_WRITABLE | D.SAFE_DIRECTORIES,
        _READ,
        {
            "classfileinunsafedirpath": D.SAFE_DIRECTORIES,
            "linkedclassfileinwritabledir": D.NO_LINK_IN_WRITABLE,
        },
    ),
    Purpose.MAP: (
        D.REGULAR | D.ROOT_OK | D.NO_LINK_IN_WRITABLE | D.SAFE_DIRECTORIES,
        _READ,
        {"mapinunsafedirpath": D.SAFE_DIRECTORIES, "linkedmapinwritabledir": D.NO_LINK_IN_WRITABLE},
    ),
    Purpose.MAP_CREATION: (
        D.REGULAR | D.ROOT_OK | D.SAFE_DIRECTORIES | D.MAY_CREATE | D.NO_SYMLINK | D.NO_HARD_LINK,
        _WRITE,
        {
            "mapinunsafedirpath": D.SAFE_DIRECTORIES,
            "writemaptosymlink": D.NO_SYMLINK,
            "writemaptohardlink": D.NO_HARD_LINK,
        },
    ),
    Purpose.ALIASES: (
        D.REGULAR | D.OPEN_AS_ROOT | D.NO_LINK_IN_WRITABLE | _UNWRITABLE,
        _READ | _WRITE,
        {
            "linkedaliasfileinwritabledir": D.NO_LINK_IN_WRITABLE,
            "groupwritablealiasfile": D.NO_GROUP_WRITE,
            "worldwritablealiasfile": D.NO_WORLD_WRITE,
        },
    ),
    Purpose.SERVICE_SWITCH: (
        D.REGULAR | D.OPEN_AS_ROOT | D.NO_LINK_IN_WRITABLE,
        _READ,
        {"linkedserviceswitchfileinwritabledir": D.NO_LINK_IN_WRITABLE},
    ),
    Purpose.INCLUDE: (
        D.REGULAR | _UNWRITABLE | D.SAFE_DIRECTORIES | D.NO_LINK_IN_WRITABLE,
        _READ,
        {
            "groupwritableincludefile": D.NO_GROUP_WRITE,
            "worldwritableincludefile": D.NO_WORLD_WRITE,
            "includefileinunsafedirpath": D.SAFE_DIRECTORIES,
            "linkedincludefileinwritabledir": D.NO_LINK_IN_WRITABLE,
        },
    ),
    Purpose.FORWARD: (
        D.REGULAR | _UNWRITABLE | D.SAFE_DIRECTORIES | D.NO_LINK_IN_WRITABLE | D.MUST_OWN | D.ROOT_OK,
        _READ,
        {
            "groupwritableforwardfile": D.NO_GROUP_WRITE,
            "worldwritableforwardfile": D.NO_WORLD_WRITE,
            "forwardfileinunsafedirpath": D.SAFE_DIRECTORIES,
            "linkedforwardfileinwritabledir": D.NO_LINK_IN_WRITABLE,
        },
    ),
    Purpose.CERTIFICATE: (_TLS, _READ, {"certowner": D.MUST_OWN}),
    Purpose.KEY: (_TLS | _UNREADABLE, _READ, {"certowner": D.MUST_OWN, "groupreadablekeyfile": D.NO_GROUP_READ}),
    Purpose.AUTHORITIES: (_TLS, _READ, {"certowner": D.MUST_OWN}),
    Purpose.REVOCATION_LIST: (_TLS, _READ, {"certowner": D.MUST_OWN}),
    Purpose.DH_PARAMETERS: (_TLS, _READ, {"certowner": D.MUST_OWN}),
    Purpose.SASL: (D.SAFE_DIRECTORIES | D.NO_LINK_IN_WRITABLE | D.NO_WORLD_WRITE | D.ROOT_OK, _READ, {}),
    Purpose.AUTH_INFO: (
        D.REGULAR | D.SAFE_DIRECTORIES | D.NO_LINK_IN_WRITABLE | _UNWRITABLE | _UNREADABLE | D.OPEN_AS_ROOT,
        _READ,
        {"groupreadabledefaultauthinfofile": D.NO_GROUP_READ},
    ),
    Purpose.MILTER_SOCKET: (
        D.SAFE_DIRECTORIES | D.OPEN_AS_ROOT | D.NO_SYMLINK | D.NO_HARD_LINK | D.EXECUTABLE_OK,
        _READ | _WRITE,
        {},
    ),
    Purpose.QUEUE: (D.ROOT_OK, 0, {}),
}
#: These are opened by whoever started sendmail, all others by RunAsUser.
BY_STARTER = frozenset({Purpose.CLASS})
#: These are opened with root's rights, though most are judged for RunAsUser; the rest after root's rights are dropped.
BY_ROOT = BY_STARTER | {
    Purpose.CONFIGURATION,
    Purpose.CERTIFICATE,
    Purpose.KEY,
    Purpose.AUTHORITIES,
    Purpose.REVOCATION_LIST,
    Purpose.DH_PARAMETERS,
}
#: A flag that tolerates directories their group may write, for these purposes only.
GROUP_DIRECTORY_FLAGS = {
    Purpose.INCLUDE: "includefileingroupwritabledirpath",
    Purpose.FORWARD: "forwardfileingroupwritabledirpath",
}
