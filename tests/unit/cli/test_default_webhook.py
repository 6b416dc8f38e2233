"""`parcelhook accounts set-default-webhook`: kept with the account, forgotten, refused."""

import json
from typing import Any

import boto3
import pytest

from cli.stage import ReadOutputs
from local import layout
from parcelhook.resources import REGISTRY
from tests.unit.cli.conftest import Invoke

URL = "https://hooks.example.com/labels"


def new_account(invoke: Invoke, *options: str, **more: Any) -> str:
    """The id of an account."""
    return str(json.loads(invoke("accounts", "create", "Acme", "--json", *options, **more).stdout)["id"])


def kept() -> str | None:
    """What the only account's item says."""
    items = boto3.client("dynamodb", region_name=layout.REGION).scan(TableName=layout.table_name(REGISTRY))["Items"]
    (told,) = [item["default_webhook_url"] for item in items if "default_webhook_url" in item] or [{"NULL": True}]
    return told.get("S")


@pytest.mark.usefixtures("laptop")
def test_url_is_kept_and_forgotten(invoke: Invoke) -> None:
    account = new_account(invoke)

    told = invoke("accounts", "set-default-webhook", account, URL, "--json")
    assert (told.exit_code, json.loads(told.stdout)) == (0, {"id": account, "default_webhook_url": URL})
    assert kept() == URL

    told = invoke("accounts", "set-default-webhook", account, "--none", "--json")
    assert (told.exit_code, json.loads(told.stdout)) == (0, {"id": account, "default_webhook_url": None})
    assert kept() is None


@pytest.mark.usefixtures("laptop")
def test_person_is_told_what_happens_next(invoke: Invoke) -> None:
    account = new_account(invoke)
    assert URL in invoke("accounts", "set-default-webhook", account, URL).stdout
    assert "no default webhook" in invoke("accounts", "set-default-webhook", account, "--none").stdout


def test_url_of_a_stage_is_kept_there(invoke: Invoke, prod: ReadOutputs) -> None:
    account = new_account(invoke, "--stage", "prod", read=prod)
    told = invoke("accounts", "set-default-webhook", account, URL, "--stage", "prod", read=prod)
    assert (told.exit_code, told.stderr) == (0, "")


def test_stage_refuses_a_url_that_it_would_never_call(invoke: Invoke, prod: ReadOutputs) -> None:
    account = new_account(invoke, "--stage", "prod", read=prod)
    plain = URL.replace("https", "http")
    told = invoke("accounts", "set-default-webhook", account, plain, "--stage", "prod", read=prod)
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == "Error: A deployed stage only calls URLs that begin with https://.\n"


@pytest.mark.usefixtures("laptop")
@pytest.mark.parametrize("url", ["ftp://example.com", "hooks.example.com", "", "https://example.com/".ljust(200, "x")])
def test_url_that_no_webhook_may_have_is_refused_in_a_sentence(invoke: Invoke, url: str) -> None:
    told = invoke("accounts", "set-default-webhook", new_account(invoke), url)
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == "Error: The URL must begin with https:// and have at most 199 characters.\n"


@pytest.mark.usefixtures("laptop")
@pytest.mark.parametrize("wanted", [URL, "--none"])
def test_unknown_account_is_one_sentence(invoke: Invoke, wanted: str) -> None:
    told = invoke("accounts", "set-default-webhook", "acct_x", wanted)
    assert (told.exit_code, told.stderr) == (1, "Error: There is no account acct_x.\n")


@pytest.mark.parametrize("wanted", [[], [URL, "--none"]])
def test_neither_and_both_are_misuse(invoke: Invoke, wanted: list[str]) -> None:
    told = invoke("accounts", "set-default-webhook", "acct_x", *wanted)
    assert told.exit_code == 2
    assert "either a URL or --none" in told.stderr
