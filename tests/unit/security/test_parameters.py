from collections.abc import Iterator
from typing import Any

import pytest

from parcelhook.errors import SecretMissingError, UnavailableError
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.security.signing import new_rsa_key
from tests.cloud import Cloud, open_cloud
from tests.fakes import CountedBytes, ObservedClient, refused, throttled

MASTER, RSA = "/parcelhook/master", "/parcelhook/rsa"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with open_cloud() as cloud:
        yield cloud


@pytest.fixture
def ssm(cloud: Cloud) -> ObservedClient:
    return ObservedClient(cloud.ssm)


@pytest.fixture(scope="module")
def pem() -> str:
    return new_rsa_key().decode()


@pytest.fixture
def secrets(ssm: ObservedClient) -> ParameterSecrets:
    return new_secrets(ssm)


def new_secrets(ssm: ObservedClient) -> ParameterSecrets:
    client: Any = ssm
    return ParameterSecrets(client=client, master_name=MASTER, rsa_name=RSA)


def put(cloud: Cloud, name: str, value: str) -> None:
    cloud.ssm.put_parameter(Name=name, Value=value, Type="SecureString")


def test_secrets_are_made_once_as_secure_strings(secrets: ParameterSecrets, cloud: Cloud) -> None:
    assert secrets.ensure(CountedBytes()) == [MASTER, RSA]
    assert len(secrets.master().value) == 32
    assert secrets.rsa().jwk["kty"] == "RSA"
    before = secrets.master()
    assert secrets.ensure(CountedBytes()) == []
    parameters = cloud.ssm.describe_parameters()["Parameters"]
    assert {(each["Name"], each["Type"]) for each in parameters} == {(MASTER, "SecureString"), (RSA, "SecureString")}
    assert secrets.master() is before


def test_secret_that_is_there_is_not_replaced(secrets: ParameterSecrets, cloud: Cloud, pem: str) -> None:
    put(cloud, RSA, pem)
    assert secrets.ensure(CountedBytes()) == [MASTER]
    assert secrets.rsa().pem == pem.encode()


def test_secret_that_somebody_makes_at_the_same_moment_is_theirs(
    secrets: ParameterSecrets, ssm: ObservedClient, cloud: Cloud, pem: str
) -> None:
    put(cloud, MASTER, "dGhlaXJz")
    put(cloud, RSA, pem)
    ssm.fail("get_parameter", refused("ParameterNotFound", "GetParameter"))
    assert secrets.ensure(CountedBytes()) == []
    assert secrets.master().value == b"theirs"


@pytest.mark.parametrize("read", ["master", "rsa"])
def test_missing_secret_is_told_with_the_command_that_makes_it(secrets: ParameterSecrets, read: str) -> None:
    with pytest.raises(SecretMissingError, match="parcelhook secrets create"):
        getattr(secrets, read)()


def test_throttling_is_no_missing_secret(secrets: ParameterSecrets, ssm: ObservedClient) -> None:
    ssm.fail("get_parameter", throttled("GetParameter"))
    with pytest.raises(UnavailableError) as caught:
        secrets.master()
    assert not isinstance(caught.value, SecretMissingError)


def test_throttling_makes_no_new_secret(secrets: ParameterSecrets, ssm: ObservedClient, cloud: Cloud) -> None:
    ssm.fail("get_parameter", throttled("GetParameter"))
    with pytest.raises(UnavailableError):
        secrets.ensure(CountedBytes())
    assert cloud.ssm.describe_parameters()["Parameters"] == []


def test_secrets_are_read_once(secrets: ParameterSecrets, ssm: ObservedClient, cloud: Cloud, pem: str) -> None:
    put(cloud, MASTER, "c2VjcmV0")
    put(cloud, RSA, pem)
    for _ in range(3):
        secrets.master()
        secrets.rsa()
    assert [call.operation for call in ssm.calls] == ["get_parameter"] * 2


def test_deleted_secrets_are_gone_from_memory_too(secrets: ParameterSecrets, cloud: Cloud, pem: str) -> None:
    put(cloud, MASTER, "c2VjcmV0")
    put(cloud, RSA, pem)
    secrets.master()
    secrets.delete()
    with pytest.raises(SecretMissingError):
        secrets.master()


def test_secrets_are_in_no_representation(secrets: ParameterSecrets, cloud: Cloud) -> None:
    put(cloud, MASTER, "c2VjcmV0")
    secrets.master()
    assert "c2VjcmV0" not in repr(secrets)
    assert "secret'" not in repr(secrets.master())
