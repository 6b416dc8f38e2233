"""Holds answers against the OpenAPI document: what is answered must be documented, to the last member."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import unquote

from jsonschema_rs import Draft202012Validator

from functions.api.documentation.document import build_document
from functions.api.documentation.webhooks import webhooks_of
from functions.api.routes import GROUPS
from parcelhook.dialects import build_dialects


@cache
def document() -> dict[str, Any]:
    """The document, as JSON has it."""
    dialects = build_dialects(resource_base_url="https://api.shipengine.com", attempts=3, interval=timedelta(hours=2))
    built: dict[str, Any] = json.loads(json.dumps(build_document(GROUPS, webhooks_of(dialects.known))))
    return built


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """A validator of a schema in the document."""
    return Draft202012Validator({**schema, "components": document()["components"]}, validate_formats=True)


@dataclass(frozen=True, slots=True)
class _Path:
    template: str
    pattern: re.Pattern[str]

    @property
    def variables(self) -> int:
        return self.template.count("{")


def check_answer(method: str, path: str, status: int, headers: Mapping[str, str], text: str) -> None:
    """Raises `AssertionError` for an answer that the document does not have. Header names are in lower case.

    Nothing is documented of what does not exist: such paths and methods must be refused, and that is all.
    """
    operation = _operation(method, path)
    if operation is None:
        assert status in {404, 405}, f"{method} {path} is not documented and answers {status}"
        return
    described = f"{method} {path} answers {status}"
    response = operation["responses"].get(str(status))
    assert response, f"{described}, which is not documented"
    assert {name.lower() for name in response["headers"]} <= set(headers), described
    content = response.get("content")
    if content is None:
        assert text == "", described
        return
    content_type = headers["content-type"].partition(";")[0]
    assert content_type in content, f"{described} as {content_type}"
    if content_type.endswith("json"):
        found = _answer_validator(method, path_of(path) or "", status, content_type).iter_errors(json.loads(text))
        errors = [f"{error.instance_path}: {error.message}" for error in found]
        assert not errors, f"{described}: {errors[:3]}"


def path_of(path: str) -> str | None:
    """The path of the document that a request's path is of, the most literal one first."""
    fitting = [each for each in _paths() if each.pattern.fullmatch(unquote(path))]
    return min(fitting, key=lambda each: each.variables).template if fitting else None


def _operation(method: str, path: str) -> Any:
    template = path_of(path)
    return document()["paths"][template].get(method.lower()) if template else None


@cache
def _answer_validator(method: str, template: str, status: int, content_type: str) -> Draft202012Validator:
    response = document()["paths"][template][method.lower()]["responses"][str(status)]
    return validator(response["content"][content_type]["schema"])


@cache
def _paths() -> list[_Path]:
    return [_Path(template, re.compile("".join(_pattern(template)))) for template in document()["paths"]]


def _pattern(template: str) -> Iterator[str]:
    for part in re.split(r"(\{\w+\})", template):
        yield "[^/]+" if part.startswith("{") else re.escape(part)
