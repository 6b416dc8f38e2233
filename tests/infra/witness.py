"""Writes down what functions do to AWS, in the names that the template has for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from parcelhook.services import outside
from parcelhook.settings import Settings
from tests.infra.template import Template, permissions

# What Lambda does with a role on behalf of the function, and what makes a schedule possible.
BY_LAMBDA = {
    *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"),
    *("logs:CreateLogStream", "logs:PutLogEvents", "iam:PassRole"),
}
IN_TRANSACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}
Uses = dict[str, set[str]]


@dataclass(slots=True)
class Witness:
    """Writes down what is done to what, in the names that the template has for it."""

    settings: Settings
    uses: Uses = field(default_factory=dict)

    def note(self, **call: Any) -> None:
        """One call, before it is made."""
        params, model = call["params"], call["model"]
        operation = model.name
        match model.service_model.service_name:
            case "dynamodb":
                self._dynamodb(operation, params)
            case "sqs":
                queues = {
                    self.settings.events_queue_url: "Events",
                    self.settings.retries_queue_url: "Retries",
                    self.settings.slow_queue_url: "Slow",
                    self.settings.ingest_dead_letter_queue_url: "IngestionDeadLetters",
                }
                self._note(f"Queues{queues[params['QueueUrl']]}.Arn", "sqs:SendMessage")
            case "ssm":
                self._note(f"parameter{params['Name']}", f"ssm:{operation}")
            case "scheduler":
                self._note("schedule", f"scheduler:{operation}")

    def _dynamodb(self, operation: str, params: dict[str, Any]) -> None:
        if operation == "TransactWriteItems":
            for action in params["TransactItems"]:
                ((verb, change),) = action.items()
                self._note(self._table(change["TableName"]), f"dynamodb:{IN_TRANSACTIONS[verb]}")
            return
        for name in params.get("RequestItems", [params.get("TableName")]):
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            self._note(self._table(name) + index, f"dynamodb:{operation}")

    def _table(self, name: str) -> str:
        return "TablesRegistry.Arn" if name == self.settings.registry_table else "TablesLedger.Arn"

    def _note(self, resource: str, action: str) -> None:
        self.uses.setdefault(resource, set()).add(action)


def allowed(template: Template, name: str) -> Uses:
    """What the role allows, in the witness's names, without what Lambda itself does with it."""
    found: Uses = {}
    for resource, actions in permissions(template.statements(f"Functions{name}RoleDefaultPolicy")).items():
        left = actions - BY_LAMBDA
        if left:
            found[_short(resource)] = left
    return found


def _short(resource: str) -> str:
    if ":parameter/" in resource:
        return "parameter/" + resource.rsplit("/", 1)[1]
    return "schedule" if ":schedule/" in resource else resource


@contextmanager
def witnessed(settings: Settings) -> Iterator[Uses]:
    """All that clients made meanwhile do."""
    witness = Witness(settings)
    outside._session().register("before-parameter-build", witness.note)
    try:
        yield witness.uses
    finally:
        outside._session().unregister("before-parameter-build", witness.note)
