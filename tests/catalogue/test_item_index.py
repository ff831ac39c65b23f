"""The index of items against its definition: a walk through all rows for each question."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import Item, Items
from gateway.documents.identifiers import gtin14

GTINS = ("036000291452", "0036000291452", "10036000291459")
DAYS = (date(2026, 1, 1), date(2026, 6, 1), date(2026, 11, 20))

rows = st.builds(
    lambda named, **fields: Item(partner_item=named[1], scheme=named[0], **fields),
    st.sampled_from([("", ""), ("VN", "A"), ("SA", "A"), ("VN", GTINS[0]), *(("UP", gtin) for gtin in GTINS)]),
    sku=st.sampled_from(["K-1", "K-2", "K-3"]),
    partner=st.sampled_from(["", "shop", "other"]),
    gtin_each=st.sampled_from(["", *GTINS]),
    gtin_case=st.sampled_from(["", *GTINS]),
    valid_from=st.none() | st.sampled_from(DAYS),
)
masters = st.lists(rows, max_size=12)
partners = st.sampled_from(["", "shop", "nobody"])
schemes = st.sampled_from([("UP",), ("EN",), ("UK",), ("VN", "SA"), ("UP", "VN", "EN")])
values = st.sampled_from(["A", *GTINS])
days = st.sampled_from([date(2025, 1, 1), *DAYS])


def since(row: Item) -> date:
    return row.valid_from or date.min


def as_gtin(scheme: str, value: str) -> tuple[str, str]:
    return ("GTIN", gtin14(value) or "") if scheme in {"UP", "EN", "UK"} and gtin14(value) else (scheme, value)


def latest(found: Iterable[Item], on: date) -> set[Item]:
    in_force = [row for row in found if since(row) <= on]
    return {row for row in in_force if since(row) == max(map(since, in_force))}


def latest_of_each_id(found: Iterable[Item], on: date) -> set[Item]:
    by_id: dict[tuple[str, str, str], list[Item]] = {}
    for row in found:
        by_id.setdefault((row.partner, row.scheme, row.partner_item), []).append(row)
    return {row for named in by_id.values() for row in latest(named, on)}


@given(masters, partners, schemes, values, days)
def test_an_id_means_the_nearest_and_latest_rows(
    master: list[Item], partner: str, asked: tuple[str, ...], value: str, on: date
) -> None:
    index = Items(master)
    keys = {as_gtin(scheme, value) for scheme in asked}
    wanted: set[Item] = set()
    for whose in (partner, ""):
        own = [row for row in index.rows if row.partner == whose]
        naming = [row for row in own if row.scheme and as_gtin(row.scheme, row.partner_item) in keys]
        having = [row for row in own if {("GTIN", gtin14(row.gtin_each)), ("GTIN", gtin14(row.gtin_case))} & keys]
        wanted = wanted or latest(naming, on) or latest(having, on)
    found = index.find(partner, asked, value, on)
    assert {row.sku for row in found} == {row.sku for row in wanted}
    assert len({row.sku for row in found}) == len(found)
    assert wanted.issuperset(found)


@given(masters, partners, days)
def test_an_item_has_the_latest_row_of_each_of_its_ids(master: list[Item], partner: str, on: date) -> None:
    index = Items(master)
    mine = [row for row in index.rows if row.sku == "K-1" and row.partner in (partner, "")]
    found = index.of_sku("K-1", partner, on)
    assert len(found) == len(set(found))
    assert set(found) == latest_of_each_id(mine, on)


@given(masters, st.sampled_from([*GTINS, "A"]), days)
def test_a_gtin_of_a_case_is_looked_for_in_the_rows_in_force(master: list[Item], gtin: str, on: date) -> None:
    index = Items(master)
    in_force = latest_of_each_id((row for row in index.rows if row.sku == "K-1"), on)
    wanted = {row for row in in_force if gtin14(gtin) and gtin14(row.gtin_case) == gtin14(gtin)}
    found = index.of_case("K-1", gtin, on)
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_an_item_is_known_whoever_calls_it_what() -> None:
    index = Items([Item(sku="K-1", partner="shop", valid_from=date(2030, 1, 1))])
    assert index.has_sku("K-1")
    assert not index.has_sku("K-2")


def test_an_item_costs_what_the_partners_own_rows_say_else_those_for_all() -> None:
    def a_row(partner: str, partner_item: str, price: str | None) -> Item:
        own = {"sku": "K-1", "partner": partner, "scheme": "VN", "partner_item": partner_item}
        return Item(**own, base_price=None if price is None else Decimal(price))

    day = date(2026, 11, 20)
    for rows, price in (
        ([], None),
        ([a_row("", "A", "7.25")], "7.25"),
        ([a_row("shop", "A", None)], None),
        ([a_row("", "A", "7.25"), a_row("shop", "A", "7.00")], "7.00"),
        ([a_row("shop", "A", "7.00"), a_row("shop", "B", None)], "7.00"),
        ([a_row("shop", "A", "7.00"), a_row("shop", "B", "6.00")], None),
        ([a_row("", "A", "7.25"), a_row("", "B", "7.25")], "7.25"),
    ):
        assert Items(rows).price_of("K-1", "shop", day) == (None if price is None else Decimal(price))
