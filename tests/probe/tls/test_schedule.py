"""The key schedule of TLS 1.3 gives the values of RFC 8448 section 3, and opens its records."""

from __future__ import annotations

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.errors import Garbled
from auditor.probe.tls import messages, numbers, schedule
from auditor.probe.tls.records import MessageReader

CLIENT_KEY = bytes.fromhex("49af42ba7f7994852d713ef2784bcbcaa7911de26adc5642cb634540e7ea5005")
CLIENT_HELLO = bytes.fromhex(
    "010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece700000613011303130201"
    "0000910000000b0009000006736572766572ff01000100000a00140012001d0017001800190100010101020103010400"
    "230000003300260024001d002099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b00"
    "03020304000d0020001e040305030603020308040805080604010501060102010402050206020202002d00020101001c"
    "00024001"
)
SERVER_HELLO = bytes.fromhex(
    "020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00330024"
    "001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304"
)
SHARED = bytes.fromhex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d")
RECORD = bytes.fromhex(
    "17030302a2d1ff334a56f5bff6594a07cc87b580233f500f45e489e7f33af35edf7869fcf40aa40aa2b8ea73f848a7ca"
    "07612ef9f945cb960b4068905123ea78b111b429ba9191cd05d2a389280f526134aadc7fc78c4b729df828b5ecf7b13b"
    "d9aefb0e57f271585b8ea9bb355c7c79020716cfb9b1183ef3ab20e37d57a6b9d7477609aee6e122a4cf51427325250c"
    "7d0e509289444c9b3a648f1d71035d2ed65b0e3cdd0cbae8bf2d0b227812cbb360987255cc744110c453baa4fcd61092"
    "8d809810e4b7ed1a8fd991f06aa6248204797e36a6a73b70a2559c09ead686945ba246ab66e5edd8044b4c6de3fcf2a8"
    "9441ac66272fd8fb330ef8190579b3684596c960bd596eea520a56a8d650f563aad27409960dca63d3e688611ea5e22f"
    "4415cf9538d51a200c27034272968a264ed6540c84838d89f72c24461aad6d26f59ecaba9acbbb317b66d902f4f292a3"
    "6ac1b639c637ce343117b659622245317b49eeda0c6258f100d7d961ffb138647e92ea330faeea6dfa31c7a84dc3bd7e"
    "1b7a6c7178af36879018e3f252107f243d243dc7339d5684c8b0378bf30244da8c87c843f5e56eb4c5e8280a2b48052c"
    "f93b16499a66db7cca71e4599426f7d461e66f99882bd89fc50800becca62d6c74116dbd2972fda1fa80f85df881edbe"
    "5a37668936b335583b599186dc5c6918a396fa48a181d6b6fa4f9d62d513afbb992f2b992f67f8afe67f76913fa388cb"
    "5630c8ca01e0c65d11c66a1e2ac4c85977b7c7a6999bbf10dc35ae69f5515614636c0b9b68c19ed2e31c0b3b66763038"
    "ebba42f3b38edc0399f3a9f23faa63978c317fc9fa66a73f60f0504de93b5b845e275592c12335ee340bbc4fddd50278"
    "4016e4b3be7ef04dda49f4b440a30cb5d2af939828fd4ae3794e44f94df5a631ede42c1719bfdabf0253fe5175be898e"
    "750edc53370d2b"
)


def test_secrets_of_the_trace() -> None:
    """Shared secret, handshake secret, the server's traffic secret, key and nonce are those that the RFC prints."""
    hello = messages.server_hello(SERVER_HELLO[4:])
    assert hello.share is not None
    group, theirs = hello.share
    assert (group, numbers.VERSION_NAMES[hello.version], hello.suite) == (29, "TLSv1.3", 0x1301)
    shared = X25519PrivateKey.from_private_bytes(CLIENT_KEY).exchange(X25519PublicKey.from_public_bytes(theirs))
    assert shared == SHARED
    assert schedule.handshake_secret("sha256", shared) == bytes.fromhex(
        "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac"
    )
    secret = schedule.server_traffic("sha256", shared, CLIENT_HELLO + SERVER_HELLO)
    assert secret == bytes.fromhex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")
    key = schedule.expand_label("sha256", secret, "key", b"", 16)
    iv = schedule.expand_label("sha256", secret, "iv", b"", 12)
    assert key == bytes.fromhex("3fce516009c21727d0f2e4e86ee403bc")
    assert iv == bytes.fromhex("5d313eb2671276ee13000b30")


def test_record_of_the_trace_opens() -> None:
    """The server's encrypted record holds the RFC's extensions, certificate, signature and end, in that order."""
    opener = schedule.RecordOpener(0x1301, SHARED, CLIENT_HELLO + SERVER_HELLO)
    kind, content = opener.open(RECORD[:5], RECORD[5:])
    reader = MessageReader()
    reader.feed(content)
    found = dict(reader.messages())
    assert kind == numbers.HANDSHAKE
    assert list(found) == [
        numbers.ENCRYPTED_EXTENSIONS,
        numbers.CERTIFICATE,
        numbers.CERTIFICATE_VERIFY,
        numbers.FINISHED,
    ]
    (certificate,) = messages.certificates(found[numbers.CERTIFICATE][4:], modern=True)
    assert len(certificate) == 432
    assert certificate.startswith(bytes.fromhex("308201ac30820115"))


def test_a_record_with_a_flipped_bit_does_not_open() -> None:
    """What was changed on the way is not taken for the server's word."""
    opener = schedule.RecordOpener(0x1301, SHARED, CLIENT_HELLO + SERVER_HELLO)
    with pytest.raises(Garbled, match="not sealed"):
        opener.open(RECORD[:5], RECORD[5:-1] + bytes((RECORD[-1] ^ 1,)))


@given(st.sampled_from([0x1301, 0x1302, 0x1303, 0x1304, 0x1305]), st.binary(max_size=80), st.binary(max_size=80))
def test_no_record_opens_by_chance(suite: int, shared: bytes, content: bytes) -> None:
    """Whatever comes, opening it raises nothing but Garbled."""
    opener = schedule.RecordOpener(suite, shared, b"")
    with pytest.raises(Garbled):
        opener.open(b"\x17\3\3\0\0", content)


def test_unknown_suites_have_no_schedule() -> None:
    """A suite that TLS 1.3 does not have gives no keys."""
    with pytest.raises(Garbled, match="0x002f"):
        schedule.RecordOpener(0x002F, b"", b"")


@pytest.mark.parametrize("group", sorted(schedule.POSSIBLE_SHARES))
def test_shares_agree(group: int) -> None:
    """Two holders of shares in a group come to the same secret."""
    one, other = schedule.KeyShares(), schedule.KeyShares()
    theirs = other.public(group)
    assert one.shared(group, one.public(group)) == one.shared(group, one.public(group))
    assert one.shared(group, theirs) == other.shared(group, one.public(group))


@given(st.sampled_from(sorted(schedule.POSSIBLE_SHARES)), st.binary(max_size=140))
def test_any_share_is_a_point_or_garbled(group: int, theirs: bytes) -> None:
    """A share that is no point of its group, or the neutral one, is garbled; no other error comes up."""
    shares = schedule.KeyShares()
    shares.public(group)
    with suppress(Garbled):
        assert shares.shared(group, theirs)


def test_a_share_in_a_group_that_was_not_offered_is_garbled() -> None:
    """A server cannot choose a group that no share was sent in."""
    with pytest.raises(Garbled, match="was not offered"):
        schedule.KeyShares().shared(29, bytes(32))
