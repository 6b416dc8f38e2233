"""Every event type with the model of its data, its JSON Schema and a sample."""

import functools
import json
from collections.abc import Mapping
from importlib import import_module, resources
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from parcelhook.catalogue.fields import EventData
from parcelhook.catalogue.problems import read, refusal
from parcelhook.catalogue.values import check
from parcelhook.model.event import EventType
from parcelhook.values import value


@value
class _Entry:
    model: str
    """Module of this package, and name in it."""
    sentence: str


_ENTRIES: Mapping[EventType, _Entry] = {
    EventType.TRACKING_UPDATED: _Entry("tracking.TrackingUpdated", "The tracking status of a parcel has changed."),
    EventType.BATCH_CREATED: _Entry("batches.Batch", "A batch of labels has been created."),
    EventType.BATCH_COMPLETED: _Entry("batches.Batch", "All labels of a batch have been processed."),
    EventType.RATES_UPDATED: _Entry("rates.RatesUpdated", "The rates of a shipment have changed."),
    EventType.CARRIER_CONNECTED: _Entry("carriers.CarrierConnected", "A carrier account has been connected."),
    EventType.SALES_ORDERS_IMPORTED: _Entry(
        "orders.SalesOrdersImported", "Sales orders have been imported from a shop."
    ),
    EventType.ORDER_SOURCE_REFRESHED: _Entry(
        "orders.OrderSourceRefreshed", "The orders of a shop have been read again."
    ),
    EventType.REPORT_COMPLETED: _Entry("reports.ReportCompleted", "A report is ready to be fetched."),
    EventType.TRANSACTION_CREATED: _Entry("transactions.Transaction", "The purchase of a label has been started."),
    EventType.TRANSACTION_UPDATED: _Entry("transactions.Transaction", "The purchase of a label has changed."),
    EventType.PAYMENT_UPDATED: _Entry("payments.PaymentUpdated", "A payment has been accepted, rejected or returned."),
    EventType.SUBSCRIPTION_DISABLED: _Entry(
        "operational.SubscriptionDisabled", "A subscription has been disabled by its failures."
    ),
    EventType.CIRCUIT_OPENED: _Entry(
        "operational.CircuitOpened", "An endpoint has failed repeatedly and is sent nothing for a while."
    ),
    EventType.CIRCUIT_CLOSED: _Entry(
        "operational.CircuitClosed", "An endpoint answers again and is sent what has waited."
    ),
    EventType.DELIVERY_DISCARDED: _Entry("operational.DeliveryDiscarded", "A delivery has been given up."),
}


def validate(event_type: EventType, data: object, *, pointer: str = "/data") -> dict[str, Any]:
    """`data` in its canonical form, as JSON: one way to write a time, a status, an id; nothing that was said is lost.

    Members that are null are left out, except in sales orders, where ShipEngine shows them. Canonical data is its own
    canonical form. Raises `InvalidRequestError` with a problem for each fault, its pointer below `pointer`.
    """
    plain, problems = check(data, pointer)
    accepted, found = read(model_of(event_type), plain, pointer=pointer)
    problems += found
    if problems or accepted is None:
        raise refusal(problems, pointer=pointer)
    return canonical(accepted)


@functools.cache
def model_of(event_type: EventType) -> type[EventData]:
    """The model that data of `event_type` must fit. Most functions meet few types, and import the models of these."""
    module, _, name = _ENTRIES[event_type].model.partition(".")
    model: type[EventData] = getattr(import_module(f"{__package__}.{module}"), name)
    return model


def canonical(accepted: EventData) -> dict[str, Any]:
    """`accepted` as the JSON that is kept, compared and rendered."""
    if not accepted.keeps_nulls:
        return accepted.model_dump(mode="json", exclude_none=True)
    members = accepted.model_dump(mode="json", exclude_unset=True)
    return {name: value for name, value in members.items() if value is not None}


def describe(event_type: EventType) -> str:
    """What has happened, in one sentence."""
    return _ENTRIES[event_type].sentence


def schema(event_type: EventType) -> dict[str, Any]:
    """JSON Schema (2020-12) of the data that `validate` accepts."""
    made = schema_of_model(model_of(event_type))
    made |= {"title": str(event_type), "description": describe(event_type)}
    return {"$schema": _PlainSchema.schema_dialect, **made}


def schema_of_model(model: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema of what `model` reads, without what only repeats names."""
    made = model.model_json_schema(schema_generator=_PlainSchema)
    for definition in (made, *made.get("$defs", {}).values()):
        definition.pop("title", None)
    return made


def sample(event_type: EventType) -> dict[str, Any]:
    """A realistic example of canonical data, the caller's own to change."""
    data: dict[str, Any] = json.loads(_sample_text(event_type))
    return data


@functools.cache
def _sample_text(event_type: EventType) -> str:
    return (resources.files(__package__) / "samples" / f"{event_type}.json").read_text(encoding="utf-8")


class _PlainSchema(GenerateJsonSchema):
    """Leaves out what only repeats the names of members, or says that an optional member is null by default."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])
