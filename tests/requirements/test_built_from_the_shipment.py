"""What a ship notice says of packs and goods is what the ERP's shipment says, all of it and nothing else."""

from typing import Any

import pytest

from gateway.catalogue.packing import facts_of
from gateway.documents import PackedItem
from tests.catalogue.test_shipment_conversion import a_pack, a_shipment, the_notice

PALLET = {"type": "pallet", "tracking": None}
CARTON = {"sscc": "003600029000000048", "within": "003600029000000031", "tracking": "1Z7"}


def contents(item: PackedItem) -> tuple[Any, ...]:
    """What an item says that the order does not."""
    return item.purchase_order, item.line, item.shipped.value, item.lot, item.expires_on


@pytest.mark.requirement("V16")
def test_packs_labels_and_contents_are_those_of_the_erp() -> None:
    shipment = a_shipment(a_pack(**PALLET), a_pack(("1", "5"), ("2", "18"), **CARTON))
    notice = the_notice(shipment)
    assert [(pack.kind, pack.sscc, pack.within, pack.tracking) for pack in notice.packs] == [
        ("pallet", "003600029000000031", None, None),
        ("carton", "003600029000000048", "003600029000000031", "1Z7"),
    ]
    assert [contents(item) for pack in notice.packs for item in pack.items] == [
        ("P7", "1", 5, None, None),
        ("P7", "2", 2, None, None),  # two cases of nine
    ]
    assert notice.number == shipment.shipment


@pytest.mark.requirement("V16")
def test_a_label_that_the_erp_does_not_give_is_not_made_up() -> None:
    notice = the_notice(a_shipment(a_pack(("1", "5"), sscc=None), a_pack(("1", "1"), sscc=None)))
    assert [pack.sscc for pack in notice.packs] == [None, None]
    assert facts_of(a_shipment(a_pack(("1", "5"), sscc=None)).packs[0])["sscc"] is None
