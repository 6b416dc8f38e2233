"""The one table of list prices: US dollars, us-east-1, without free tiers."""

from decimal import Decimal

DATE = "2026-11"

PRICES: dict[str, float] = {
    "HTTP API requests (512 KB each)": 1.00e-6,
    "Lambda requests": 0.20e-6,
    "Lambda GB-seconds (arm64)": 0.0000133334,
    "SQS requests (64 KB each)": 0.40e-6,
    # AWS's page was not read; a third party's figure.
    "SQS fair-queue messages": 0.10e-6,
    "DynamoDB write units": 0.625e-6,
    "DynamoDB read units": 0.125e-6,
    "DynamoDB GB-months stored": 0.25,
    "Scheduler invocations": 1.00e-6,
    "Log GB written": 0.50,
    "Log GB written, infrequent access": 0.25,
    "GB sent to the internet": 0.09,
}


def exact(kind: str) -> Decimal:
    """The price of one unit. Raises `KeyError` for a kind that has none."""
    return Decimal(str(PRICES[kind]))


def dollars(kind: str, units: float) -> float:
    """What so many units cost. Raises `KeyError` for a kind that has no price."""
    return PRICES[kind] * units
