"""Changes that must win over others made at the same moment."""

from collections.abc import Callable
from typing import TypeVar

from parcelhook.errors import ConcurrentChangeError
from parcelhook.model.subscription import Subscription

Result = TypeVar("Result")

_TRIES = 5


def insist(
    subscription: Subscription, write: Callable[[Subscription], Result], read_again: Callable[[], Subscription]
) -> Result:
    """Writes on top of whatever somebody else wrote meanwhile: the last one wins, as at the vendors.

    Raises `NotFoundError` when it is deleted by then.
    """
    for _ in range(_TRIES - 1):
        try:
            return write(subscription)
        except ConcurrentChangeError:
            subscription = read_again()
    return write(subscription)
