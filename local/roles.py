"""The kinds of processes that the supervisor starts."""

from enum import StrEnum


class Role(StrEnum):
    FRONT = "front"
    DISPATCH = "dispatch"
    SLOW = "slow"
    """The dispatch function too, for the slow lane alone, so that the others do not wait for it."""
    RETRY = "retry"
    AWS = "aws"
    """moto. Without it there is nothing for the others to work on."""


PROCESSES = (Role.FRONT, Role.DISPATCH, Role.DISPATCH, Role.SLOW, Role.RETRY, Role.AWS)
"""What runs beside the supervisor."""
