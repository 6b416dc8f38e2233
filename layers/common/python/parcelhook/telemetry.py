"""Logs: JSON lines with stable names. No bodies, no secrets, no query strings of URLs."""

from aws_lambda_powertools import Logger

SERVICE = "parcelhook"


def build_logger(level: str) -> Logger:
    """The logger of a function: JSON lines. Our modules' own loggers write through it as well."""
    return Logger(service=SERVICE, level=level, use_rfc3339=True, utc=True)
