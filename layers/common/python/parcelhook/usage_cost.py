"""What an account's usage comes to at AWS's list prices: an estimate, never a bill.

An event is taken to be of 2 KB and published alone, the dearest way. What it costs to accept it, to deliver it, and to
fail, are units as `python -m benchmarks.cost` counts them (docs/measured/cost.txt); what many events share, they share.
"""

from decimal import Decimal

from parcelhook.model.usage import Usage
from parcelhook.prices import exact

_ACCEPTED = {
    "HTTP API requests (512 KB each)": "1",
    "Lambda requests": "1.1",
    "Lambda GB-seconds (arm64)": "0.012",
    "SQS requests (64 KB each)": "1.2",
    "SQS fair-queue messages": "1",
    "DynamoDB write units": "1",
    "DynamoDB GB-months stored": "0.0000008",
    "Log GB written, infrequent access": "0.00000026",
}
_DELIVERED = {
    "Lambda GB-seconds (arm64)": "0.012",
    "DynamoDB write units": "0.2",
    "Log GB written": "0.0000002",
    "GB sent to the internet": "0.0000038",
}
_FAILED = {
    "Lambda GB-seconds (arm64)": "0.015",
    "DynamoDB write units": "4",
    "DynamoDB read units": "1",
    "Log GB written": "0.00000025",
    "GB sent to the internet": "0.0000038",
}


def estimated_usd(usage: Usage) -> Decimal:
    """In dollars, to a millionth."""
    parts = ((_ACCEPTED, usage.events), (_DELIVERED, usage.attempts - usage.failed), (_FAILED, usage.failed))
    total = sum((count * _dollars(units) for units, count in parts), Decimal(0))
    return total.quantize(Decimal("0.000001"))


def _dollars(units: dict[str, str]) -> Decimal:
    return sum((exact(kind) * Decimal(number) for kind, number in units.items()), Decimal(0))
