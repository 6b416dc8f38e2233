"""JSON without a space, and with every character as it is."""

import json

# One for all: to make an encoder takes as long as to encode a short line.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LOG_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def to_json(value: object) -> str:
    """`value` as compact JSON. Raises `TypeError` for what JSON does not have."""
    return _ENCODER.encode(value)


def to_log_line(value: object) -> str:
    """The same for a log: what JSON does not have is told as text."""
    return _LOG_ENCODER.encode(value)


def to_json_bytes(value: object) -> bytes:
    """The same in UTF-8."""
    return _ENCODER.encode(value).encode()
