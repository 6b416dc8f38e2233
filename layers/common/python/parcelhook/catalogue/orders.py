"""Data of `sales_orders.imported` and `order_source.refreshed`.

The members are those of ShipEngine's Sales Order object. ShipEngine shows nulls in it, and times as the order source
wrote them, so both are kept as they were given.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from parcelhook.catalogue.fields import Data, EventData, Id, Integer, LocalTime, Number, Text

MAX_ORDERS = 500
MAX_ITEMS = 500


class RefreshInfo(Data):
    """When an order source was last read."""

    status: Text | None = None
    last_refresh_attempt: LocalTime | None = None
    refresh_date: LocalTime | None = None


class OrderSource(Data):
    """The shop that an order comes from."""

    order_source_id: Text | None = None
    order_source_nickname: Text | None = None
    order_source_code: Text | None = None
    order_source_friendly_name: Text | None = None
    refresh_info: RefreshInfo | None = None
    active: bool | None = None


class SalesOrderStatus(Data):
    """How far payment and fulfilment are."""

    payment_status: Text | None = None
    fulfillment_status: Text | None = None
    is_cancelled: bool | None = None


class Money(Data):
    """An amount in a currency."""

    currency: Text | None = None
    amount: Number | None = None


class PaymentDetails(Data):
    """What the whole order costs."""

    subtotal: Money | None = None
    estimated_shipping: Money | None = None
    estimated_tax: Money | None = None
    grand_total: Money | None = None


class Customer(Data):
    """Who ordered."""

    name: Text | None = None
    phone: Text | None = None
    email: Text | None = None


class OrderAddress(Data):
    """An address, in ShipEngine's names."""

    name: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    company_name: Text | None = None
    address_line1: Text | None = None
    address_line2: Text | None = None
    address_line3: Text | None = None
    city_locality: Text | None = None
    state_province: Text | None = None
    postal_code: Text | None = None
    country_code: Text | None = None
    address_residential_indicator: Text | None = None


class BillTo(Data):
    """Who pays."""

    email: Text | None = None
    address: OrderAddress | None = None


class Weight(Data):
    """A weight and its unit."""

    value: Number | None = None
    unit: Text | None = None


class LineItemDetails(Data):
    """What was ordered."""

    name: Text | None = None
    sku: Text | None = None
    weight: Weight | None = None


class RequestedShippingOptions(Data):
    """How and when the customer wants it sent."""

    shipping_service: Text | None = None
    ship_date: LocalTime | None = None


class PriceSummary(Data):
    """What one item costs."""

    unit_price: Money | None = None
    estimated_tax: Money | None = None
    estimated_shipping: Money | None = None
    total: Money | None = None


class SalesOrderItem(Data):
    """One line of an order."""

    sales_order_item_id: Text | None = None
    line_item_details: LineItemDetails | None = None
    ship_to: OrderAddress | None = None
    requested_shipping_options: RequestedShippingOptions | None = None
    price_summary: PriceSummary | None = None
    quantity: Integer | None = None
    is_gift: bool | None = None


class SalesOrder(Data):
    """One order of a shop's."""

    sales_order_id: Id
    external_order_id: Text | None = None
    external_order_number: Text | None = None
    order_source: OrderSource | None = None
    sales_order_status: SalesOrderStatus | None = None
    order_date: LocalTime | None = None
    created_at: LocalTime | None = None
    modified_at: LocalTime | None = None
    payment_details: PaymentDetails | None = None
    customer: Customer | None = None
    bill_to: BillTo | None = None
    ship_to: OrderAddress | None = None
    sales_order_items: Annotated[list[SalesOrderItem], Field(max_length=MAX_ITEMS)] | None = None


class SalesOrdersImported(EventData):
    """Orders that were imported from a shop."""

    keeps_nulls: ClassVar[bool] = True

    sales_orders: Annotated[list[SalesOrder], Field(min_length=1, max_length=MAX_ORDERS)]


class OrderSourceRefreshed(EventData):
    """The shop whose orders were read again. ShipEngine's webhook points to it and says no more."""

    order_source_id: Id
