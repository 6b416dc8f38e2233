import pytest

from parcelhook.resources import LEDGER, REGISTRY, TABLES, Table
from tests.infra.template import Template

BY_NAME = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@BY_NAME
def test_keys_and_indexes_are_those_of_the_definition(dev: Template, table: Table) -> None:
    properties = dev.properties(f"Tables{table.name.capitalize()}")
    assert properties["KeySchema"] == _schema(table.partition_key, table.sort_key)
    assert properties.get("GlobalSecondaryIndexes", []) == [
        {
            "IndexName": index.name,
            "KeySchema": _schema(index.partition_key, index.sort_key),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
        for index in table.indexes
    ]
    assert {attribute["AttributeType"] for attribute in properties["AttributeDefinitions"]} == {"S"}


@BY_NAME
def test_table_is_paid_by_request(dev: Template, table: Table) -> None:
    assert dev.properties(f"Tables{table.name.capitalize()}")["BillingMode"] == "PAY_PER_REQUEST"


@BY_NAME
def test_expiry_is_that_of_the_definition(dev: Template, table: Table) -> None:
    expiry = dev.properties(f"Tables{table.name.capitalize()}").get("TimeToLiveSpecification")
    expected = {"AttributeName": table.expiry_attribute, "Enabled": True} if table.expiry_attribute else None
    assert expiry == expected


def test_there_are_no_other_tables(dev: Template) -> None:
    assert len(dev.of_type("AWS::DynamoDB::Table")) == len(TABLES)


def test_only_the_registry_can_be_restored_to_a_point_in_time(dev: Template) -> None:
    restorable = {
        name
        for name, properties in dev.of_type("AWS::DynamoDB::Table").items()
        if properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    }
    assert restorable == {f"Tables{REGISTRY.name.capitalize()}"}


def test_development_leaves_no_table_behind(dev: Template) -> None:
    for name, properties in dev.of_type("AWS::DynamoDB::Table").items():
        assert dev.resources[name]["DeletionPolicy"] == "Delete"
        assert properties["DeletionProtectionEnabled"] is False


def test_production_keeps_the_registry_and_not_the_log(prod: Template) -> None:
    registry, ledger = (prod.resources[f"Tables{table.name.capitalize()}"] for table in (REGISTRY, LEDGER))
    assert (registry["DeletionPolicy"], registry["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert registry["Properties"]["DeletionProtectionEnabled"] is True
    assert ledger["DeletionPolicy"] == "Delete"


def _schema(partition_key: str, sort_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition_key, "KeyType": "HASH"},
        {"AttributeName": sort_key, "KeyType": "RANGE"},
    ]
