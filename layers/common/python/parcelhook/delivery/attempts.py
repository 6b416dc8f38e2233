"""One attempt: render, sign, POST, and say what came of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.headers import delivery_headers
from parcelhook.delivery.retry_after import retry_after
from parcelhook.delivery.sender import Post, Sender
from parcelhook.dialects.base import Body, Dialects, Signing
from parcelhook.errors import AttemptError
from parcelhook.model.delivery import Attempt, Delivery, Outcome
from parcelhook.model.event import Event
from parcelhook.model.response import Answer, EndpointResponse
from parcelhook.model.subscription import Subscription
from parcelhook.security.sealing import Sealer, place
from parcelhook.security.secrets import MasterSecret
from parcelhook.security.signing import RsaSigner, standard_webhooks_headers
from parcelhook.values import value

_LONGEST_LOCATION = 200


class SecretSource(Protocol):
    """Where signing secrets come from. Both raise `UnavailableError` when they cannot be read."""

    def master(self) -> MasterSecret:
        """What subscriptions' secrets are derived from."""
        ...

    def rsa(self) -> RsaSigner:
        """The deployment's RSA key."""
        ...


@value(kw_only=True)
class Work:
    """An attempt to be made."""

    delivery: Delivery
    event: Event
    subscription: Subscription
    message_id: str
    """The queue message that asked for it."""
    manual_id: str | None = None
    """The manual retry that asked for it; None where the delivery is due."""
    paced: bool = False
    """Whether it had its turn already under a limit to deliveries a second."""
    not_before: datetime | None = None
    """Its turn, about a second ahead at most; None is now."""


@value(kw_only=True)
class AttemptResult:
    """What came of an attempt."""

    attempt: Attempt
    outcome: Outcome
    retry_after: timedelta | None = None


@collaborator(kw_only=True)
class Attempter:
    """Makes attempts."""

    dialects: Dialects
    sender: Sender
    secrets: SecretSource
    clock: Clock

    def longest(self, work: Work) -> float:
        """How long an attempt may take, in seconds."""
        return self.dialects.named(work.subscription.dialect).timeout_seconds

    async def attempt(self, work: Work) -> AttemptResult:
        """POSTs a delivery once, whatever comes of it."""
        return await self.send(work, self.post(work))

    def post(self, work: Work) -> Post:
        """What an attempt sends if it is made at this moment."""
        dialect = self.dialects.named(work.subscription.dialect)
        body = dialect.body(work.event, work.subscription)
        return Post(
            url=work.subscription.url,
            headers=self._headers(work, body),
            body=body.content,
            timeout_seconds=dialect.timeout_seconds,
        )

    async def send(self, work: Work, post: Post) -> AttemptResult:
        """Sends `post` as an attempt of `work`, whatever comes of it."""
        dialect = self.dialects.named(work.subscription.dialect)
        at, started = self.clock.now(), self.clock.monotonic()
        answer = await self._answer(post)
        milliseconds = round((self.clock.monotonic() - started) * 1000)
        number = work.delivery.next_attempt_number
        wish = answer.retry_after if isinstance(answer, EndpointResponse) else None
        return AttemptResult(
            attempt=Attempt(
                number=number, at=at, duration_ms=milliseconds, manual_id=work.manual_id, **_told_by(answer)
            ),
            outcome=dialect.outcome(answer),
            retry_after=retry_after(wish, self.clock.now()),
        )

    async def _answer(self, post: Post) -> Answer:
        try:
            return await self.sender.send(post)
        except AttemptError as error:
            return error

    def _headers(self, work: Work, body: Body) -> dict[str, str]:
        """The subscriber's own headers first, so that they cannot replace what the delivery needs."""
        subscription, now = work.subscription, self.clock.now()
        signing = Signing(
            now=now,
            secrets=self._signing_secrets(subscription),
            supplied=self._supplied_secrets(subscription),
            read_rsa=self.secrets.rsa,
        )
        own = {name.lower(): value for name, value in subscription.headers}
        standard = standard_webhooks_headers(
            signing.secrets, message_id=work.delivery.key.id, body=body.content, now=now
        )
        vendor = self.dialects.named(subscription.dialect).headers(body, subscription, signing)
        return own | standard | vendor | delivery_headers(work.event) | {"content-type": body.content_type}

    def _signing_secrets(self, subscription: Subscription) -> Sequence[bytes]:
        master, version = self.secrets.master(), subscription.secret_version
        until = subscription.previous_secret_until
        versions = [version, version - 1] if until and until > self.clock.now() else [version]
        return [master.signing_secret(subscription.id, each) for each in versions]

    def _supplied_secrets(self, subscription: Subscription) -> dict[str, str]:
        if not subscription.sealed:
            return {}
        sealer = Sealer(self.secrets.master())
        return {name: sealer.open(each, place(subscription.id, name)) for name, each in subscription.sealed.items()}


def _told_by(answer: Answer) -> dict[str, Any]:
    """What the ledger tells of an answer: members of the attempt."""
    if isinstance(answer, AttemptError):
        return {"error": answer.code, "message": str(answer)}
    return {
        "status_code": answer.status_code,
        "error": None if answer.is_success else "status",
        "message": _failure_message(answer),
        "response_body": answer.body_start or None,
    }


def _failure_message(response: EndpointResponse) -> str | None:
    if response.is_success:
        return None
    message = f"The endpoint answered {response.status_code}."
    if response.location:
        message += f" The redirect to {response.location[:_LONGEST_LOCATION]} was not followed."
    return message
