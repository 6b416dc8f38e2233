"""What a subscription's rows tell of its endpoint's condition. Matching reads them anyway, so knowing costs nothing."""

from datetime import datetime

from parcelhook.clock import from_text
from parcelhook.model.circuit import Circuit
from parcelhook.storage.table import Values

OPENED: Values = {"opened_at": None, "open_until": None, "openings": None, "probe_until": None}
"""What a circuit that is not closed has, taken away."""
NO_CONDITION: Values = OPENED | {"slow_since": None, "failures": None, "closed_at": None, "next_slot": None}
"""Nothing known of the endpoint."""


def to_circuit(values: Values) -> Circuit:
    """The circuit of a row."""
    return Circuit(
        failures=values.get("failures", 0),
        opened_at=to_moment(values, "opened_at"),
        open_until=to_moment(values, "open_until"),
        openings=values.get("openings", 0),
        probe_until=to_moment(values, "probe_until"),
        closed_at=to_moment(values, "closed_at"),
    )


def to_moment(values: Values, name: str) -> datetime | None:
    """A moment of a row, or None."""
    return from_text(values[name]) if name in values else None
