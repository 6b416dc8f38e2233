"""A log line for each attempt."""

from parcelhook.collaborators import collaborator
from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.delivery.observers import Observer
from parcelhook.model.delivery import Outcome
from parcelhook.telemetry import Lines


@collaborator
class AttemptLog(Observer):
    """Logs attempts."""

    lines: Lines

    def attempted(self, work: Work, result: AttemptResult) -> None:
        """Writes the line `delivery.attempted`. The delivery's id holds those of its event and its subscription."""
        delivery, attempt = work.delivery, result.attempt
        has_failed = result.outcome is not Outcome.DELIVERED
        self.lines.tell(
            "delivery.attempted",
            {
                "delivery_id": delivery.key.id,
                "attempt": attempt.number,
                "outcome": result.outcome,
                "status": attempt.status_code,
                "error": attempt.error,
                "ms": attempt.duration_ms,
                # Failures are looked at account by account, and are few enough to pay for it.
                "account_id": delivery.key.account_id if has_failed else None,
            },
        )
