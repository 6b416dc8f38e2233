"""One log line for each attempt."""

from dataclasses import dataclass

from aws_lambda_powertools import Logger

from parcelhook.delivery.attempts import AttemptResult, Work


@dataclass(frozen=True, slots=True)
class AttemptLog:
    """Logs attempts."""

    logger: Logger

    def attempted(self, work: Work, result: AttemptResult) -> None:
        """Writes the line `delivery.attempted`."""
        delivery, attempt = work.delivery, result.attempt
        self.logger.info(
            "delivery.attempted",
            account_id=delivery.key.account_id,
            mode=delivery.key.mode,
            event_id=delivery.key.event_ulid,
            subscription_id=delivery.key.subscription_id,
            delivery_id=delivery.key.id,
            dialect=delivery.dialect,
            event_type=delivery.event_type,
            attempt=attempt.number,
            outcome=result.outcome,
            status_code=attempt.status_code,
            error=attempt.error,
            duration_ms=attempt.duration_ms,
        )
