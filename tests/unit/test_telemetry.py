"""What our lines look like, and that an error tells nothing that came from outside."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from parcelhook.errors import NotFoundError, UnavailableError
from parcelhook.telemetry import SERVICE, Lines, build_logger


@pytest.fixture
def written() -> Iterator[list[str]]:
    """What our loggers write, until the test ends."""
    logger, lines = logging.getLogger(SERVICE), list[str]()
    before = logger.level, logger.handlers
    build_logger("INFO", lines.append)
    yield lines
    logger.level, logger.handlers = before


def told(written: list[str]) -> dict[str, Any]:
    (text,) = written
    line: dict[str, Any] = json.loads(text)
    return line


def test_line_of_a_logger_tells_level_time_message_and_what_it_was_given(written: list[str]) -> None:
    logging.getLogger(f"{SERVICE}.delivery").warning("%s put back", "message", extra={"message_id": "1"})
    line = told(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "WARNING",
        "message": "message put back",
        "logger": "parcelhook.delivery",
        "message_id": "1",
    }


def test_loggers_of_a_function_keep_back_what_is_below_its_level(written: list[str]) -> None:
    logging.getLogger(f"{SERVICE}.delivery").debug("not now")
    assert written == []


def test_errors_of_ours_are_told_with_their_cause_and_where_they_were_raised(written: list[str]) -> None:
    try:
        try:
            raise ValueError("Maple Street 1")
        except ValueError as error:
            raise UnavailableError("AWS answered Throttled to PutItem.") from error
    except UnavailableError:
        logging.getLogger(SERVICE).warning("not recorded", exc_info=True)
    line = told(written)
    assert line["exception"] == ["UnavailableError: AWS answered Throttled to PutItem.", "ValueError"]
    assert "test_telemetry.py" in line["stack"][0]


@pytest.mark.parametrize("error", [KeyError("Maple Street 1"), NotFoundError("There is no event Maple Street 1.")])
def test_errors_that_may_repeat_what_they_were_given_are_told_without_it(error: Exception, written: list[str]) -> None:
    error.add_note("Maple Street 1")
    try:
        raise error
    except Exception:
        logging.getLogger(SERVICE).exception("put back")
    assert told(written)["exception"] == [type(error).__name__]
    assert "Maple" not in written[0]


def test_bare_line_says_only_what_it_was_given() -> None:
    lines: list[str] = []
    Lines(lines.append).tell("api.answered", {"status": 200, "error": None})
    assert lines == ['{"message":"api.answered","status":200}']


def test_dispatch_starts_without_what_only_the_api_needs() -> None:
    program = "import sys, functions.dispatch.handler as _; print('aws_lambda_powertools' in sys.modules)"
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout == "False\n"
