"""The front door: an HTTP API that hands every request to one function."""

import json
from typing import cast

from aws_cdk import ArnFormat, Fn, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.config import StageSettings
from infra.constructs.log_groups import log_group
from infra.constructs.nag import acknowledge

# What only API Gateway knows: calls that it refused or that the function did not answer, and how long callers waited.
# All else of a call is on the function's own line; each is paid for by the byte.
ACCESS_LOG_FIELDS = {
    "status": "$context.status",
    "ms": "$context.responseLatency",
    "error": "$context.error.message$context.integrationErrorMessage",
}


class HttpApi(Construct):
    """One route for everything: the function knows the dialects' routes, and answers unknown ones in the dialect."""

    def __init__(
        self, scope: Construct, construct_id: str, *, function: lambda_.IFunction, settings: StageSettings
    ) -> None:
        super().__init__(scope, construct_id)
        self.api = apigateway.HttpApi(self, "Api", api_name=Stack.of(self).stack_name, create_default_stage=False)
        route = apigateway.HttpRoute(
            self,
            "Route",
            http_api=self.api,
            route_key=apigateway.HttpRouteKey.DEFAULT,
            integration=HttpLambdaIntegration("Function", function),
        )
        acknowledge(route, "AwsSolutions-APIG4", "The function checks keys: a dialect has its own header and errors.")
        self.domain = self._domain(settings)
        self.stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(
                rate_limit=settings.throttle_rate, burst_limit=settings.throttle_burst
            ),
            domain_mapping=apigateway.DomainMappingOptions(domain_name=self.domain) if self.domain else None,
        )
        self._log_access(settings)

    @property
    def url(self) -> str:
        """Without the closing slash, so that a path can be put behind it."""
        return self.api.api_endpoint

    @property
    def hosts(self) -> list[str]:
        """The host names that it answers on."""
        own = Fn.select(2, Fn.split("/", self.url))
        return [own, self.domain.name] if self.domain else [own]

    def _domain(self, settings: StageSettings) -> apigateway.DomainName | None:
        """The name alone. What it resolves to is written where its DNS is kept, which need not be on AWS."""
        if settings.custom_domain is None or settings.certificate_arn is None:
            return None
        certificate = certificates.Certificate.from_certificate_arn(self, "Certificate", settings.certificate_arn)
        return apigateway.DomainName(
            self,
            "Domain",
            domain_name=settings.custom_domain,
            certificate=certificate,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )

    def _log_access(self, settings: StageSettings) -> None:
        stage = cast(apigateway.CfnStage, self.stage.node.default_child)
        group = log_group(self, "AccessLog", settings, log_class=logs.LogGroupClass.INFREQUENT_ACCESS)
        # The group's own ARN ends in `:*`, which the stage does not keep and would for ever be reported as drift.
        destination = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=group.log_group_name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        stage.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=destination, format=json.dumps(ACCESS_LOG_FIELDS)
        )
