"""The mechanisms by name, and those whose dialogue is short: PLAIN, LOGIN, CRAM-MD5, XOAUTH2, EXTERNAL."""

from __future__ import annotations

from auditor.probe.auth.base import ChannelBinding, Client, Unfit
from auditor.probe.auth.digest import DigestMD5
from auditor.probe.auth.passwords import Password, octets
from auditor.probe.auth.scram import HASHES, Scram
from auditor.probe.errors import Garbled
from auditor.probe.words import excerpt

_SCRAM = tuple(f"SCRAM-{name}" for name in HASHES)
#: What `client` speaks, in upper case; the strongest first, as a mail program would choose.
SUPPORTED = (
    *(f"{name}-PLUS" for name in _SCRAM),
    *_SCRAM,
    "DIGEST-MD5",
    "CRAM-MD5",
    "PLAIN",
    "LOGIN",
    "XOAUTH2",
    "EXTERNAL",
)
#: Those that hand the password or a token to the server as it is, so that TLS has to hide it.
SENDS_PASSWORD = frozenset({"PLAIN", "LOGIN", "XOAUTH2"})


def client(  # noqa: PLR0913  # What a login consists of.
    mechanism: str,
    user: str,
    password: Password,
    *,
    host: str,
    service: str = "smtp",
    binding: ChannelBinding | None = None,
) -> Client:
    """The client of one login.

    Args:
        mechanism: its name, in any case.
        user: the name to log in as; EXTERNAL takes it from the client's certificate instead.
        password: the password, for XOAUTH2 the access token.
        host: the server's name, which DIGEST-MD5 puts into its proof.
        service: the service's name by RFC 4422; it is ``smtp`` for submission as well.
        binding: of the connection, for the mechanisms that end in ``-PLUS``.

    Raises:
        Unfit: the mechanism is not spoken here, or cannot carry this name or password.

    """
    name = mechanism.upper()
    try:
        if name.startswith("SCRAM-"):
            return Scram(name, user, password, binding)
        if name == "DIGEST-MD5":
            return DigestMD5(user, password, f"{service}/{host}")
        if name in _SIMPLE:
            return _SIMPLE[name](user, password)
        message = f"{excerpt(mechanism, 40)} is a mechanism that is not spoken here"
    except Unfit as error:
        # The functions it came through have the password among their variables, so a new one is raised.
        message = str(error)
    raise Unfit(message)


class _Simple:
    """A mechanism without a proof of the server's."""

    __slots__ = ("_password", "_user", "complaint", "finished")
    proved: bool | None = None

    def __init__(self, user: str, password: Password) -> None:
        octets(user)
        octets(password.reveal())
        self._user = user
        self._password = password
        self.finished = False
        self.complaint = ""

    def initial(self) -> bytes | None:
        return None

    def respond(self, challenge: bytes) -> bytes:  # noqa: ARG002  # Some have nothing to say after the initial response.
        """Refuse.

        Raises:
            Garbled: always.

        """
        self._end()
        return b""

    def _end(self) -> None:
        if self.finished:
            message = "the server asks for more than the mechanism has"
            raise Garbled(message)
        self.finished = True


class Plain(_Simple):
    """PLAIN (RFC 4616): all in the initial response."""

    __slots__ = ()

    def __init__(self, user: str, password: Password) -> None:
        super().__init__(user, password)
        if "\0" in user or "\0" in password.reveal():
            message = "PLAIN cannot carry a NUL"
            raise Unfit(message)

    def initial(self) -> bytes:
        """No authorization identity, user name, password, with NUL between them."""
        self._end()
        return b"\0".join((b"", octets(self._user), octets(self._password.reveal())))


class Login(_Simple):
    """LOGIN, which no RFC defines: the server asks twice, in whatever words, and means name and password."""

    __slots__ = ("_asked",)

    def __init__(self, user: str, password: Password) -> None:
        super().__init__(user, password)
        self._asked = 0

    def respond(self, challenge: bytes) -> bytes:  # noqa: ARG002  # Servers differ in the words, never in the order.
        """The user name first, then the password.

        Raises:
            Garbled: the server asks a third time.

        """
        self._asked += 1
        if self._asked == 1:
            return octets(self._user)
        self._end()
        return octets(self._password.reveal())


class CramMD5(_Simple):
    """CRAM-MD5 (RFC 2195): the challenge's HMAC under the password."""

    __slots__ = ()

    def respond(self, challenge: bytes) -> bytes:
        """The user name and the digest in hexadecimal.

        Raises:
            Garbled: there is no challenge, or a second one.

        """
        import hmac  # noqa: PLC0415  # It loads OpenSSL.

        self._end()
        if not challenge:
            message = "the server sends an empty challenge for CRAM-MD5"
            raise Garbled(message)
        digest = hmac.new(octets(self._password.reveal()), challenge, "md5").hexdigest()
        return octets(self._user) + b" " + digest.encode()


class XOAuth2(_Simple):
    """XOAUTH2 (Google's; the password is an OAuth 2.0 access token)."""

    __slots__ = ()

    def __init__(self, user: str, password: Password) -> None:
        super().__init__(user, password)
        if "\1" in user or "\1" in password.reveal():
            message = "XOAUTH2 cannot carry the character with the code 1"
            raise Unfit(message)

    def initial(self) -> bytes:
        """The user's name and the token."""
        self._end()
        return b"user=%s\1auth=Bearer %s\1\1" % (octets(self._user), octets(self._password.reveal()))

    def respond(self, challenge: bytes) -> bytes:
        """Nothing, so that the server goes on to the reply itself; the challenge tells in JSON what is wrong.

        Raises:
            Garbled: it tells a second time.

        """
        if self.complaint:
            message = "the server tells a second time what is wrong with the token"
            raise Garbled(message)
        self.complaint = excerpt(challenge) or "no reason given"
        return b""


class External(_Simple):
    """EXTERNAL (RFC 4422, appendix A): the client certificate of the connection is the login."""

    __slots__ = ()

    def initial(self) -> bytes:
        """Nothing: the server derives the name from the certificate."""
        self._end()
        return b""


_SIMPLE: dict[str, type[_Simple]] = {
    "PLAIN": Plain,
    "LOGIN": Login,
    "CRAM-MD5": CramMD5,
    "XOAUTH2": XOAuth2,
    "EXTERNAL": External,
}
