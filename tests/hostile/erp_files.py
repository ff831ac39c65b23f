"""What the ERP's side may send: JSON that bursts, masters with formulas."""

import json

from tests.hostile.hostile import ERP, Hostile

REFUSED = ("erp-document-unreadable",)
ROW = ("row-unreadable",)
HEAD = (
    "sku,partner,partner_item,scheme,gtin_each,gtin_case,case_pack,status,base_price,"
    "lot_tracked,expiry_tracked,valid_from\n"
)


def document(rule: str, data: str | bytes, codes: tuple[str, ...] = REFUSED) -> Hostile:
    return Hostile(rule, lambda _: data, codes=codes, folder=ERP, name=b"%.json")


def invoice(**fields: object) -> str:
    whole = {"document": "invoice", "partner": "amazon-us", "invoice": "I1", "invoiced_on": "2026-11-20"}
    return json.dumps({**whole, "currency": "USD", "lines": [], "total": "0", **fields})


def master(rule: str, data: str | bytes, outcome: str = "quarantined", kind: str = "items") -> Hostile:
    name = f"{kind}.%.csv".encode()
    codes = ROW if outcome == "quarantined" else ()
    return Hostile(rule, lambda _: data, outcome, codes, ERP, name)  # type: ignore[arg-type]


def row(sku: str = "SKU", price: str = "1.00", item: str = "ITEM") -> str:
    return f"{HEAD}{sku},amazon-us,{item},VN,,,,active,{price},no,no,\n"


DOCUMENTS = {
    "nested lists": document("depth is bounded", b"[" * 1_000_000),
    "nested objects": document("depth is bounded", b'{"a":' * 500_000),
    "nested below the bound": document(
        "depth is bounded", b'{"document":"invoice","x":' + b"[" * 190 + b"]" * 190 + b"}"
    ),
    "a number with a huge exponent": document("numbers are text", invoice().replace('"0"', "1e999999999")),
    "a text with a huge exponent": document("numbers are plain", invoice(total="1e999999999")),
    "an integer of 5,000 digits": document(
        "integers are bounded", '{"document":"invoice","revision":' + "9" * 5_000 + "}"
    ),
    "an integer of a million digits": document(
        "integers are bounded", '{"document":"invoice","revision":' + "9" * 10**6 + "}"
    ),
    "a decimal of a million digits": document("decimals are bounded", invoice(total="9" * 1_000_000)),
    "a float": document("prices are never floats", invoice().replace('"0"', "0.1")),
    "NaN": document("not a number is none", invoice().replace('"0"', "NaN")),
    "NaN as text": document("not a number is none", invoice(total="NaN")),
    "infinity": document("infinity is no number", invoice().replace('"0"', "-Infinity")),
    "a field twice": document("either may be meant", invoice().replace('"total"', '"total": "1", "total"')),
    "document twice": document("either may be meant", invoice().replace("{", '{"document": "shipment", ', 1)),
    "a lone surrogate": document("text is Unicode", invoice().replace("USD", "\\ud800")),
    "a surrogate in UTF-8": document("text is UTF-8", invoice().encode().replace(b"USD", b"\xed\xa0\x80")),
    "overlong UTF-8": document("text is UTF-8", invoice().encode().replace(b"USD", b"\xc0\xaf")),
    "UTF-16 JSON": document("text is UTF-8", invoice().encode("utf-16")),
    "UTF-32 JSON": document("text is UTF-8", invoice().encode("utf-32")),
    "a text of 10 MB": document("what is long is shown short", invoice(currency="X" * 10_000_000, total=1)),
    "a field name of 10 MB": document("what is long is shown short", invoice(**{"x" * 10_000_000: 1})),
    "500,000 unknown fields": document(
        "so many parts are no document", invoice(**{f"k{n}": n for n in range(500_000)})
    ),
    "40,000 unknown fields": document("an object has few fields", invoice(**{f"k{n}": n for n in range(40_000)})),
    "a million empty lines": document("so many parts are no document", invoice(lines=[{}] * 1_000_000)),
    "50,000 empty lines": document("one wrong line is enough", invoice(lines=[{}] * 50_000)),
    "a million numbers": document("so many parts are no document", "[" + "1," * 2_000_000 + "1]"),
    "a document of ours": document("sales orders go out", json.dumps({"document": "sales-order", "id": "x"})),
    "an unknown document": document("documents have names", json.dumps({"document": "../../etc/passwd"})),
    "a prototype": document("unknown fields are refused", invoice(__proto__={"admin": True}, constructor=1)),
    "a partner of a path": document("partners are those of config.toml", invoice(partner="../../etc/passwd")),
    "an order that nobody knows": document(
        "what is about nothing is refused",
        json.dumps(
            {"document": "order-response", "partner": "amazon-us", "purchase_order": "\x1b[31m../x", "lines": []}
        ),
    ),
    "an escape in a result": document(
        "text is data", json.dumps({"document": "posting-result", "id": "\x1b[2J:x", "result": "booked"})
    ),
    "a time outside the calendar": document(
        "times are of the calendar",
        json.dumps(
            {"document": "shipment", "partner": "a", "shipment": "S", "shipped_at": "0001-01-01T00:00:00+14:00"}
        ),
    ),
    "not JSON": document("text is JSON", "{document: 'invoice'}"),
    "two documents": document("one document a file", invoice() + invoice()),
    "an empty document": document("something is there", b""),
    "a NUL behind the end": document("nothing stands behind the end", invoice().encode() + b"\0"),
    "XML for the ERP": document(
        "nothing is fetched",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a/>',
        ("xml-forbidden",),
    ),
    "gzipped JSON": document("nothing is unpacked", b"\x1f\x8b\x08\x00" + b"\0" * 1000),
    "a name that says nothing": Hostile(
        "names say what a file is", lambda _: "hello", codes=REFUSED, folder=ERP, name=b"%.txt"
    ),
}

MASTERS = {
    "a formula as an item": master("cells are text, and formulas when listed are escaped", row("=1+1"), "either"),
    "a formula that adds as an item": master("cells are text", row("+1+1"), "either"),
    "a formula that subtracts as an item": master("cells are text", row("-2+3"), "either"),
    "a formula that is called as an item": master("cells are text", row("@SUM(A1)"), "either"),
    "a tab before a formula": master("controls are no text", row('"\t=1+1"'), "either"),
    "a quoted line break": master("a row is one line", row('"A\nB"')),
    "a carriage return in a cell": master("a row is one line", row('"A\r=1+1"')),
    "a NUL in a cell": master("controls are no text", row("A\0B")),
    "an escape in a cell": master("controls are no text", row("\x1b[31mA")),
    "a bidi override in a cell": master("invisible marks are no text", row("A\u202eB")),
    "a byte that is not UTF-8 in a cell": master("text is UTF-8", row("A").encode().replace(b"A,", b"\xff,", 1)),
    "markup in a cell": master("text is data", row("<script>"), "either"),
    "an open quote": master("a quote is closed on its line", row('"A')),
    "a huge exponent as a price": master("numbers are plain", row(price="1e999999999")),
    "a price that is no number": master("numbers are numbers", row(price="NaN")),
    "a price of a thousand digits": master("numbers are bounded", row(price="9" * 1_000)),
    "a price in other digits": master("digits are ASCII", row(price="\u0661")),
    "a column twice": master("a column stands once", HEAD.replace("\n", ",sku\n")),
    "no columns": master("columns are known", "a,b\n1,2\n"),
    "only separators": master("columns are known", ",,,,,,,,\n" * 1000),
    "no master": master("something is there", b""),
    "a binary master": master("text is text", bytes(range(256)) * 50),
    "a cell of 5 MB": master("a cell is bounded", row("A" * 5_000_000)),
    "a row of 100,000 cells": master("rows fit their columns", row("A") + "," * 100_000 + "x\n"),
    "50,000 wrong rows": master("wrong rows are one case", HEAD + "A\n" * 50_000),
    "locations without a code": master("columns are known", "name\nX\n", kind="locations"),
    "stock below nothing": master("numbers make sense", "sku,quantity\nACME-1,-5\n", "either", kind="stock"),
    "terms of an escape": master("controls are no text", "account,terms\nACME1,\x1b[2J\n", kind="terms"),
}

ERP_FILES = {**DOCUMENTS, **MASTERS}
