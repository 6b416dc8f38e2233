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


def test_access_log_tells_only_what_the_function_cannot_and_of_nobody(dev: Template) -> None:
    settings = dev.properties("HttpApiStage")["AccessLogSettings"]
    assert settings["DestinationArn"].endswith(":log-group:HttpApiAccessLog")
    fields: dict[str, str] = json.loads(settings["Format"])
    assert {"status", "error"} <= set(fields)
    group = dev.properties("HttpApiAccessLog")
    assert group["LogGroupClass"] == "INFREQUENT_ACCESS"
    for variable in fields.values():
        assert variable.startswith("$context.")
        assert not any(
            word in variable.lower() for word in ("query", "header", "useragent", "authorizer", "path", "ip")
        )


def test_function_is_stopped_before_the_front_door_gives_up(dev: Template) -> None:
    assert dev.properties("FunctionsApi")["Timeout"] < 30


def test_domain_of_ones_own_leads_to_the_same_stage(prod: Template, dev: Template) -> None:
    (domain,) = prod.of_type("AWS::ApiGatewayV2::DomainName").values()
    assert domain["DomainName"] == "hooks.example.com"
    (certificate,) = domain["DomainNameConfigurations"]
    assert certificate["CertificateArn"] == "arn:aws:acm:eu-west-1:123456789012:certificate/0f0f"
    assert (certificate["SecurityPolicy"], certificate["EndpointType"]) == ("TLS_1_2", "REGIONAL")
    (mapping,) = prod.of_type("AWS::ApiGatewayV2::ApiMapping").values()
    assert (mapping["ApiId"], mapping["Stage"]) == ("HttpApi", "$default")
    assert not dev.of_type("AWS::ApiGatewayV2::DomainName")
