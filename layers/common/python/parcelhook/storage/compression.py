"""JSON in few bytes: deflate with a preset dictionary of what shipping events are full of.

DynamoDB bills writes by the kilobyte, and most events fit into one kilobyte this way and not otherwise. The first byte
says which dictionary was used. A dictionary is never changed once items were written with it; a better one gets the
next number.
"""

import json
import zlib
from typing import Any

from parcelhook.compact_json import to_json_bytes

_DICTIONARY_1 = (
    b'{"payment_method_id":"payment_transaction_id":"gateway_txn_reference":"transaction_time":"amount":"type":'
    b'"sales_orders":[{"sales_order_id":"external_order_id":"external_order_number":"order_source":{"order_source_id":'
    b'"order_source_nickname":"order_source_code":"shopify","order_source_friendly_name":"Shopify","refresh_info":'
    b'{"status":"idle","last_refresh_attempt":"refresh_date":"active":true},"sales_order_status":{"payment_status":'
    b'"paid","fulfillment_status":"unfulfilled","is_cancelled":false},"order_date":"created_at":"modified_at":'
    b'"payment_details":{"subtotal":{"currency":"usd","amount":"estimated_shipping":"estimated_tax":"grand_total":'
    b'"customer":{"name":"phone":null,"email":"bill_to":{"ship_to":{"company_name":null,"address_line1":'
    b'"address_line2":null,"address_line3":null,"city_locality":"state_province":"country_code":"US",'
    b'"address_residential_indicator":"no"}},"sales_order_items":[{"sales_order_item_id":"line_item_details":{"sku":'
    b'"weight":{"value":"unit":"ounce"}},"requested_shipping_options":{"shipping_service":null,"ship_date":null},'
    b'"price_summary":{"unit_price":"total":"quantity":1,"is_gift":false}]}]'
    b'{"batch_id":"shipment_id":"report_type":"report_url":"resource_url":"https://api.'
    b'{"object_id":"object_created":"object_updated":"object_owner":"object_state":"VALID","status":"SUCCESS",'
    b'"commercial_invoice_url":"label_file_type":"PDF_4x6","parcel":"qr_code_url":"rate":{"amount_local":'
    b'"currency":"USD","currency_local":"USD","provider":"carrier_account":"servicelevel_name":"servicelevel_token":'
    b'"tracking_status":"DELIVERED","tracking_url_provider":"https://tools.usps.com/go/TrackConfirmAction?tLabels='
    b'{"error":"timeout","message":"The endpoint answered 5","response_body":"Internal Server Error","status_code":500,'
    b'{"tracking_number":"1Z9400100000000000000000","carrier":"fedex","carrier":"ups","carrier":"usps",'
    b'"status":"not_yet_in_system","status":"accepted","status":"exception","status":"attempted",'
    b'"status_description":"In Transit","status_detail_code":"IN_TRANSIT","status_detail_description":'
    b'"carrier_status_code":"carrier_status_description":"carrier_detail_code":"carrier_id":"substatus":{"code":'
    b'"text":"action_required":false},"ship_date":"estimated_delivery_date":"original_estimated_delivery_date":'
    b'"actual_delivery_date":"exception_description":"tracking_url":"https://www.","label_url":"https://'
    b'"service_level":{"token":"usps_priority","name":"Priority Mail","terms":"extended_token":"parent":{'
    b'"address_from":{"street1":"address_to":{"company":"parcel_id":"transaction_id":"metadata":"Order "messages":[],'
    b'"events":[{"occurred_at":"2026-01-02T00:00:00Z","carrier_occurred_at":"2026-01-02T00:00:00","description":'
    b'"Delivered, In/At Mailbox","Out for Delivery","Departed","Arrived at","event_code":"event_description":'
    b'"secondary_code":"tracking_event_id":"company_name":"","signer":"","latitude":"longitude":'
    b'"city":"state":"CA","postal_code":"country":"US","status":"delivered","status":"out_for_delivery",'
    b'"status":"in_transit"},{"occurred_at":"202'
)
_DICTIONARIES = {1: _DICTIONARY_1}
_CURRENT = 1


def compress(value: object) -> bytes:
    """`value` as compressed JSON."""
    text = to_json_bytes(value)
    deflate = zlib.compressobj(level=9, wbits=-15, zdict=_DICTIONARIES[_CURRENT])
    return bytes([_CURRENT]) + deflate.compress(text) + deflate.flush()


def decompress(data: bytes) -> Any:
    """The value that `compress` was given, with whatever dictionary it was written."""
    inflate = zlib.decompressobj(wbits=-15, zdict=_DICTIONARIES[data[0]])
    return json.loads(inflate.decompress(data[1:]) + inflate.flush())
