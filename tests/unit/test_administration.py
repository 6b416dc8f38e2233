import pytest

from parcelhook.administration import Administration
from parcelhook.errors import NotFoundError
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.resources import REGISTRY
from parcelhook.security.api_keys import KeyStyle, digest
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.storage.registry import Registry
from tests.cloud import Cloud
from tests.fakes import CountedBytes, FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def administration(cloud: Cloud, clock: FixedClock) -> Administration:
    for name in ("/a/master", "/a/rsa"):
        cloud.ssm.put_parameter(Name=name, Value="there", Type="SecureString", Overwrite=True)
    return Administration(
        registry=Registry(cloud.table(REGISTRY)[0]),
        secrets=ParameterSecrets(client=cloud.ssm, master_name="/a/master", rsa_name="/a/rsa"),
        clock=clock,
        ids=Ids(CountedBytes()),
    )


def test_account_is_made_and_may_have_a_parent(administration: Administration) -> None:
    parent = administration.create_account("Acme")
    child = administration.create_account("Acme Toys", parent_id=parent.id)
    assert parent.id.startswith("acct_")
    assert parent.parent_id is None
    assert administration.registry.account(child.id).parent_id == parent.id


def test_account_of_an_unknown_parent_is_not_made(administration: Administration, cloud: Cloud) -> None:
    with pytest.raises(NotFoundError):
        administration.create_account("Acme", parent_id="acct_nobody")
    assert cloud.rows(administration.registry.table) == []


def test_key_is_shown_once_and_stored_nowhere(administration: Administration, cloud: Cloud) -> None:
    account = administration.create_account("Acme")
    key, text = administration.create_key(account.id, mode=Mode.LIVE, style=KeyStyle.SHIPENGINE)
    assert administration.registry.key(digest(text)) == key
    assert text not in str(cloud.rows(administration.registry.table))


def test_key_for_an_unknown_account_is_not_made(administration: Administration, cloud: Cloud) -> None:
    with pytest.raises(NotFoundError):
        administration.create_key("acct_nobody", mode=Mode.LIVE, style=KeyStyle.EHUB)
    assert cloud.rows(administration.registry.table) == []


def test_keys_are_listed_oldest_first(administration: Administration, clock: FixedClock) -> None:
    account = administration.create_account("Acme")
    made = []
    for mode in (Mode.TEST, Mode.LIVE, Mode.TEST):
        clock.forward(seconds=1)
        made.append(administration.create_key(account.id, mode=mode, style=KeyStyle.SHIPPO)[0])
    assert administration.list_keys(account.id) == made


def test_keys_of_an_unknown_account_are_not_found(administration: Administration) -> None:
    with pytest.raises(NotFoundError):
        administration.list_keys("acct_nobody")


def test_revoked_key_says_since_when(administration: Administration, clock: FixedClock) -> None:
    account = administration.create_account("Acme")
    key, _ = administration.create_key(account.id, mode=Mode.LIVE, style=KeyStyle.SHIPENGINE)
    clock.forward(hours=1)
    assert administration.revoke_key(account.id, key.id).revoked_at == clock.now()
    assert [each.revoked_at for each in administration.list_keys(account.id)] == [clock.now()]
