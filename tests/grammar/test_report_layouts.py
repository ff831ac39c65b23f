"""Layouts of reports: columns by name, compared folded, each with its requirement and kind."""

from pathlib import Path

import pytest

from gateway.errors import SchemaError
from gateway.grammar.reports import Layout, folded, read_layout
from gateway.grammar.sources import Source

ROOT = Path(__file__).parents[2]
LAYOUT = """\
report = "orders"
known_by = ["order-id", "sku"]

[columns]
order-id = "M text"
sku = "C text"
order-status = "C word Pending Shipped_Later"
gift = "O flag"
"""


def layout(text: str = LAYOUT) -> Layout:
    return read_layout("orders", Source("schemas/delimited/orders.toml", text))


def test_names_are_compared_without_case_blanks_hyphens_and_underscores() -> None:
    assert folded("EventType") == folded("Event Type") == folded("event_type") == folded("EVENT-type")
    assert layout().knows(["Order ID", "SKU"])
    assert not layout().knows(["Order ID"])


def test_a_column_has_a_requirement_a_kind_and_of_an_open_list_its_words() -> None:
    columns = layout().columns
    assert columns["orderid"].name == "order-id"
    assert {key: (column.requirement, column.kind) for key, column in columns.items()} == {
        "orderid": ("M", "text"),
        "sku": ("C", "text"),
        "orderstatus": ("C", "word"),
        "gift": ("O", "flag"),
    }
    assert columns["orderstatus"].words == {"pending", "shippedlater"}


def test_what_must_be_there_is_missed_and_what_may_be_is_not() -> None:
    assert layout().missing(["ORDER_ID"]) == ["sku", "order-status"]
    assert layout().missing(["order id", "Sku", "OrderStatus"]) == []


def test_what_is_new_is_told_as_it_is_written() -> None:
    assert layout().unknown(["order-id", "Tax Collected", "GIFT"]) == ["Tax Collected"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"M text"', '"X text"', 5, "order-id: 'X text' is no column; write `M text`"),
        ('"C text"', '"C price"', 6, "sku: 'C price' is no column"),
        ('"O flag"', '"O flag yes"', 8, "gift: 'O flag yes' is no column"),
        ('"O flag"', "7", 8, "gift: 7 is no column"),
        ('report = "orders"', "", 1, "name the report, and columns that it is known_by"),
        ('["order-id", "sku"]', "[]", 1, "name the report"),
        ('["order-id", "sku"]', '["order-id", "asin"]', 1, "name the report"),
    ],
)
def test_what_is_wrong_in_a_layout_is_said_with_its_line(old: str, new: str, line: int, said: str) -> None:
    assert old in LAYOUT
    with pytest.raises(SchemaError) as refused:
        layout(LAYOUT.replace(old, new))
    assert str(refused.value).startswith(f"schemas/delimited/orders.toml:{line}: {said}")


def shipped() -> dict[str, Layout]:
    files = sorted((ROOT / "schemas" / "delimited").glob("*.toml"))
    return {file.stem: read_layout(file.stem, Source(file.name, file.read_text(encoding="utf-8"))) for file in files}


@pytest.mark.parametrize("name", shipped())
def test_each_shipped_layout_is_known_by_columns_that_no_other_has_all_of(name: str) -> None:
    layout = shipped()[name]
    header = [column.name for key, column in layout.columns.items() if column.is_needed or key in layout.known_by]
    assert [other for other, each in shipped().items() if each.knows(header)] == [name]
