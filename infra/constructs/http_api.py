"""The front door: an HTTP API that hands every request to one function."""

import json
from typing import cast

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.config import StageSettings
from infra.constructs.log_groups import log_group
from infra.constructs.nag import acknowledge

# Without query strings and headers, which carry keys and customers' data.
ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "responseLatency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "error": "$context.error.message",
    "integrationError": "$context.integrationErrorMessage",
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
        self.stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(
                rate_limit=settings.throttle_rate, burst_limit=settings.throttle_burst
            ),
        )
        self._log_access(settings)

    @property
    def url(self) -> str:
        """Without the closing slash, so that a path can be put behind it."""
        return self.api.api_endpoint

    def _log_access(self, settings: StageSettings) -> None:
        stage = cast(apigateway.CfnStage, self.stage.node.default_child)
        group = log_group(self, "AccessLogs", settings)
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
