"""Lambda entry of ingest: events that producers inside AWS put on a queue, themselves or by way of EventBridge.

A message is `{"account_id": "acct_…", "mode": "live" or "test", "events": an event or a list of them}`. Who may send
one may publish for every account: IAM proves the operator, as an API key proves an account.
"""

import json
import logging
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.api.publications import drafts_of
from parcelhook import startup
from parcelhook.errors import CallerError, InvalidRequestError, MalformedBodyError, Problem, UnavailableError
from parcelhook.model.account import Mode, Principal
from parcelhook.services.ingest import IngestServices, build_ingest_services
from parcelhook.settings import Settings
from parcelhook.telemetry import build_logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

MEMBERS = ("account_id", "mode", "events")
_QUEUE = "ingest"

_settings = cache(lambda: Settings.from_environment(os.environ))
_logger = cache(lambda: build_logger(_settings().log_level))
_services = cache(lambda: build_ingest_services(_settings()))


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Publishes a batch. What is refused goes to the dead-letter queue; what cannot be done now comes again."""
    taken = [(record["messageId"], ingest(record, _services(), _logger())) for record in event["Records"]]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id, done in taken if not done]}


def ingest(record: dict[str, Any], services: IngestServices, logger: logging.Logger) -> bool:
    """Publishes what one message says, or keeps it as refused. Answers False if it is to be received again."""
    noted = {"message_id": record["messageId"]}
    try:
        refusal = _publish(record["body"], services)
        if refusal:
            services.refusals.keep(record["body"], refusal)
    except UnavailableError as error:
        logger.warning("ingest.postponed", extra=noted | {"reason": str(error)})
        return False
    if refusal:
        logger.warning("ingest.refused", extra=noted | {"error": type(refusal).__name__})
    else:
        logger.info("ingest.accepted", extra=noted)
    return True


def _publish(body: str, services: IngestServices) -> CallerError | None:
    """Answers why not. Raises `UnavailableError`."""
    try:
        principal, content = _read(body)
        services.registry.account(principal.account_id)
        size = len(body.encode(errors="surrogatepass"))
        drafts = drafts_of(content, pointer="/events", body_bytes=size, now=services.clock.now())
        services.publisher.publish(principal, drafts)
    except CallerError as refusal:
        return refusal
    return None


def _read(body: str) -> tuple[Principal, object]:
    """Who is meant, and what is published. Raises `MalformedBodyError` or `InvalidRequestError`."""
    try:
        message = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError("The message is not valid JSON.") from error
    if not isinstance(message, dict) or set(message) != set(MEMBERS):
        raise MalformedBodyError(f"The message must be an object with {', '.join(MEMBERS)}, and nothing else.")
    account_id, mode = message["account_id"], message["mode"]
    problems = []
    if not isinstance(account_id, str) or not account_id:
        problems.append(Problem("/account_id", "This must be the id of an account."))
    if mode not in list(Mode):
        problems.append(Problem("/mode", f"This must be one of {', '.join(Mode)}."))
    if problems:
        raise InvalidRequestError(problems)
    return Principal(account_id=account_id, mode=Mode(mode), key_id=_QUEUE), message["events"]


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


startup.finish(_services)
