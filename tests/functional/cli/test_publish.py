import json
from pathlib import Path
from typing import Any

import httpx

from tests.functional.cli.conftest import Terminal, in_process

UPDATE = {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}


def line(**changes: Any) -> str:
    return json.dumps({"type": "tracking.updated", "data": UPDATE} | changes) + "\n"


def published(terminal: Terminal) -> list[str]:
    """The ids of all events, oldest first."""
    terminal.system.dispatch()
    return [event["id"] for event in reversed(terminal.answered("events", "list", "--limit", "1000")["events"])]


def test_one_event_from_arguments(terminal: Terminal) -> None:
    told = terminal.said("publish", "tracking.updated", "--data", json.dumps(UPDATE), "--id", "mine")
    assert told == "Event mine is queued.\n"
    assert published(terminal) == ["mine"]


def test_data_from_a_file(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "update.json").write_text(json.dumps(UPDATE))
    answer = terminal.answered("publish", "tracking.updated", "--data", f"@{tmp_path / 'update.json'}")
    assert published(terminal) == [answer["events"][0]["id"]]


def test_json_lines_go_in_as_few_calls_as_they_fit_into(terminal: Terminal) -> None:
    calls: list[str] = []
    terminal.transport = in_process(terminal.system, lambda request: calls.append(request.method))
    answer = terminal.answered("publish", "--file", "-", typed="".join(line(id=f"e{n}") for n in range(250)))
    assert [each["id"] for each in answer["events"]] == [f"e{n}" for n in range(250)]
    assert calls == ["POST"] * 3


def test_wrong_lines_are_named_and_the_others_are_published(terminal: Terminal, tmp_path: Path) -> None:
    wrong = line(id="bad", type="tracking.lost")
    (tmp_path / "events").write_text(line(id="a") + "not json\n\n" + wrong + line(id="b"))
    result = terminal.run("publish", "--file", str(tmp_path / "events"), "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert [each["id"] for each in answer["events"]] == ["a", "b"]
    assert [each["line"] for each in answer["refused"]] == [2, 4]
    assert "type" in answer["refused"][1]["reason"]
    assert published(terminal) == ["a", "b"]


def test_lost_answer_does_not_publish_twice(terminal: Terminal) -> None:
    answered = in_process(terminal.system)
    lost = iter([True])

    def lose_first(request: httpx.Request) -> httpx.Response:
        answer = answered.handle_request(request)
        if next(lost, False):
            raise httpx.ReadError("connection reset")
        return answer

    terminal.transport = httpx.MockTransport(lose_first)
    answer = terminal.answered("publish", "--file", "-", typed=line() + line())
    terminal.transport = answered
    assert published(terminal) == [each["id"] for each in answer["events"]]


def test_half_a_surrogate_pair_is_refused_by_the_api(terminal: Terminal) -> None:
    result = terminal.run("publish", "tracking.updated", "--data", '{"tracking_number": "\\ud800"}')
    assert result.exit_code == 1
    assert result.stdout.startswith("The event was refused: ")


def test_what_became_of_a_file_is_told_by_line(terminal: Terminal) -> None:
    result = terminal.run("publish", "--file", "-", typed=line(id="a") + "not json\n")
    assert result.stdout.splitlines() == [
        "Line 2 was refused: This is not a JSON object on one line.",
        "1 event is queued, 1 was refused.",
    ]


def test_usage_that_makes_no_sense_ends_with_2(terminal: Terminal) -> None:
    assert terminal.run("publish").exit_code == 2
    assert terminal.run("publish", "tracking.updated", "--file", "-").exit_code == 2


def test_missing_file_is_told_in_a_sentence(terminal: Terminal) -> None:
    result = terminal.run("publish", "--file", "/nowhere/events")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: The events cannot be read")
