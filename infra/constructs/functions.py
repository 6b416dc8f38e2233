"""The functions of `parcelhook.resources` on their shared layer."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.bundling import Artifacts
from infra.config import StageSettings
from infra.constructs.backing import Backing
from infra.constructs.environment import environment, variable
from infra.constructs.log_groups import log_group
from infra.constructs.nag import acknowledge
from infra.constructs.permissions import accept_wildcards, permissions
from parcelhook.resources import API, DISPATCH, FUNCTIONS, INGEST, RETRY, Function

RUNTIME = lambda_.Runtime.PYTHON_3_13

# Metrics are lines of these functions' logs, and CloudWatch takes them from the standard class only.
_WRITE_METRICS = frozenset({DISPATCH.name, RETRY.name})


class Functions(Construct):
    """Each function by its name in `parcelhook.resources`."""

    def __init__(self, scope: Construct, construct_id: str, *, backing: Backing, artifacts: Artifacts) -> None:
        super().__init__(scope, construct_id)
        self._layer = lambda_.LayerVersion(
            self,
            "Layer",
            description="Parcelhook and what it depends on",
            code=lambda_.Code.from_asset(str(artifacts.layer)),
            compatible_architectures=[lambda_.Architecture.ARM_64],
            compatible_runtimes=[RUNTIME],
            removal_policy=RemovalPolicy.DESTROY,
        )
        statements = permissions(backing)
        self.by_name = {
            function.name: self._function(function, statements[function.name], backing, artifacts)
            for function in FUNCTIONS
        }
        retry_arn = self.by_name[RETRY.name].function_arn
        self.by_name[DISPATCH.name].add_environment(variable("retry_function_arn"), retry_arn)

    def tell_own_hosts(self, hosts: list[str]) -> None:
        """Tells those who judge endpoints which host names are the service's own."""
        for name in (API.name, DISPATCH.name, INGEST.name):
            self.by_name[name].add_environment(variable("own_hosts"), ",".join(hosts))

    def _function(
        self, definition: Function, statements: list[iam.PolicyStatement], backing: Backing, artifacts: Artifacts
    ) -> lambda_.Function:
        name = definition.name.capitalize()
        own_logs = self._log_group(definition, backing.settings)
        role = self._role(name, own_logs, statements)
        accept_wildcards(role, definition.name, backing)
        function = lambda_.Function(
            self,
            name,
            code=lambda_.Code.from_asset(str(artifacts.functions[definition.package])),
            handler=definition.handler,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            layers=[self._layer],
            timeout=Duration.seconds(definition.timeout),
            memory_size=definition.memory,
            environment=environment(definition.name, backing),
            role=role,
            log_group=own_logs,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=_log_level(backing.settings),
            # Lines of each start and end cost as much as the function; what they tell is in Lambda's metrics.
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
        )
        acknowledge(function, "AwsSolutions-L1", "Tests run on Python 3.11 to 3.13; 3.13 is supported until 2029.")
        return function

    def _log_group(self, definition: Function, settings: StageSettings) -> logs.LogGroup:
        """Half as dear where nobody has to follow the lines as they come."""
        name = definition.name.capitalize()
        if definition.name in _WRITE_METRICS:
            return log_group(self, f"{name}Logs", settings)
        return log_group(self, f"{name}Calls", settings, log_class=logs.LogGroupClass.INFREQUENT_ACCESS)

    def _role(self, name: str, own_logs: logs.ILogGroup, statements: list[iam.PolicyStatement]) -> iam.Role:
        """A role of our own, because the one that CDK makes may write to every log group of the account."""
        role = iam.Role(self, f"{name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        write_logs = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[own_logs.log_group_arn]
        )
        for statement in (write_logs, *statements):
            role.add_to_policy(statement)
        return role


def _log_level(settings: StageSettings) -> lambda_.ApplicationLogLevel:
    """What Lambda lets through. Metrics have no level, which it takes for INFO: above that, the function itself keeps
    lines back."""
    levels = lambda_.ApplicationLogLevel
    return levels.DEBUG if settings.log_level == "DEBUG" else levels.INFO
