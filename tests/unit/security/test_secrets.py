"""Derived secrets: the published vectors, and what depends on what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.security.secrets import MasterSecret, hkdf_sha256

MASTER = MasterSecret(bytes(range(32)))


@pytest.mark.parametrize(
    ("key", "salt", "info", "length", "expected"),
    [
        (
            b"\x0b" * 22,
            bytes(range(13)),
            bytes(range(0xF0, 0xFA)),
            42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x50)),
            bytes(range(0x60, 0xB0)),
            bytes(range(0xB0, 0x100)),
            82,
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            b"\x0b" * 22,
            b"",
            b"",
            42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
    ids=["A.1", "A.2", "A.3"],
)
def test_hkdf_is_that_of_rfc_5869(key: bytes, salt: bytes, info: bytes, length: int, expected: str) -> None:
    assert hkdf_sha256(key, salt=salt, info=info, length=length).hex() == expected


@given(st.integers(1, 8_160))
def test_shorter_output_is_the_beginning_of_a_longer_one(length: int) -> None:
    longest = hkdf_sha256(b"key", salt=b"salt", info=b"info", length=8_160)
    assert hkdf_sha256(b"key", salt=b"salt", info=b"info", length=length) == longest[:length]


def test_signing_secret_never_changes_by_itself() -> None:
    """Whoever changes this value breaks the signatures of every subscription there is."""
    expected = "bfe92b86157d5deefe2a4c809a8810659f727892ab7c034d624824182b02bc33"
    assert MASTER.signing_secret("se-abc123", 1).hex() == expected


def test_each_subscription_version_and_deployment_has_its_own_secret() -> None:
    secrets = {
        MASTER.signing_secret("se-1", 1),
        MASTER.signing_secret("se-1", 2),
        MASTER.signing_secret("se-11", 1),
        MASTER.signing_secret("se-2", 1),
        MasterSecret(bytes(32)).signing_secret("se-1", 1),
    }
    assert len(secrets) == 5
    assert {len(secret) for secret in secrets} == {32}


def test_master_secret_does_not_show_itself() -> None:
    assert "\\x01" not in repr(MASTER)
    assert "value" not in repr(MASTER)
    assert "\\x01" not in f"{MASTER!s}{[MASTER]}"
