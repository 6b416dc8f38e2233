"""`/openapi.json` has every route and nothing else; `/docs` shows it with our own files only."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.api.routes import GROUPS
from parcelhook.model.event import PUBLISHABLE, EventType
from tests.functional.client import Api
from tests.functional.documented import check_answer, document, validator

OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
}
BODIES = {name: each["requestBody"]["content"] for name, each in OPERATIONS.items() if "requestBody" in each}


def references(value: Any) -> Iterator[str]:
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from references(each)
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        yield value["$ref"]


def test_document_is_there_for_everybody(api: Api) -> None:
    answer = api.with_key(None).get("/openapi.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["openapi"] == "3.1.0"
    assert answer.json["paths"] == document()["paths"]


def test_document_that_is_known_is_not_sent_again(api: Api) -> None:
    tag = api.get("/openapi.json").headers["etag"]
    assert api.with_headers(if_none_match=tag).get("/openapi.json").status == 304


def test_every_route_is_documented_and_nothing_else_is() -> None:
    routes = [
        f"{route.method} {route.path.replace('<', '{').replace('>', '}')}" for group in GROUPS for route in group.routes
    ]
    assert sorted(routes) == sorted(OPERATIONS)


def test_operations_have_ids_of_their_own() -> None:
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)


def test_every_reference_leads_somewhere() -> None:
    for reference in references(document()):
        target: Any = document()
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


def test_every_shared_schema_is_used() -> None:
    used = {reference.rpartition("/")[2] for reference in references(document())}
    assert set(document()["components"]["schemas"]) <= used


@pytest.mark.parametrize("name", BODIES)
def test_example_of_a_body_fits(name: str) -> None:
    for media in BODIES[name].values():
        validator(media["schema"]).validate(media["example"])


def test_example_of_an_answer_fits() -> None:
    for operation in OPERATIONS.values():
        for response in operation["responses"].values():
            for media in response.get("content", {}).values():
                if "example" in media:
                    validator(media["schema"]).validate(media["example"])


@pytest.mark.parametrize("event_type", PUBLISHABLE)
def test_sample_of_an_event_type_fits_what_may_be_published(api: Api, event_type: EventType) -> None:
    samples = {each["type"]: each["sample"] for each in api.get("/v1/event-types").json["event_types"]}
    schema = BODIES["POST /v1/events"]["application/json"]["schema"]
    validator(schema).validate({"type": event_type, "data": samples[event_type]})
    assert not validator(schema).is_valid({"type": event_type, "data": samples[event_type] | {"nonsense": 1}})


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "{" not in name])
def test_operation_that_asks_for_a_key_refuses_who_has_none(api: Api, name: str) -> None:
    method, _, path = name.partition(" ")
    answer = api.with_key(None).call(method, path)
    assert (answer.status == 401) is bool(OPERATIONS[name]["security"])


def test_xml_of_ehub_is_shown() -> None:
    content = document()["webhooks"]["ehub.shipment_tracking"]["post"]["requestBody"]["content"]
    assert content["application/xml"]["example"].startswith("<?xml")
    assert content["application/json"]["example"]["subscription_type"] == "shipment_tracking"


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {"status": "bad"}), (200, {"status": "ok", "more": 1}), (200, {}), (418, {"status": "ok"})],
)
def test_answer_that_is_not_documented_is_noticed(status: int, body: object) -> None:
    headers = {"content-type": "application/json", "x-request-id": "1"}
    check_answer("GET", "/healthz", 200, headers, json.dumps({"status": "ok"}))
    with pytest.raises(AssertionError):
        check_answer("GET", "/healthz", status, headers, json.dumps(body))


def test_page_is_there_for_everybody_and_runs_our_files_only(api: Api) -> None:
    answer = api.with_key(None).get("/docs")
    assert answer.status == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    named = re.findall(r'(?:src|href)="(/portal/[^"]+)"', answer.text)
    assert any(path.endswith("/docs.js") for path in named)
    for path in named:
        assert api.get(path).status == 200
    assert "http:" not in answer.text
    assert "https:" not in answer.text
