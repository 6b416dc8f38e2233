"""What the vendors' own pages show, in our names where ours differ."""

from typing import Any

EHUB_PAYMENT: dict[str, Any] = {
    "payment_method_id": 0,
    "payment_transaction_id": 0,
    "gateway_txn_reference": "string",
    "transaction_time": "2020-05-14T15:56:58.550Z",
    "amount": 0,
    "type": "string",
    "status": "string",
}

SHIPPO_TRANSACTION: dict[str, Any] = {
    "commercial_invoice_url": "string",
    "created_by": {"first_name": "Shwan", "last_name": "Ippotle", "username": "shippotle@shippo.com"},
    "eta": "string",
    "label_file_type": "PDF_4x6",
    "label_url": "https://shippo-delivery.s3.amazonaws.com/70ae8117ee1749e393f249d5b77c45e0.pdf?Signature=vDw1ltcyGveVR1",
    "messages": [
        {
            "source": "UPS",
            "code": "carrier_timeout",
            "text": "UPS API did not respond. Please try again in a few minutes.",
        }
    ],
    "metadata": "string",
    "object_created": "2019-08-24T14:15:22Z",
    "object_id": "915d94940ea54c3a80cbfa328722f5a1",
    "object_owner": "shippotle@shippo.com",
    "object_state": "VALID",
    "object_updated": "2019-08-24T14:15:22Z",
    "parcel": "e94c7fdfdc7b495dbb390a28d929d90a",
    "qr_code_url": "https://shippo-delivery.s3.amazonaws.com/96_qr_code.pdf?Signature=PEdWrp0mFWAGwJp7FW3b",
    "rate": {
        "amount": "5.5",
        "amount_local": "5.5",
        "currency": "USD",
        "currency_local": "USD",
        "object_id": "adcfdddf8ec64b84ad22772bce3ea37a",
        "provider": "USPS",
        "carrier_account": "078870331023437cb917f5187429b093",
        "servicelevel_name": "Priority Mail",
        "servicelevel_token": "fedex_ground",
    },
    "status": "SUCCESS",
    "test": True,
    "tracking_number": "9499907123456123456781",
    "tracking_status": "DELIVERED",
    "tracking_url_provider": "https://tools.usps.com/go/TrackConfirmAction_input?origTrackNum=9499907123456123456781",
}

SHIPPO_TRACK: dict[str, Any] = {
    "carrier": "usps",
    "tracking_number": "9205590164917312751089",
    "status": "delivered",
    "status_description": "Your shipment has been delivered at the destination mailbox.",
    "substatus": {
        "code": "information_received",
        "text": "Information about the package received.",
        "action_required": True,
    },
    "address_from": {"city": "Las Vegas", "country": "US", "state": "NV", "postal_code": "89101"},
    "address_to": {"city": "Las Vegas", "country": "US", "state": "NV", "postal_code": "89101"},
    "estimated_delivery_date": "2019-08-24T14:15:22Z",
    "original_estimated_delivery_date": "2021-07-23T00:00:00Z",
    "messages": ["string"],
    "metadata": "Order 000123",
    "service_level": {
        "name": "Priority Mail Express",
        "terms": "string",
        "token": "usps_priority_express",
        "extended_token": "string",
        "parent": {
            "name": "Priority Mail Express",
            "terms": "string",
            "token": "usps_priority_express",
            "extended_token": "string",
        },
    },
    "events": [
        {
            "occurred_at": "2016-07-23T00:00:00Z",
            "object_id": "string",
            "status": "delivered",
            "status_details": "Your shipment has been delivered at the destination mailbox.",
            "city": "Las Vegas",
            "country": "US",
            "state": "NV",
            "postal_code": "89101",
        }
    ],
    "transaction_id": "string",
}

EHUB_TRACK: dict[str, Any] = {
    "tracking_number": "9400109205328003425036",
    "carrier": "usps",
    "status": "delivered",
    "shipment_id": 115,
    "parcel_id": 115,
    "events": [
        {
            "tracking_event_id": 539,
            "event_code": "01",
            "secondary_code": "01",
            "description": "Delivered, In/At Mailbox",
            "occurred_at": "2018-11-13T00:00:00.000Z",
            "city": "New Oceane",
            "state": "CA",
            "postal_code": "34668-2801",
            "country": "US",
        },
        {
            "tracking_event_id": 540,
            "event_code": "OF",
            "secondary_code": None,
            "description": "Out for Delivery",
            "occurred_at": "2018-11-12T19:00:24.000Z",
            "city": "Lake Jett",
            "state": "LA",
            "postal_code": "91251-7728",
            "country": "US",
        },
    ],
}

_ORDER_ADDRESS: dict[str, Any] = {
    "name": "Greg Smith",
    "phone": "",
    "company_name": None,
    "address_line1": "3800 N LAMAR BLVD STE 220",
    "address_line2": None,
    "address_line3": None,
    "city_locality": "Austin",
    "state_province": "",
    "postal_code": "78756",
    "country_code": "US",
    "address_residential_indicator": "no",
}

SHIPENGINE_ORDER: dict[str, Any] = {
    "sales_order_id": "2078df4d-49c1-53da-837a-ad2781b782e0",
    "external_order_id": "611699195963",
    "external_order_number": "SH21622",
    "order_source": {
        "order_source_id": "4e4af80f-6974-48b6-b88f-e46f1c2a0b28",
        "order_source_nickname": "Shippity Shop Shopify",
        "order_source_code": "shopify",
        "order_source_friendly_name": "Shopify",
        "refresh_info": {
            "status": "idle",
            "last_refresh_attempt": "2018-09-12T19:29:21.657Z",
            "refresh_date": "2018-09-12T19:29:16.837Z",
        },
        "active": True,
    },
    "sales_order_status": {"payment_status": "paid", "fulfillment_status": "unfulfilled", "is_cancelled": False},
    "order_date": "2018-09-12T19:18:12Z",
    "created_at": "2018-09-12T19:29:18.69Z",
    "modified_at": "2018-09-12T19:29:18.69Z",
    "payment_details": {
        "subtotal": {"currency": "usd", "amount": 40.0},
        "estimated_shipping": {"currency": "usd", "amount": 0.0},
        "estimated_tax": {"currency": "usd", "amount": 0.0},
        "grand_total": {"currency": "usd", "amount": 40.0},
    },
    "customer": {"name": "Greg Smith", "phone": None, "email": "greg.smith@example.com"},
    "bill_to": {
        "email": "greg.smith@example.com",
        "address": dict.fromkeys(_ORDER_ADDRESS) | {"address_line1": "", "address_residential_indicator": "no"},
    },
    "ship_to": _ORDER_ADDRESS,
    "sales_order_items": [
        {
            "sales_order_item_id": "6f8f3f51-7a5a-50b2-a842-d6e89a5b5b26",
            "line_item_details": {
                "name": "Bubble Popper 4XL",
                "sku": "BUB-1-T",
                "weight": {"value": 2.8, "unit": "ounce"},
            },
            "ship_to": _ORDER_ADDRESS,
            "requested_shipping_options": {"shipping_service": None, "ship_date": None},
            "price_summary": {
                "unit_price": {"currency": "usd", "amount": 40.0},
                "estimated_tax": {"currency": "usd", "amount": 0.0},
                "estimated_shipping": None,
                "total": {"currency": "usd", "amount": 40.0},
            },
            "quantity": 1,
            "is_gift": False,
        }
    ],
}
