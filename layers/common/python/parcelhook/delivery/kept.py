"""Deliveries that a batch keeps instead of sending them: held, due later, or in the slow lane.

They are written after their events. A delivery without its event could not be sent: who wants an event is only known
from the ledger once the subscription has changed.
"""

import logging
from collections.abc import Iterable

from parcelhook.delivery.lanes import Forwarded
from parcelhook.delivery.waiting import Waiting
from parcelhook.errors import ConcurrentChangeError, UnavailableError
from parcelhook.model.delivery import Delivery
from parcelhook.values import value

_LOGGER = logging.getLogger(__name__)


@value
class Kept:
    """A delivery as it is to be written, for a queue message, and how it is forwarded then, if it is."""

    message_id: str
    delivery: Delivery
    forwarded: Forwarded | None = None


def write_kept(waiting: Waiting, kept: Iterable[Kept]) -> tuple[list[Forwarded], set[str]]:
    """Writes them. Answers what is to be forwarded, and which messages must be received again.

    What somebody else settled first is left as it is: a message about that has nothing left to do.
    """
    forwarded: list[Forwarded] = []
    failed: set[str] = set()
    for each in kept:
        try:
            if each.forwarded is None:
                waiting.store(each.delivery)
            else:
                waiting.ledger.save(each.delivery)
                forwarded.append(each.forwarded)
        except ConcurrentChangeError:
            continue
        except UnavailableError:
            _LOGGER.warning("delivery not written: its message comes again", exc_info=True)
            failed.add(each.message_id)
    return forwarded, failed
