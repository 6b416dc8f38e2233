"""Tries deliveries of a subscription again: those that were held, or all since a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from parcelhook.delivery.waiting import Waiting
from parcelhook.messages import RecoverMessage
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.storage.lists import LONGEST_PAGE, DeliveryFilter, Lists

# So long may one run take; the message then comes again, and the next run goes on with what is left.
_RUN_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoverer:
    """Puts deliveries into the next bucket, from where they are re-driven like any other that is due."""

    lists: Lists
    waiting: Waiting

    def recover(self, message: RecoverMessage) -> bool:
        """Whether all is done. Doing it again goes on where it stopped, and changes nothing twice."""
        clock = self.waiting.clock
        ends = clock.monotonic() + _RUN_SECONDS
        for state in message.states:
            for delivery in self._deliveries(message, state):
                if clock.monotonic() > ends:
                    return False
                self._recover(delivery, message)
        return True

    def _deliveries(self, message: RecoverMessage, state: DeliveryState) -> Iterator[Delivery]:
        wanted = DeliveryFilter(state=state, subscription_id=message.subscription_id)
        cursor: str | None = None
        while True:
            page = self.lists.deliveries(message.account_id, message.mode, wanted, limit=LONGEST_PAGE, cursor=cursor)
            for delivery in page.elements:
                if delivery.created_at < message.since:
                    return
                yield delivery
            cursor = page.next
            if cursor is None:
                return

    def _recover(self, delivery: Delivery, message: RecoverMessage) -> None:
        is_held = delivery.state is DeliveryState.HELD
        if not is_held and delivery.updated_at > message.asked_at:
            return
        now = self.waiting.clock.now()
        again = delivery.deferred if is_held else delivery.recovered
        # Somebody who was faster tries it at this moment, and that is what was wished for.
        self.waiting.store(again(self.waiting.retry_schedule.soon(now), now))
