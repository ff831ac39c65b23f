"""The partner documents: what they hold, what they derive, and that they are exact through JSON."""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from gateway import documents
from gateway.documents import (
    SCHEMES,
    FunctionalAcknowledgement,
    Invoice,
    ItemIds,
    OrderResponse,
    Pack,
    PackedItem,
    PurchaseOrder,
    PurchaseOrderLine,
    Quantity,
    ShipNotice,
    ShipNoticeByOrder,
    by_level,
    by_order,
    by_pack,
    from_levels,
)
from gateway.documents.ship_notice import Transport

NOTATION = Path(__file__).parents[3] / "shared" / "reference" / "notation"


def an_order(**changes: Any) -> PurchaseOrder:
    line = {"line": "1", "ordered": {"value": Decimal(24), "unit": "each", "code": "EA"}, "upc": "036000291452"}
    return PurchaseOrder.model_validate({"number": "P1", "ordered_on": date(2026, 11, 20), "lines": [line]} | changes)


# Purchase orders


def test_an_order_counts_its_lines_and_adds_its_quantities() -> None:
    lines = [{"ordered": {"value": Decimal(value)}} for value in ("24", "10", "6.5")]
    order = an_order(lines=lines)
    assert order.line_count == Decimal(3)
    assert order.ordered_total == Decimal("40.5")


def test_a_line_without_a_number_goes_by_its_position() -> None:
    lines = [{"line": line, "ordered": {"value": 1}} for line in ("010", None, "3")]
    assert an_order(lines=lines).line_numbers == ("010", "2", "3")


@pytest.mark.parametrize("missing", ["number", "ordered_on", "lines"])
def test_an_order_is_nothing_without_number_date_and_lines(missing: str) -> None:
    given_ = an_order().model_dump(exclude={missing})
    with pytest.raises(ValidationError, match="missing"):
        PurchaseOrder.model_validate(given_)
    with pytest.raises(ValidationError, match="too_short"):
        an_order(lines=[])


def test_an_order_goes_through_json_unchanged() -> None:
    order = an_order(
        window={"not_before": date(2026, 11, 25), "not_after": None},
        ship_to={"code": "PHX6", "name": "AMAZON", "street": ["1 WAREHOUSE RD", "DOCK 4"]},
    )
    assert PurchaseOrder.model_validate_json(order.model_dump_json()) == order


# Item ids


def test_every_qualifier_has_a_field_and_every_field_its_qualifiers() -> None:
    assert set(SCHEMES) == set(ItemIds.model_fields)
    qualifiers = [scheme for schemes in SCHEMES.values() for scheme in schemes]
    assert len(qualifiers) == len(set(qualifiers))


def test_ids_come_in_the_order_of_looking_up() -> None:
    ids = ItemIds(asin="B0TEST", vendor_sku="ACM-1", upc="036000291452")
    assert ids.ids == ((("UP",), "036000291452"), (("VN", "SA"), "ACM-1"), (("BP",), "B0TEST"))
    assert ItemIds(**ids.id_fields) == ids


# Answers and invoices


def test_an_answer_and_an_invoice_derive_their_totals() -> None:
    lines = [{"line": "1", "ordered": {"value": 24}}, {"line": "2"}]
    response = OrderResponse.model_validate({"purchase_order": "P1", "lines": lines})
    assert (response.line_count, response.ordered_total) == (Decimal(2), Decimal(24))
    charged = [{"invoiced": {"value": Decimal(24)}}, {"invoiced": {"value": Decimal(6)}}]
    invoice = Invoice.model_validate({"number": "I1", "invoiced_on": date(2026, 11, 27), "lines": charged})
    assert (invoice.line_count, invoice.invoiced_total) == (Decimal(2), Decimal(30))


def test_counts_of_an_acknowledgement_may_come_as_decimals() -> None:
    given_ = {"control_number": "101", "verdict": "accepted", "declared": Decimal(1), "received": 1, "accepted": 1}
    assert FunctionalAcknowledgement.model_validate(given_).declared == 1


# Ship notices

amounts = st.builds(lambda n: Quantity(value=Decimal(n), unit="each"), st.integers(1, 99))
items = st.builds(
    PackedItem,
    purchase_order=st.sampled_from(["P1", "P2", "P3"]),
    line=st.sampled_from(["1", "2"]),
    shipped=amounts,
    lot=st.none() | st.just("LOT7"),
)


@st.composite
def notices(draw: st.DrawFn) -> ShipNotice:
    """Shipments with pallets (some within others), cartons on them, and cartons of several orders."""
    pallets = draw(st.integers(0, 2))
    packs = [
        Pack(sscc=f"PALLET{n}", kind="pallet", within=draw(st.sampled_from([None, "PALLET0"]))) for n in range(pallets)
    ]
    on = st.sampled_from([None, *(pack.sscc for pack in packs)])
    for n, contents in enumerate(draw(st.lists(st.lists(items, max_size=4), max_size=5))):
        packs.append(Pack(sscc=f"CARTON{n}", kind="carton", within=draw(on), items=tuple(contents)))
    return ShipNotice(number="S1", packs=tuple(draw(st.permutations(packs))))


@given(notices())
def test_the_view_by_order_loses_nothing(notice: ShipNotice) -> None:
    view = by_order(notice)
    assert by_pack(view).normal_form() == notice.normal_form()
    assert by_order(by_pack(view)).level_count == view.level_count
    for order in view.orders:
        standing = [pack for pallet in order.pallets for pack in pallet.packs]
        holding = [*order.pallets, *standing, *order.packs]
        assert {item.purchase_order for pack in holding for item in pack.items} <= {order.purchase_order}


@given(notices())
def test_the_view_by_level_loses_nothing(notice: ShipNotice) -> None:
    view = by_level(notice)
    assert from_levels(view).normal_form() == notice.normal_form()
    assert view.shipped_total == notice.shipped_total
    numbers = [pack.level for pack in (*view.pallets, *view.packs)]
    assert numbers == [str(number) for number in range(2, len(numbers) + 2)]


def test_what_stands_on_a_pallet_points_at_its_level() -> None:
    packs = (a_pack("C1", ("P1", 1), within="T1"), a_pack("C2", ("P1", 1)), a_pallet("T0"), a_pallet("T1"))
    view = by_level(ShipNotice(number="S1", packs=packs))
    assert [(pack.sscc, pack.level, pack.parent) for pack in view.pallets] == [("T0", "2", "1"), ("T1", "3", "1")]
    assert [(pack.sscc, pack.level, pack.parent) for pack in view.packs] == [("C1", "4", "3"), ("C2", "5", "1")]


@pytest.mark.parametrize(
    ("mode", "means"),
    [("road", "truck"), ("sea", "ocean vessel"), ("rail", "rail express"), ("air", "aircraft"), (None, None)],
)
def test_a_way_to_travel_has_its_means(mode: str | None, means: str | None) -> None:
    notice = ShipNotice(number="S1", transport=Transport(mode=mode))
    view = by_level(notice)
    assert view.transport is not None
    assert view.transport.means == means
    assert from_levels(view) == notice


@given(notices(), st.randoms(use_true_random=False))
def test_the_order_of_packs_and_items_is_not_data(notice: ShipNotice, random: Any) -> None:
    packs = [p.model_copy(update={"items": tuple(random.sample(p.items, len(p.items)))}) for p in notice.packs]
    random.shuffle(packs)
    assert notice.model_copy(update={"packs": tuple(packs)}).normal_form() == notice.normal_form()


def a_pack(sscc: str | None, *contents: tuple[str, int], within: str | None = None) -> Pack:
    return Pack(
        sscc=sscc,
        kind="carton",
        within=within,
        items=tuple(PackedItem(purchase_order=po, shipped=Quantity(value=Decimal(n))) for po, n in contents),
    )


def a_pallet(sscc: str | None, *contents: tuple[str, int], within: str | None = None) -> Pack:
    return a_pack(sscc, *contents, within=within).model_copy(update={"kind": "pallet"})


def test_a_carton_of_two_orders_stands_under_both() -> None:
    notice = ShipNotice(number="S1", packs=(a_pack("C1", ("P1", 2), ("P2", 3)), a_pack("C2", ("P1", 1))))
    view = by_order(notice)
    assert [(order.purchase_order, [p.sscc for p in order.packs]) for order in view.orders] == [
        ("P1", ["C1", "C2"]),
        ("P2", ["C1"]),
    ]
    assert view.level_count == 1 + 2 + 3 + 3
    assert notice.shipped_total == 6


def test_a_pallet_goes_with_what_stands_on_it() -> None:
    packs = (a_pallet("OUTER"), a_pallet("INNER", within="OUTER"), a_pack("C1", ("P1", 2), within="INNER"))
    (order,) = by_order(ShipNotice(number="S1", packs=packs)).orders
    assert [(pallet.sscc, [pack.sscc for pack in pallet.packs]) for pallet in order.pallets] == [
        ("OUTER", []),
        ("INNER", ["C1"]),
    ]
    assert order.packs == ()


def test_a_pallet_with_goods_of_its_own_goes_also_where_its_packs_go() -> None:
    packs = (a_pallet("T1", ("P1", 2)), a_pack("C1", ("P2", 1), within="T1"))
    view = by_order(ShipNotice(number="S1", packs=packs))
    found = [
        (order.purchase_order, pallet.sscc, len(pallet.items), len(pallet.packs))
        for order in view.orders
        for pallet in order.pallets
    ]
    assert found == [("P1", "T1", 1, 0), ("P2", "T1", 0, 1)]
    assert view.level_count == 1 + 2 + 2 + 1 + 2
    assert by_pack(view).normal_form() == ShipNotice(number="S1", packs=packs).normal_form()


def test_turned_once_a_notice_turns_back_and_forth_unchanged() -> None:
    packs = (
        a_pack("C3", ("P3", 1), ("P1", 1)),
        a_pack("C1", ("P1", 2)),
        a_pack("C2", ("P2", 1)),
        a_pack(None, ("P2", 4)),
        a_pack("C4", ("P2", 1), ("P3", 2)),
    )
    view = by_order(ShipNotice(number="S1", packs=packs))
    assert by_order(by_pack(view)) == view


def test_packs_without_labels_are_kept_apart() -> None:
    packs = (a_pack(None, ("P1", 2)), a_pack(None, ("P1", 2)), a_pack(None))
    notice = ShipNotice(number="S1", packs=packs)
    assert by_pack(by_order(notice)).normal_form() == notice.normal_form()


def test_pallets_that_stand_on_each_other_do_not_hang_the_view() -> None:
    packs = (a_pallet("A", within="B"), a_pallet("B", within="A"), a_pack("C1", ("P1", 1)), a_pallet(None))
    view = by_order(ShipNotice(number="S1", packs=packs))
    assert [order.purchase_order for order in view.orders] == [None, "P1"]


# The notation's paths


def paths(table: dict[str, Any], model: type[BaseModel], at: str = "") -> Iterator[tuple[str, type[BaseModel], str]]:
    """Every left side of a mapping's fields with the model it stands in."""
    for name, row in table.items():
        if name in {"loop", "each"}:
            continue
        if isinstance(row, dict):
            yield from paths(row, inner(model, name), f"{at}{name}.")
            continue
        *records, last = name.split(".")
        owner = model
        for record in records:
            owner = inner(owner, record)
        yield f"{at}{name}", owner, last


def inner(model: type[BaseModel], name: str) -> type[BaseModel]:
    found = [model.model_fields[name].annotation]
    while found:
        kind = found.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        found += get_args(kind)
    raise AssertionError(f"{model.__name__}.{name} holds no record")


@pytest.mark.skipif(not NOTATION.is_dir(), reason="the mapping notation is not beside this checkout")
@pytest.mark.parametrize("name", ["850", "855", "856", "810", "997", "ORDERS", "ORDRSP", "DESADV", "INVOIC", "CONTRL"])
def test_every_path_of_the_notation_is_a_field(name: str) -> None:
    mapping = tomllib.loads((NOTATION / f"{name}.toml").read_text(encoding="utf-8"))
    model = ShipNoticeByOrder if mapping.get("view") == "by_order" else getattr(documents, mapping["document"])
    missing = [path for path, owner, last in paths(mapping["fields"], model) if last not in owner.model_fields]
    assert missing == []
    assert [name for name in mapping.get("derived", {}) if not isinstance(getattr(model, name, None), property)] == []


def test_every_public_name_of_the_package_is_there() -> None:
    assert all(hasattr(documents, name) for name in documents.__all__)
    assert issubclass(PurchaseOrderLine, ItemIds)
