"""Facts about Cyrus SASL: which Sendmail.conf counts, how saslauthd is started, what PAM asks, what is offered."""

from __future__ import annotations

import pytest
from hypothesis import given

from auditor.engine.resolve import Facts
from auditor.facts.sasl import AuthSetup, PAMService, Saslauthd, SaslauthdConf, SASLConfig
from auditor.model.subjects import Configuration, Install
from auditor.model.unknown import Missing, NotApplicable, Unknowable, Unknown
from auditor.trees.base import Tree
from auditor.trees.memory import MemoryFile, MemoryTree
from tests.lossless import mutated

INSTALL = Install("host")
DAEMON = Configuration("sendmail.cf", INSTALL)
CONF = b"pwcheck_method: saslauthd\nmech_list: plain login\nsaslauthd_path: /run/saslauthd/mux\n"
DEBIAN = b'START=yes\nMECHANISMS="pam"\nMECH_OPTIONS=""\nTHREADS=5\nOPTIONS="-c -m /var/run/saslauthd"\n'


def facts(files: dict[str, bytes], *, complete: bool = True) -> Facts:
    """The facts of an install with these files."""
    tree = MemoryTree({path: MemoryFile(data) for path, data in files.items()}, complete=complete)
    return Facts(INSTALL, {Tree: tree})


def config(files: dict[str, bytes], *, complete: bool = True) -> SASLConfig:
    """What libsasl would read on that install."""
    found = facts(files, complete=complete).get(SASLConfig, INSTALL)
    assert isinstance(found, SASLConfig)
    return found


@pytest.mark.parametrize(
    ("paths", "plugin", "read"),
    [
        (["/usr/lib/sasl2", "/etc/sasl2"], "/usr/lib/sasl2", "/usr/lib/sasl2"),
        (["/usr/lib/sasl2", "/etc/sasl2"], "/usr/lib64/sasl2", "/etc/sasl2"),
        (["/usr/lib64/sasl2"], "/usr/lib64/sasl2", "/usr/lib64/sasl2"),
        (["/usr/lib/sasl2"], "/usr/lib64/sasl2", None),
        (["/usr/lib/sasl2", "/etc/sasl2"], "/usr/lib/x86_64-linux-gnu/sasl2", "/etc/sasl2"),
        (["/usr/lib/sasl2"], "/usr/lib/x86_64-linux-gnu/sasl2", "/usr/lib/sasl2"),
        (["/usr/local/lib/sasl2"], "/usr/local/lib/sasl2", "/usr/local/lib/sasl2"),
        (["/etc/mail"], "/usr/lib/sasl2", None),
    ],
)
def test_the_file_is_looked_for_as_the_library_was_built(paths: list[str], plugin: str, read: str | None) -> None:
    """The directory of the plug-ins tells the distribution, and that the order; a file elsewhere is not read."""
    files = {f"{path}/Sendmail.conf": CONF for path in paths}
    found = config({**files, f"{plugin}/libplain.so.2": b""})
    assert found.path == (None if read is None else f"{read}/Sendmail.conf")
    assert len(found.files) == sum(path != "/etc/mail" for path in paths)


def test_settings_are_those_of_the_file_or_the_librarys_own() -> None:
    """Verifiers, mechanisms and socket come from the file; without one libsasl's own hold."""
    found = config({"/usr/lib/sasl2/Sendmail.conf": CONF})
    assert (found.verifiers, found.mech_list) == (("saslauthd",), ("PLAIN", "LOGIN"))
    assert found.saslauthd_socket is not None
    assert found.saslauthd_socket.text == "/run/saslauthd/mux"
    assert not found.refused
    found = config({"/etc/passwd": b""})
    assert (found.effective, found.verifiers, found.mech_list) == (None, ("auxprop",), None)
    assert config({"/usr/lib/sasl2/Sendmail.conf": b"a b\nc:\n"}).refused[1].line == 2


def test_no_file_in_a_checkout_says_nothing() -> None:
    """Where absence proves nothing, nothing is taken for libsasl's own settings."""
    with pytest.raises(Unknowable):
        _ = config({"/etc/mail/sendmail.mc": b""}, complete=False).verifiers
    assert config({"/etc/sasl2/Sendmail.conf": CONF}, complete=False).verifiers == ("saslauthd",)


@pytest.mark.parametrize(
    ("path", "data", "mechanism", "socket"),
    [
        ("/etc/default/saslauthd", DEBIAN, "pam", "/var/run/saslauthd/mux"),
        ("/etc/sysconfig/saslauthd", b"SOCKETDIR=/run/saslauthd\nMECH=pam\nFLAGS=\n", "pam", "/run/saslauthd/mux"),
        ("/etc/rc.d/rc.saslauthd", b"#!/bin/sh\n/usr/sbin/saslauthd -a shadow\n", "shadow", None),
        ("/etc/conf.d/saslauthd", b'SASLAUTHD_OPTS="-a pam -n 5"\n', "pam", None),
        ("/etc/rc.conf", b'saslauthd_enable="YES"\nsaslauthd_flags="-a getpwent"\n', "getpwent", None),
        (
            "/lib/systemd/system/saslauthd.service",
            b"[Service]\nExecStart=/usr/sbin/saslauthd -m /run/s/ -apam -V\n",
            "pam",
            "/run/s/mux",
        ),
    ],
)
def test_saslauthd_is_started_in_each_distributions_way(
    path: str, data: bytes, mechanism: str, socket: str | None
) -> None:
    """Mechanism and socket are found wherever the distribution keeps them, and point at their place."""
    found = facts({path: data}).get(Saslauthd, INSTALL)
    assert isinstance(found, Saslauthd)
    assert found.mechanism is not None
    assert (found.mechanism.text, found.socket) == (mechanism, socket)
    assert found.mechanism.span.path == path
    assert found.mechanism.span.text == mechanism


def test_saslauthd_may_be_kept_from_starting() -> None:
    """Debian's START decides, and flags are known by their letters."""
    found = facts({"/etc/default/saslauthd": DEBIAN}).get(Saslauthd, INSTALL)
    assert found.is_enabled
    assert found.get("c") is not None
    assert found.get("r") is None
    assert [letter for letter, _ in found.options()] == ["a", "c", "m", "n"]
    assert facts({"/etc/default/saslauthd": b"START=no\n" + DEBIAN[10:]}).get(Saslauthd, INSTALL).is_enabled is False


def test_saslauthds_words_may_be_unknown() -> None:
    """What a shell decides is not guessed, and nothing in sight tells nothing."""
    found = facts({"/etc/rc.d/rc.saslauthd": b"/usr/sbin/saslauthd $(opts)\n"}).get(Saslauthd, INSTALL)
    with pytest.raises(Unknowable):
        _ = found.mechanism
    assert isinstance(facts({"/etc/passwd": b""}).get(Saslauthd, INSTALL), Unknown)
    assert isinstance(facts({"/etc/passwd": b""}).get(SaslauthdConf, INSTALL), NotApplicable)
    assert facts({"/etc/saslauthd.conf": b"ldap_servers: x\n"}).get(SaslauthdConf, INSTALL).document.entries


def test_pam_rules_are_followed() -> None:
    """Services that are taken in are read once, those that take in each other too."""
    files = {
        "/etc/pam.d/smtp": b"@include common-auth\naccount include x\n",
        "/etc/pam.d/common-auth": b"auth required pam_unix.so\nauth include smtp\n",
        "/etc/pam.d/other": b"auth required pam_deny.so\n",
    }
    found = facts(files).get(PAMService, INSTALL)
    assert isinstance(found, PAMService)
    assert set(found.included) == {"common-auth", "x", "smtp"}
    assert isinstance(found.included["x"], Missing)
    assert not isinstance(found.other, Missing | Unknown)
    del files["/etc/pam.d/smtp"]
    assert isinstance(facts(files).get(PAMService, INSTALL).document, Missing)
    assert isinstance(facts({"/etc/pam.conf": b""}).get(PAMService, INSTALL), NotApplicable)
    assert isinstance(facts({"/etc/pam.conf": b""}, complete=False).get(PAMService, INSTALL), Unknown)


def auth(lines: bytes) -> AuthSetup:
    """What a .cf with these lines makes of AUTH."""
    found = facts({"/etc/mail/sendmail.cf": b"V10/Berkeley\n" + lines}).get(AuthSetup, DAEMON)
    assert isinstance(found, AuthSetup)
    return found


def test_auth_is_put_together() -> None:
    """Offered, trusted and the letters of the options come from their own lines."""
    found = auth(
        b"O AuthMechanisms=PLAIN login cram-md5\nC{TrustAuthMech}PLAIN LOGIN\nO AuthOptions=A p,y\nO AuthRealm=x\n"
    )
    assert found.offered == ("PLAIN", "LOGIN", "CRAM-MD5")
    assert found.untrusted == ("CRAM-MD5",)
    assert found.plain == ("PLAIN", "LOGIN")
    assert set(found.letters) == set("Apy")
    assert found.needs_tls
    assert found.realm is not None


def test_auth_has_defaults_and_traps() -> None:
    """Nothing set is sendmail's own list; commas and no-break spaces cut no words; only first letters count."""
    assert auth(b"").offered == ("EXTERNAL", "GSSAPI", "KERBEROS_V4", "DIGEST-MD5", "CRAM-MD5")
    assert auth(b"").mechanisms is None
    assert auth(b"O AuthMechanisms=PLAIN,LOGIN\n").offered == ("PLAIN,LOGIN",)
    assert auth(b"O AuthMechanisms=PLAIN\xa0LOGIN\n").offered == ("PLAIN\xa0LOGIN",)
    assert not auth(b"O AuthOptions=Apy\n").needs_tls


@given(mutated(DEBIAN, CONF))
def test_no_file_makes_it_fail(data: bytes) -> None:
    """Whatever the files hold, an answer comes or a reason why there is none."""
    for path in ("/etc/default/saslauthd", "/etc/rc.conf", "/etc/sysconfig/saslauthd", "/etc/rc.d/rc.saslauthd"):
        found = facts({path: data}).get(Saslauthd, INSTALL)
        assert isinstance(found, Unknown) or list(found.options()) is not None
    assert config({"/usr/lib/sasl2/Sendmail.conf": data}).verifiers is not None
