"""EventBridge Scheduler's expressions."""

from datetime import UTC, datetime, timedelta

import pytest

from local.schedule_expression import At, Rate, parse


def test_at_is_read_in_utc() -> None:
    assert parse("at(2026-01-02T20:00:00)") == At(datetime(2026, 1, 2, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("rate(1 minute)", timedelta(minutes=1)),
        ("rate(5 minutes)", timedelta(minutes=5)),
        ("rate(2 hours)", timedelta(hours=2)),
        ("rate(1 day)", timedelta(days=1)),
    ],
)
def test_rate_is_read(text: str, every: timedelta) -> None:
    assert parse(text) == Rate(every)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cron(0 12 * * ? *)",
        "rate(5 seconds)",
        "rate(0 minutes)",
        "at(2026-01-02)",
        "at(2026-13-02T20:00:00)",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (fromisoformat's own text counts too)
        parse(text)


def test_other_zones_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        parse("at(2026-01-02T20:00:00)", "Europe/Berlin")
