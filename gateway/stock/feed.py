"""The feed of quantities to Amazon: a JSON_LISTINGS_FEED of version 2.0, a message for each SKU.

The operation is PATCH with `merge`: `replace` would make a second entry for the channel and reset the handling time.
The channel is always named and always DEFAULT, the merchant's own: for goods that Amazon ships nothing is ever said.
"""

import json

from gateway.documents.inventory import AvailabilityUpdate

VERSION = "2.0"
LOCALE = "en_US"
CHANNEL = "DEFAULT"
PATH = "/attributes/fulfillment_availability"
MESSAGES_AT_MOST = 10_000
"""What Amazon advises for one feed; the rest goes with the next."""


def write_feed(update: AvailabilityUpdate, merchant: str) -> str:
    """The file of an update. `merchant` is the seller's id at Amazon."""
    messages = [
        {
            "messageId": number,
            "sku": line.sku,
            "operationType": "PATCH",
            "productType": "PRODUCT",
            "patches": [
                {
                    "op": "merge",
                    "path": PATH,
                    "value": [{"fulfillment_channel_code": CHANNEL, "quantity": int(line.quantity)}],
                }
            ],
        }
        for number, line in enumerate(update.lines, 1)
    ]
    feed = {"header": {"sellerId": merchant, "version": VERSION, "issueLocale": LOCALE}, "messages": messages}
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"
