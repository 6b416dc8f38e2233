from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from parcelhook.errors import UnauthenticatedError
from parcelhook.model.account import ApiKey, Mode
from parcelhook.security.api_keys import Authenticator, KeyStyle, digest, hint, new_key
from tests.builders import ACCOUNT, api_key
from tests.fakes import START, CountedBytes, FixedClock


@dataclass(slots=True)
class Keys:
    """Stored keys, by digest; counts how often one is looked up."""

    stored: dict[str, ApiKey] = field(default_factory=dict)
    asked: int = 0

    def key(self, digest: str) -> ApiKey | None:
        self.asked += 1
        return self.stored.get(digest)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def keys() -> Keys:
    return Keys({digest("known"): api_key(id="key_1", mode=Mode.TEST)})


@pytest.fixture
def authenticator(keys: Keys, clock: FixedClock) -> Authenticator:
    return Authenticator(keys, clock, 10)


@pytest.mark.parametrize(
    ("style", "mode", "prefix"),
    [
        (KeyStyle.SHIPENGINE, Mode.LIVE, "live_"),
        (KeyStyle.SHIPENGINE, Mode.TEST, "TEST_"),
        (KeyStyle.SHIPPO, Mode.LIVE, "shippo_live_"),
        (KeyStyle.SHIPPO, Mode.TEST, "shippo_test_"),
        (KeyStyle.EHUB, Mode.LIVE, "ehub_"),
        (KeyStyle.EHUB, Mode.TEST, "ehub_test_"),
    ],
)
def test_key_begins_as_its_vendors_clients_expect(style: KeyStyle, mode: Mode, prefix: str) -> None:
    key = new_key(style, mode, CountedBytes())
    assert key.startswith(prefix)
    assert len(key) == len(prefix) + 43
    assert hint(key) == f"{prefix}…{key[-4:]}"


def test_hint_of_a_foreign_key_tells_only_its_end() -> None:
    assert hint("something") == "…hing"


def test_keys_have_256_random_bits() -> None:
    asked: list[int] = []

    def random_bytes(length: int) -> bytes:
        asked.append(length)
        return bytes(length)

    new_key(KeyStyle.EHUB, Mode.LIVE, random_bytes)
    assert asked == [32]


def test_digest_is_sha_256() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(digest("\ud800")) == 64


def test_known_key_tells_account_and_mode(authenticator: Authenticator) -> None:
    principal = authenticator.principal("known")
    assert (principal.account_id, principal.mode, principal.key_id) == (ACCOUNT, Mode.TEST, "key_1")


@pytest.mark.parametrize(("key", "missing"), [(None, True), ("", True), ("wrong", False), ("Known", False)])
def test_missing_or_unknown_key_proves_nobody(authenticator: Authenticator, key: str | None, missing: bool) -> None:
    with pytest.raises(UnauthenticatedError) as caught:
        authenticator.principal(key)
    assert caught.value.missing is missing


def test_known_key_is_looked_up_once_in_a_while(authenticator: Authenticator, keys: Keys, clock: FixedClock) -> None:
    for seconds in (0, 9, 1, 1):
        clock.forward(seconds=seconds)
        authenticator.principal("known")
    assert keys.asked == 2


def test_unknown_key_is_looked_up_each_time(authenticator: Authenticator, keys: Keys) -> None:
    for _ in range(2):
        with pytest.raises(UnauthenticatedError):
            authenticator.principal("wrong")
    assert keys.asked == 2


def test_revoked_key_works_no_longer_than_it_is_remembered(
    authenticator: Authenticator, keys: Keys, clock: FixedClock
) -> None:
    authenticator.principal("known")
    keys.stored[digest("known")] = api_key(revoked_at=START)
    clock.forward(seconds=9)
    authenticator.principal("known")
    clock.forward(seconds=1)
    with pytest.raises(UnauthenticatedError):
        authenticator.principal("known")


def test_key_that_is_revoked_later_works_until_then(
    authenticator: Authenticator, keys: Keys, clock: FixedClock
) -> None:
    keys.stored[digest("known")] = api_key(revoked_at=START + timedelta(minutes=1))
    authenticator.principal("known")
    clock.forward(minutes=1)
    with pytest.raises(UnauthenticatedError):
        authenticator.principal("known")


def test_memory_is_bounded(keys: Keys, clock: FixedClock) -> None:
    authenticator = Authenticator(keys, clock, 10)
    for number in range(1_500):
        keys.stored[digest(str(number))] = api_key()
        authenticator.principal(str(number))
    assert len(authenticator._known) <= 1_000
