import json
import os
from typing import Any

import pytest

from parcelhook.security.api_keys import hint
from tests.unit.cli.conftest import Invoke


def answered(invoke: Invoke, *arguments: str, **more: Any) -> Any:
    """What a command answers in JSON."""
    result = invoke(*arguments, "--json", **more)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


@pytest.mark.usefixtures("laptop")
def test_account_and_key_of_the_laptop_from_creation_to_revocation(invoke: Invoke) -> None:
    account = answered(invoke, "accounts", "create", "Acme")
    assert account["name"] == "Acme"
    created = answered(invoke, "keys", "create", account["id"], "--mode", "live")
    assert created["key"].startswith("live_")
    assert created["hint"] == hint(created["key"])
    stored = {name: value for name, value in created.items() if name != "key"}
    assert answered(invoke, "keys", "list", account["id"]) == {"keys": [stored]}
    revoked = answered(invoke, "keys", "revoke", account["id"], created["id"])
    assert revoked["revoked_at"]
    assert answered(invoke, "keys", "list", account["id"]) == {"keys": [revoked]}


@pytest.mark.usefixtures("laptop")
def test_child_names_its_parent(invoke: Invoke) -> None:
    parent = answered(invoke, "accounts", "create", "Parent")["id"]
    assert answered(invoke, "accounts", "create", "Child", "--parent", parent)["parent_id"] == parent


@pytest.mark.usefixtures("laptop")
def test_account_tells_how_to_get_a_key(invoke: Invoke) -> None:
    told = invoke("accounts", "create", "Acme").stdout
    command = told.split("parcelhook ")[-1].split()
    key = invoke(*command).stdout.splitlines()[0]
    assert key.startswith("live_")


@pytest.mark.usefixtures("laptop")
def test_key_is_shown_once_and_listed_by_its_ends_only(invoke: Invoke) -> None:
    account = answered(invoke, "accounts", "create", "Acme")["id"]
    told = invoke("keys", "create", account, "--mode", "test", "--style", "shippo").stdout
    key = told.splitlines()[0]
    assert key.startswith("shippo_test_")
    assert "only time" in told
    listed = invoke("keys", "list", account).stdout
    assert key not in listed
    assert hint(key) in listed


@pytest.mark.usefixtures("laptop")
@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["accounts", "create", "Acme", "--parent", "acct_x"], "There is no account acct_x."),
        (["keys", "create", "acct_x", "--mode", "live"], "There is no account acct_x."),
        (["keys", "list", "acct_x"], "There is no account acct_x."),
        (["keys", "revoke", "acct_x", "key_x"], "Account acct_x has no key key_x."),
    ],
)
def test_unknown_id_is_one_sentence(invoke: Invoke, command: list[str], sentence: str) -> None:
    result = invoke(*command, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: {sentence}\n"


@pytest.mark.parametrize(
    "command",
    [
        ["accounts", "create"],
        ["accounts", "create", " "],
        ["accounts", "create", "x" * 201],
        ["accounts", "create", "line\nbreak"],
        ["keys", "create", "acct_x"],
        ["keys", "create", "acct_x", "--mode", "real"],
        ["keys", "create", "acct_x", "--mode", "live", "--style", "ups"],
    ],
)
def test_misuse_is_code_2(invoke: Invoke, command: list[str]) -> None:
    assert invoke(*command).exit_code == 2


@pytest.mark.usefixtures("laptop")
def test_environment_is_as_it_was_after_a_command(invoke: Invoke) -> None:
    before = dict(os.environ)
    invoke("accounts", "create", "Acme")
    assert dict(os.environ) == before


def test_without_a_stack_the_sentence_says_what_to_do(invoke: Invoke) -> None:
    result = invoke("accounts", "create", "Acme")
    assert result.exit_code == 1
    assert "make run" in result.stderr
    assert "--stage" in result.stderr
    assert result.stderr.count("\n") == 1


def test_stack_that_died_is_not_waited_for(invoke: Invoke, tmp_path: Any) -> None:
    (tmp_path / "stack.json").write_text('{"aws_endpoint_url": "http://127.0.0.1:9"}')
    result = invoke("accounts", "create", "Acme")
    assert result.exit_code == 1
    assert "does not answer" in result.stderr
