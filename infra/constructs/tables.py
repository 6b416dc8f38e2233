"""The tables of `parcelhook.resources`, on demand."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.config import StageSettings
from infra.constructs.nag import acknowledge
from parcelhook.resources import TABLES, Index, Table


class Tables(Construct):
    """Each table by its name in `parcelhook.resources`."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings) -> None:
        super().__init__(scope, construct_id)
        self.by_name = {table.name: self._table(table, settings) for table in TABLES}

    def _table(self, definition: Table, settings: StageSettings) -> dynamodb.Table:
        # What expires is a log. What does not is what customers entered, and nobody could enter it again for them.
        is_log = definition.expiry_attribute is not None
        keep = settings.keeps_data and not is_log
        table = dynamodb.Table(
            self,
            definition.name.capitalize(),
            partition_key=_key(definition.partition_key),
            sort_key=_key(definition.sort_key),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=definition.expiry_attribute,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=not is_log
            ),
            deletion_protection=keep,
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        for index in definition.indexes:
            _add_index(table, index)
        if is_log:
            acknowledge(table, "AwsSolutions-DDB3", "A log that expires; backups would double its cost.")
        return table


def _key(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _add_index(table: dynamodb.Table, index: Index) -> None:
    table.add_global_secondary_index(
        index_name=index.name,
        partition_key=_key(index.partition_key),
        sort_key=_key(index.sort_key),
        projection_type=dynamodb.ProjectionType.KEYS_ONLY,
    )
