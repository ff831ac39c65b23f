"""Adding up row by row comes to what anybody would come to who looks at all rows at once."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.reports import SettlementRow
from gateway.finance import withholding
from gateway.finance.adding import add_up
from gateway.finance.settlement import BUYERS, Bucket, Duty, Settlement, is_tax, is_withheld, transaction_of

ZONE = ZoneInfo("America/Los_Angeles")
END = datetime(2026, 7, 5, tzinfo=UTC)
NAMES: Any = ("", "", "", "", "", "", "", None, "", None, "", "", None, "")
HEAD = SettlementRow(2, "1", END.replace(month=6), END, END, Decimal("1.00"), "USD", *NAMES)
WORDS = (
    ("Order", "ItemPrice", "Principal"),
    ("Order", "ItemPrice", "Tax"),
    ("order", "ItemPrice", "ShippingTax"),
    ("Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"),
    ("Refund", "ItemPrice", "Tax"),
    ("Refund", "ItemWithheldTax", "LowValueGoodsTax-Principal"),
    ("ServiceFee", "ItemWithheldTax", "MarketplaceFacilitatorTax-Other"),
    ("other-transaction", "other-transaction", "Current Reserve Amount"),
    ("other-transaction", "other-transaction", "Previous Reserve Amount Balance"),
    ("Order", "ItemFees", "Commission"),
)
TIMES = (
    None,
    date(2026, 6, 30),
    datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 7, 1, 6, 59, 59, tzinfo=UTC),
    datetime(2026, 7, 1, 7, tzinfo=UTC),
)


@st.composite
def some_rows(draw: st.DrawFn) -> list[SettlementRow]:
    rows = []
    for line in range(draw(st.integers(0, 20))):
        kind, amount_type, description = draw(st.sampled_from(WORDS))
        rows.append(
            HEAD._replace(
                line=line,
                transaction_type=kind,
                amount_type=amount_type,
                amount_description=description,
                order=draw(st.sampled_from(("", "111-1", "111-2"))),
                adjustment=draw(st.sampled_from(("", "A"))),
                marketplace=draw(st.sampled_from(("", "Amazon.com"))),
                sku=draw(st.sampled_from(("", "SKU"))),
                amount=draw(st.decimals(-99, 99, places=draw(st.integers(0, 3)))),
                posted_at=draw(st.sampled_from(TIMES)),
            )
        )
    return rows


def added(rows: Sequence[SettlementRow]) -> Settlement:
    return add_up(lambda: [HEAD, *rows], ZONE)


def month_of(at: date | None) -> date:
    at = END if at is None else at
    return (at.astimezone(ZONE).date() if isinstance(at, datetime) else at).replace(day=1)


@pytest.mark.parametrize("longest", [5000, 1])
@given(rows=some_rows())
def test_every_row_is_in_the_sum_that_all_rows_together_say(longest: int, rows: list[SettlementRow]) -> None:
    of_orders = [row for row in rows if row.order and transaction_of(row)[0] in BUYERS]
    withheld = {transaction_of(row) for row in of_orders if is_withheld(row)}

    def duty_of(row: SettlementRow) -> Duty:
        if not row.order or not is_tax(row):
            return ""
        return "marketplace" if transaction_of(row) in withheld else "seller"

    amounts, counts = dict[Bucket, Decimal](), Counter[Bucket]()
    rests = dict.fromkeys(withheld, Decimal(0))
    for row in rows:
        assert row.amount is not None
        named = (row.marketplace, row.transaction_type, row.amount_type, row.amount_description, row.sku)
        bucket = Bucket(month_of(row.posted_at), *named, row.amount >= 0, duty_of(row))
        amounts[bucket] = amounts.get(bucket, Decimal(0)) + row.amount
        counts[bucket] += 1
        if transaction_of(row) in withheld and (is_tax(row) or is_withheld(row)):
            rests[transaction_of(row)] += row.amount
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(withholding, "_LONGEST_WAIT", longest)
        settlement = added(rows)
    assert {key: (each.amount, each.count) for key, each in settlement.sums.items()} == {
        key: (amounts[key], counts[key]) for key in counts
    }
    assert settlement.residue_count == sum(bool(rest) for rest in rests.values())
    assert settlement.rows == len(rows)


@given(some_rows().flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_digest_is_that_of_a_set(rows: tuple[list[SettlementRow], list[SettlementRow]]) -> None:
    assert added(rows[0]).digest == added(rows[1]).digest


@given(some_rows().filter(bool), st.data())
def test_the_digest_says_whether_the_rows_are_the_same(rows: list[SettlementRow], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(rows) - 1))
    changed = [*rows]
    changed[position] = data.draw(some_rows().filter(bool))[0]
    assert (added(rows).digest == added(changed).digest) == (meaning(rows) == meaning(changed))
    assert added(rows).digest != added([*rows, rows[0]]).digest != added(rows[1:]).digest


def meaning(rows: Sequence[SettlementRow]) -> Counter[Any]:
    # A day and an instant are not the same, though Python's `==` would never take them for it.
    return Counter((*row[7:15], type(row.posted_at), row.posted_at, row.order_item, row.sku) for row in rows)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("transaction_type", "Refund"),
        ("order", "111-9"),
        ("adjustment", "B"),
        ("shipment", "S"),
        ("marketplace", "Amazon.ca"),
        ("amount_type", "ItemFees"),
        ("amount_description", "Commission"),
        ("amount", Decimal("1.01")),
        ("posted_at", datetime(2026, 6, 30, 0, 0, 1, tzinfo=UTC)),
        ("order_item", "7"),
        ("sku", "SKU"),
    ],
)
def test_whatever_changes_what_is_posted_or_told_of_orders_changes_the_digest(field: str, value: Any) -> None:
    row = HEAD._replace(
        transaction_type="Order",
        order="111-1",
        amount_type="ItemPrice",
        amount_description="Principal",
        amount=Decimal("1.00"),
        posted_at=datetime(2026, 6, 30, tzinfo=UTC),
    )
    assert added([row]).digest != added([row._replace(**{field: value})]).digest


@pytest.mark.parametrize(
    ("one", "other"), [("5", "5.00"), ("50", "50.0"), ("0", "-0.00"), ("0.0000001", "0.00000010"), ("-3.10", "-3.1")]
)
def test_amounts_that_are_equal_are_one(one: str, other: str) -> None:
    row = HEAD._replace(transaction_type="Order")
    first, second = (added([row._replace(amount=Decimal(text))]) for text in (one, other))
    assert first.digest == second.digest
    assert [bucket.is_credit for bucket in first.sums] == [bucket.is_credit for bucket in second.sums]
