"""What the functions stand on, gathered for those who wire functions to it."""

from dataclasses import dataclass

from aws_cdk import Aws, Stack

from infra.config import StageSettings
from infra.constructs.queues import Queues
from infra.constructs.schedules import Schedules
from infra.constructs.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """Tables, queues, schedules, and the secrets, which are not the stack's own: see `parameter_arns`."""

    settings: StageSettings
    tables: Tables
    queues: Queues
    schedules: Schedules

    @property
    def parameter_arns(self) -> list[str]:
        """CloudFormation cannot make a SecureString, so the command line makes them and the stack grants reading."""
        names = (self.settings.master_secret_parameter, self.settings.signing_key_parameter)
        prefix = f"arn:{Aws.PARTITION}:ssm:{Aws.REGION}:{Aws.ACCOUNT_ID}:parameter"
        return [prefix + name for name in names]

    @property
    def due_schedules(self) -> str:
        """Any schedule of the group, as a resource name without its ARN's beginning."""
        group = self.schedules.group
        return f"schedule/{Stack.of(group).resolve(group.schedule_group_name)}/*"
