import json

from tests.infra.template import Template


def test_every_request_goes_to_the_api_function(dev: Template) -> None:
    (route,) = dev.of_type("AWS::ApiGatewayV2::Route").values()
    assert route["RouteKey"] == "$default"
    (integration,) = dev.of_type("AWS::ApiGatewayV2::Integration").values()
    assert integration["IntegrationUri"] == "FunctionsApi.Arn"
    assert integration["PayloadFormatVersion"] == "2.0"


def test_one_stage_is_throttled(dev: Template, prod: Template) -> None:
    (stage,) = dev.of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["StageName"] == "$default"
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100}
    (stage,) = prod.of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 7, "ThrottlingBurstLimit": 9}


def test_access_log_is_json_without_query_strings_and_headers(dev: Template) -> None:
    settings = dev.properties("HttpApiStage")["AccessLogSettings"]
    assert settings["DestinationArn"].endswith(":log-group:HttpApiAccessLogs")
    fields: dict[str, str] = json.loads(settings["Format"])
    assert {"requestId", "method", "path", "status", "error"} <= set(fields)
    for variable in fields.values():
        assert variable.startswith("$context.")
        assert not any(word in variable.lower() for word in ("query", "header", "useragent", "authorizer"))


def test_function_is_stopped_before_the_front_door_gives_up(dev: Template) -> None:
    assert dev.properties("FunctionsApi")["Timeout"] < 30
