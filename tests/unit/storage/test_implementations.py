"""Which implementations of DynamoDB the tests beside run on."""

from typing import Any

import boto3
import pytest

from infra.rehearsal import ministack
from local import layout, provision
from parcelhook.resources import LEDGER


@pytest.mark.skipif(
    not ministack.is_installed(),
    reason="MiniStack is not installed, so storage is tested on moto alone; `make ministack` installs it.",
)
def test_second_implementation_holds_a_rule_that_moto_does_not(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch has at most 25 writes (BatchWriteItem): so it is no moto in disguise."""
    for name, value in ministack.variables(request.getfixturevalue("ministack_url")).items():
        monkeypatch.setenv(name, value)
    dynamodb: Any = boto3.client("dynamodb", region_name=layout.REGION)
    dynamodb.create_table(**provision.table_arguments(LEDGER) | {"TableName": "batches"})
    writes = [{"PutRequest": {"Item": {"pk": {"S": str(n)}, "sk": {"S": "0"}}}} for n in range(26)]
    with pytest.raises(dynamodb.exceptions.ClientError, match="ValidationException"):
        dynamodb.batch_write_item(RequestItems={"batches": writes})
    assert dynamodb.scan(TableName="batches")["Items"] == []
