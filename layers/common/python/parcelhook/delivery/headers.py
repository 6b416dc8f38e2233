"""Headers of ours on every delivery, whatever the dialect."""

from parcelhook.model.event import HOPS_HEADER, Event

SEQUENCE_HEADER = "parcelhook-sequence"
"""Grows with each event about a tracking number, so that receivers can tell what is older."""


def delivery_headers(event: Event) -> dict[str, str]:
    """What we tell of an event beside what its dialect tells."""
    hops = {HOPS_HEADER: str(event.hops + 1)}
    return hops if event.sequence is None else hops | {SEQUENCE_HEADER: str(event.sequence)}
