from datetime import UTC, datetime

import pytest
import typer

from cli.moments import moment

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90m", "2026-01-02T10:30:00"),
        ("2h", "2026-01-02T10:00:00"),
        ("3d", "2025-12-30T12:00:00"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00"),
        ("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00"),
        ("2026-01-01", "2026-01-01T00:00:00"),
    ],
)
def test_moment_is_read(text: str, meant: str) -> None:
    assert moment(text, NOW).startswith(meant)


@pytest.mark.parametrize("text", ["", "yesterday", "2w", "-2h", "999999h"])
def test_what_is_no_moment_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        moment(text, NOW)
