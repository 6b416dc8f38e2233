import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from parcelhook.catalogue import describe, sample, schema, validate
from parcelhook.errors import InvalidRequestError
from parcelhook.model.event import EventType

from . import vendor_payloads
from .minimal import MINIMAL, faults

every_type = pytest.mark.parametrize("event_type", EventType)


@every_type
def test_sample_is_its_own_canonical_form(event_type: EventType) -> None:
    assert json.dumps(validate(event_type, sample(event_type)), sort_keys=True) == json.dumps(
        sample(event_type), sort_keys=True
    )


@every_type
def test_sample_belongs_to_the_caller(event_type: EventType) -> None:
    sample(event_type).clear()

    assert sample(event_type)


@every_type
def test_least_data_is_accepted_as_it_is(event_type: EventType) -> None:
    assert validate(event_type, MINIMAL[event_type]) == MINIMAL[event_type]


@every_type
def test_each_required_member_is_missed_by_name(event_type: EventType) -> None:
    assert faults(event_type, {}) == {f"/{name}": "This member is required." for name in MINIMAL[event_type]}
    assert set(schema(event_type)["required"]) == set(MINIMAL[event_type])


@every_type
@pytest.mark.parametrize("url", ["https://api.example.com/v1/x?y=1", "http://localhost:8000/", "HTTPS://example.com"])
def test_every_type_takes_a_resource_url(event_type: EventType, url: str) -> None:
    data = MINIMAL[event_type] | {"resource_url": url}

    assert validate(event_type, data) == data


@every_type
@pytest.mark.parametrize(
    "url",
    ["", "/v1/x", "example.com", "ftp://example.com", "https://", "https://a b.com", "http://[::1", "https://a:x"],
)
def test_resource_url_that_is_not_absolute_http_is_refused(event_type: EventType, url: str) -> None:
    assert list(faults(event_type, MINIMAL[event_type] | {"resource_url": url})) == ["/resource_url"]


@every_type
def test_null_for_an_optional_member_says_nothing(event_type: EventType) -> None:
    assert validate(event_type, MINIMAL[event_type] | {"resource_url": None}) == MINIMAL[event_type]


@every_type
@pytest.mark.parametrize("data", [None, "text", 5, 1.5, True, [], [{}]])
def test_data_that_is_not_an_object_is_refused_at_its_own_place(event_type: EventType, data: object) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        validate(event_type, data, pointer="/3/data")

    (problem,) = caught.value.problems
    assert problem.pointer == "/3/data"
    assert problem.message.startswith("This must be an object, not ")


@every_type
def test_description_is_one_sentence(event_type: EventType) -> None:
    assert re.fullmatch(r"[A-Z][^.]+\.", describe(event_type))


@every_type
def test_schema_names_dialect_event_and_every_member_that_the_sample_has(event_type: EventType) -> None:
    made = schema(event_type)

    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["title"] == event_type
    assert made["additionalProperties"] is False
    assert set(sample(event_type)) <= set(made["properties"])
    json.dumps(made)


@every_type
def test_schema_is_complete_in_itself(event_type: EventType) -> None:
    made = schema(event_type)

    for reference in _references(made):
        assert reference.removeprefix("#/$defs/") in made["$defs"]


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        for member in node.values():
            yield from _references(member)
    if isinstance(node, list):
        for item in node:
            yield from _references(item)


@pytest.mark.parametrize(
    ("event_type", "name"),
    [
        (EventType.BATCH_CREATED, "batch_id"),
        (EventType.BATCH_COMPLETED, "batch_id"),
        (EventType.RATES_UPDATED, "shipment_id"),
        (EventType.CARRIER_CONNECTED, "carrier_id"),
        (EventType.ORDER_SOURCE_REFRESHED, "order_source_id"),
        (EventType.TRANSACTION_CREATED, "object_id"),
    ],
)
def test_id_given_as_a_number_becomes_text(event_type: EventType, name: str) -> None:
    assert validate(event_type, MINIMAL[event_type] | {name: 115})[name] == "115"


@pytest.mark.parametrize("wrong", ["", " se-1", "se-1 ", "a\nb", "x" * 101, -1, 2**63, 1.0, True, None, [], {}])
def test_id_that_is_none_is_refused(wrong: object) -> None:
    assert list(faults(EventType.BATCH_CREATED, {"batch_id": wrong})) == ["/batch_id"]


def test_payment_of_ehubs_page_stays_as_it_is() -> None:
    given = vendor_payloads.EHUB_PAYMENT
    accepted = validate(EventType.PAYMENT_UPDATED, given)

    assert accepted == given
    assert [type(accepted[name]) for name in ("payment_method_id", "payment_transaction_id", "amount")] == [int] * 3


def test_transaction_of_shippos_page_keeps_all_but_its_mode() -> None:
    accepted = validate(EventType.TRANSACTION_CREATED, vendor_payloads.SHIPPO_TRANSACTION)

    assert accepted == {k: v for k, v in vendor_payloads.SHIPPO_TRANSACTION.items() if k != "test"}


def test_transaction_takes_the_id_of_a_rate_in_its_place() -> None:
    data = MINIMAL[EventType.TRANSACTION_CREATED] | {"rate": "adcfdddf8ec64b84ad22772bce3ea37a"}

    assert validate(EventType.TRANSACTION_CREATED, data) == data


@pytest.mark.parametrize(
    ("members", "pointer", "message"),
    [
        ({"rate": 5}, "/rate", "This must be text or an object."),
        ({"rate": {"amount": 5.5}}, "/rate/amount", "This must be text, not a number."),
        ({"rate": {"<object>": 1}}, "/rate/<object>", "There is no member of this name here; did you mean object_id?"),
        ({"messages": [{}, {"code": 1}]}, "/messages/1/code", "This must be text, not a number."),
        ({"test": "true"}, "/test", "This must be true or false, not text."),
        ({"object_state": "valid"}, "/object_state", "This must be one of VALID or INVALID."),
        ({"object_created": "2019-08-24"}, "/object_created", None),
    ],
)
def test_transaction_fault_is_found_in_its_place(members: dict[str, Any], pointer: str, message: str | None) -> None:
    found = faults(EventType.TRANSACTION_UPDATED, MINIMAL[EventType.TRANSACTION_UPDATED] | members)

    assert list(found) == [pointer]
    assert message is None or found[pointer] == message


def test_order_of_shipengines_page_comes_out_unchanged_with_its_nulls() -> None:
    given = {"sales_orders": [vendor_payloads.SHIPENGINE_ORDER]}

    accepted = validate(EventType.SALES_ORDERS_IMPORTED, given)

    assert json.dumps(accepted) == json.dumps(given)


def test_order_keeps_whole_numbers_whole_and_decimals_decimal() -> None:
    order = {"sales_order_id": "1", "payment_details": {"subtotal": {"amount": 40}, "grand_total": {"amount": 40.0}}}

    assert json.dumps(validate(EventType.SALES_ORDERS_IMPORTED, {"sales_orders": [order]})["sales_orders"][0]) == (
        json.dumps(order)
    )


@pytest.mark.parametrize("count", [0, 501])
def test_number_of_orders_is_bounded(count: int) -> None:
    orders = [{"sales_order_id": "1"}] * count

    assert list(faults(EventType.SALES_ORDERS_IMPORTED, {"sales_orders": orders})) == ["/sales_orders"]


def test_order_fault_is_found_deep_inside() -> None:
    order = {"sales_order_id": "1", "sales_order_items": [{}, {"price_summary": {"total": {"amount": "40"}}}]}

    assert faults(EventType.SALES_ORDERS_IMPORTED, {"sales_orders": [order]}) == {
        "/sales_orders/0/sales_order_items/1/price_summary/total/amount": "This must be a number, not text."
    }
