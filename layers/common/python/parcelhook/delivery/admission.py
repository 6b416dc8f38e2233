"""Whether a delivery may be tried in this batch, and what becomes of it where it may not."""

from collections.abc import Iterable

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.attempts import Work
from parcelhook.delivery.kept import Kept
from parcelhook.delivery.lanes import Forwarded, Lanes, Way
from parcelhook.delivery.plan import Plan
from parcelhook.model.delivery import Delivery


@collaborator(kw_only=True)
class Admission:
    """Lets works into a plan, or keeps their deliveries for later."""

    lanes: Lanes
    clock: Clock

    def is_let_through(self, plan: Plan, work: Work, *, slow: bool) -> bool:
        """Whether a delivery may be tried in this batch. Where it may not, it is kept until it is due.

        `slow` says that it came by the slow lane. Raises `UnavailableError`.
        """
        delivery, subscription = work.delivery, work.subscription
        way = self.lanes.way(delivery, subscription, slow=slow)
        if way is Way.AT_ONCE or (way is Way.PROBE and self.lanes.may_probe(plan.crossing, subscription)):
            return True
        if way is Way.SLOW_LANE:
            self.set_aside(plan, work.message_id, self.lanes.set_aside(delivery, subscription))
        else:
            plan.kept.append(Kept(work.message_id, self.lanes.waiting(delivery, subscription)))
        return False

    def set_aside(self, plan: Plan, message_id: str, delivery: Delivery) -> None:
        """Keeps a delivery that goes on by the slow lane once it is written."""
        if delivery.due_at:
            forwarded = Forwarded(message_id=message_id, key=delivery.key, due=delivery.due_at)
            plan.kept.append(Kept(message_id, delivery, forwarded))

    def forward_again(self, plan: Plan, message_id: str, deliveries: Iterable[Delivery]) -> None:
        """Whoever set these aside may have died before forwarding them. To do so twice does no harm."""
        now = self.clock.now()
        for each in deliveries:
            if each.is_set_aside and each.due_at and not each.is_claimed(now):
                plan.crossing.forwarded.append(Forwarded(message_id=message_id, key=each.key, due=each.due_at))

    def pace(self, plan: Plan) -> None:
        """Has the works of limited endpoints wait for their turn. Raises `UnavailableError`."""
        plan.works, later = self.lanes.pace(plan.crossing, plan.works)
        plan.kept += [Kept(each.forwarded.message_id, each.delivery, each.forwarded) for each in later]
