"""From queue messages to the attempts that they ask for."""

import logging
from datetime import timedelta

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.admission import Admission
from parcelhook.delivery.deliveries_planner import DeliveriesPlanner
from parcelhook.delivery.events_planner import EventsPlanner
from parcelhook.delivery.lanes import Lanes
from parcelhook.delivery.manual import ManualPlanner
from parcelhook.delivery.matching import Matching
from parcelhook.delivery.plan import Plan, ReceivedMessage
from parcelhook.delivery.record import Recorder
from parcelhook.delivery.recover import Recoverer
from parcelhook.dialects.base import Dialects
from parcelhook.erasure import Eraser
from parcelhook.errors import ConcurrentChangeError, UnavailableError
from parcelhook.messages import (
    DeliveriesMessage,
    EraseMessage,
    EventsMessage,
    ManualRetryMessage,
    RecoverMessage,
)
from parcelhook.storage.ledger import Ledger

_LOGGER = logging.getLogger(__name__)


@collaborator(kw_only=True)
class Planner:
    """Finds out what is to be sent, and settles what is not. Each kind of message has its own planner."""

    events: EventsPlanner
    deliveries: DeliveriesPlanner
    manual: ManualPlanner
    recoverer: Recoverer
    eraser: Eraser
    matching: Matching
    admission: Admission

    def begin(self) -> Plan:
        """A plan for messages that were just received."""
        self.matching.begin_batch()
        return Plan()

    def add(self, plan: Plan, received: ReceivedMessage) -> None:
        """Adds to `plan` what one message asks for.

        Raises `UnavailableError`; what was added until then is to be sent all the same, since it may be claimed.
        """
        try:
            self._add(plan, received)
        except ConcurrentChangeError:
            # Somebody else is trying what it is about, and may be about something else; it comes back afterwards.
            plan.failed.add(received.id)

    def _add(self, plan: Plan, received: ReceivedMessage) -> None:
        match received.message:
            case EventsMessage() as message:
                self.events.add(plan, received, message)
            case DeliveriesMessage() as message:
                self.deliveries.add(plan, received, message)
            case RecoverMessage() as message:
                self.recoverer.recover(message)
            case ManualRetryMessage() as message:
                self._add_manual(plan, received, message)
            case EraseMessage() as message:
                self.eraser.erase(message)

    def _add_manual(self, plan: Plan, received: ReceivedMessage, message: ManualRetryMessage) -> None:
        if work := self.manual.work(received.id, message, {work.delivery.key for work in plan.works}):
            plan.works.append(work)

    def admit(self, plan: Plan) -> None:
        """Has the works of limited endpoints wait for their turn. Raises nothing: what cannot be known comes again."""
        try:
            self.admission.pace(plan)
        except UnavailableError:
            _LOGGER.warning("messages put back: limits cannot be kept", exc_info=True)
            plan.failed |= {work.message_id for work in plan.works}
            plan.works = []


def build_planner(
    *,
    matching: Matching,
    ledger: Ledger,
    recorder: Recorder,
    recoverer: Recoverer,
    eraser: Eraser,
    dialects: Dialects,
    clock: Clock,
    claim: timedelta,
    lanes: Lanes,
) -> Planner:
    """A planner of parts that its own planners share. `claim` is how long a worker has for an attempt."""
    admission = Admission(lanes=lanes, clock=clock)
    return Planner(
        events=EventsPlanner(
            matching=matching,
            ledger=ledger,
            recorder=recorder,
            eraser=eraser,
            dialects=dialects,
            clock=clock,
            admission=admission,
        ),
        deliveries=DeliveriesPlanner(
            matching=matching,
            ledger=ledger,
            recorder=recorder,
            recoverer=recoverer,
            dialects=dialects,
            clock=clock,
            claim=claim,
            admission=admission,
        ),
        manual=ManualPlanner(ledger=ledger, matching=matching, clock=clock, claim=claim),
        recoverer=recoverer,
        eraser=eraser,
        matching=matching,
        admission=admission,
    )
