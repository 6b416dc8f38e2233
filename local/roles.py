"""The kinds of processes that the supervisor starts."""

from enum import StrEnum


class Role(StrEnum):
    FRONT = "front"
    DISPATCH = "dispatch"
    RETRY = "retry"


PROCESSES = (Role.FRONT, Role.DISPATCH, Role.DISPATCH, Role.RETRY)
"""What runs beside the supervisor."""
