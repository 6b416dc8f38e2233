"""Events on their way into the api: read line by line, sent in as few calls as they fit into."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cli.client import ApiClient, ApiError
from cli.failures import CommandError

MOST_EVENTS = 100
"""In a call (the api's own limit)."""
MOST_BYTES = 900_000
"""Of a call's body; the api takes 1 MiB."""
_TRIES = 8
_REFUSED = (400, 413, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An event with the line that it came from, from 1."""

    number: int
    event: dict[str, Any]
    size: int
    """Bytes of its JSON."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not taken, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """What became of the events."""

    accepted: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Publishes. Every event gets an id, so that a call whose answer was lost can be made again without harm."""

    api: ApiClient
    new_id: Callable[[], str]
    progress: Callable[[Report], None]

    def send(self, lines: Iterable[str]) -> Report:
        """Sends what can be sent. Raises `CommandError` where the api cannot be reached or refuses the key."""
        report = Report()
        for batch in in_batches(self._read(lines, report)):
            self._send(batch, report)
            self.progress(report)
        return report

    def _read(self, lines: Iterable[str], report: Report) -> Iterator[Line]:
        for number, text in enumerate(lines, start=1):
            if not text.strip():
                continue
            try:
                event = json.loads(text)
            except ValueError:
                event = None
            if not isinstance(event, dict):
                report.refused.append(Refusal(number, "This is not a JSON object on one line."))
                continue
            event.setdefault("id", self.new_id())
            yield Line(number=number, event=event, size=len(json.dumps(event).encode()))

    def _send(self, batch: list[Line], report: Report) -> None:
        """All or nothing is the api's rule; what it finds wrong is left out, and the rest is sent again."""
        while batch:
            try:
                answer = self.api.call("POST", "/v1/events", [line.event for line in batch], tries=_TRIES)
            except ApiError as error:
                batch = _without_refused(batch, error, report)
                continue
            report.accepted += answer["events"]
            return


def in_batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """As many as go into a call."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        if batch and (len(batch) == MOST_EVENTS or size + line.size > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += line.size
    if batch:
        yield batch


def _without_refused(batch: list[Line], error: ApiError, report: Report) -> list[Line]:
    """The lines that the api found no fault with. Raises `CommandError` where it named none."""
    reasons: dict[int, list[str]] = {}
    for each in error.errors:
        position, _, place = each["pointer"].removeprefix("/").partition("/")
        if position.isdecimal() and int(position) < len(batch):
            reasons.setdefault(int(position), []).append(f"{place}: {each['detail']}" if place else each["detail"])
    if not reasons and len(batch) == 1 and error.status in _REFUSED:
        reasons = {0: [str(error)]}
    if not reasons:
        raise CommandError(f"{len(report.accepted)} events were accepted; then: {error}") from error
    report.refused += [Refusal(batch[position].number, " ".join(found)) for position, found in reasons.items()]
    return [line for position, line in enumerate(batch) if position not in reasons]
