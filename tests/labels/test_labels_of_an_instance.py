"""Labels on an instance: the number on the label is the number in the ship notice, and none is ever given twice."""

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import zxingcpp

from gateway.documents.identifiers import is_sscc
from gateway.resources import SHIPPED
from tests.cli.conversation import LATER, LEFT, MENDED, codes, segment, sent, shipment, take_answered, tell
from tests.labels.code128 import picture_of, values_of
from tests.labels.test_labels import scanned

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import House

OURS = "0614141"


@pytest.fixture
def answered(house: "House") -> "House":
    """An order that was answered; the company prefix is set."""
    house.configure("# gs1_prefix    =", "gs1_prefix      =")
    take_answered(house)
    return house


def without_labels(**changes: Any) -> dict[str, Any]:
    """The shipment of the story as an ERP writes it that knows no SSCC."""
    said = shipment(**changes)
    return {**said, "packs": [{**pack, "sscc": None} for pack in said["packs"]]}


def numbers_in(message: list[str]) -> list[str]:
    """The SSCCs in an 856."""
    return [each.split("*")[2] for each in message if each.startswith("MAN*GM*")]


def allots(house: "House") -> None:
    house.configure("allot           = false", "allot           = true")


def test_what_a_scanner_reads_from_a_label_is_what_the_ship_notice_says(answered: "House", tmp_path: "Path") -> None:
    allots(answered)
    tell(answered, without_labels(), LEFT)
    (notice,) = sent(answered, "856")
    told = numbers_in(notice)
    assert len(told) == 3
    assert all(is_sscc(number) for number in told)
    page, format_ = tmp_path / "labels.pdf", tmp_path / "labels.zpl"
    answered.run("labels", "show", "SHP1", "--pdf", str(page), "--zpl", str(format_), "--at", LATER)
    assert [symbol.text for (symbol,) in scanned(page.read_bytes())] == [f"(00){number}" for number in told]
    fields = re.findall(r"\^FD(>;>8\d+)\^FS", format_.read_text())
    read = [symbol.text for each in fields for symbol in zxingcpp.read_barcodes(picture_of(values_of(each), 4, 60))]
    assert read == [f"(00){number}" for number in told]


def test_an_erp_that_gives_its_own_labels_keeps_them(answered: "House") -> None:
    allots(answered)
    tell(answered, shipment(), LEFT)
    (notice,) = sent(answered, "856")
    assert numbers_in(notice) == [pack["sscc"] for pack in shipment()["packs"]]
    assert answered.history("number-drawn")[-1].body["series"].startswith("ZZ:")


def test_without_allot_a_pack_without_a_label_holds_its_notice(answered: "House") -> None:
    tell(answered, without_labels(), LEFT)
    assert sent(answered, "856") == []
    assert codes(answered) == ["ship-notice-blocked"]


def test_allotting_without_a_prefix_leaves_the_gap_to_be_seen(house: "House") -> None:
    allots(house)
    take_answered(house)
    tell(house, without_labels(), LEFT)
    assert codes(house) == ["ship-notice-blocked"]
    assert "there is no gs1_prefix" in house.run("doctor", "--at", LATER, code=1).stdout


def test_the_same_file_again_draws_nothing_and_a_correction_keeps_its_labels(answered: "House") -> None:
    allots(answered)
    tell(answered, without_labels(scac=None), LEFT)
    answered.erp_says("again.json", without_labels(scac=None))
    answered.once(MENDED)
    assert codes(answered) == ["ship-notice-blocked"]  # for its carrier, and not as a conflict of revisions
    fourth = without_labels(revision=1)
    more = {**fourth["packs"][0], "tracking": "1Z9", "items": [{**fourth["packs"][0]["items"][0], "quantity": "0"}]}
    first = numbers_of(answered)
    tell(answered, {**fourth, "packs": [more, *reversed(fourth["packs"])]}, LATER)
    assert numbers_of(answered)[1:] == first[::-1]
    assert numbers_of(answered)[0] not in first
    drawn = [e for e in answered.history("number-drawn") if e.body["series"].startswith("sscc")]
    assert [entry.body["number"] for entry in drawn] == [1, 2, 3, 4]


def numbers_of(house: "House") -> list[str]:
    return [row["sscc"] for row in house.json("labels", "show", "SHP1")]


def test_numbers_are_allotted_one_after_the_other_and_never_again(answered: "House") -> None:
    first = answered.run("labels", "allot", "3").stdout.split()
    second = answered.json("labels", "allot", "2")
    found = [*first, *(row["sscc"] for row in second)]
    assert [number[:-1] for number in found] == [f"0{OURS}{serial:09}" for serial in range(1, 6)]
    assert all(map(is_sscc, found))
    assert answered.run("labels", "allot", "4", "--dry-run").stdout.startswith(
        "would allot 4 SSCCs from serial number 6"
    )
    (series,) = answered.json("labels", "series")
    assert (series["next"], series["left"]) == (6, 999_999_994)
    [entry, _] = answered.history("labels-allotted")
    assert entry.body["labels"] == first
    assert entry.body["reason"] == "by hand"


def test_a_higher_start_is_gone_to_and_a_lower_one_is_not(answered: "House") -> None:
    answered.run("labels", "allot", "1")
    answered.configure("start_at        = 1  ", "start_at        = 500  ")
    assert answered.run("labels", "allot", "1").stdout[:17] == f"0{OURS}000000500"
    answered.configure("start_at        = 500  ", "start_at        = 7  ")
    assert answered.run("labels", "allot", "1").stdout[:17] == f"0{OURS}000000501"


def test_a_series_that_ends_does_not_begin_again(answered: "House") -> None:
    answered.configure(f'gs1_prefix      = "{OURS}"', 'gs1_prefix      = "061414112345"')
    answered.configure("start_at        = 1  ", "start_at        = 9998  ")
    assert "2 numbers left" in answered.run("labels", "allot", "3", code=1).output
    last = answered.run("labels", "allot", "2").stdout.split()
    assert [number[13:17] for number in last] == ["9998", "9999"]
    assert "0 numbers left: set another extension_digit" in answered.run("labels", "allot", "1", code=1).output
    answered.configure("extension_digit = 0  ", "extension_digit = 3  ")
    assert answered.run("labels", "allot", "1").stdout.startswith("30614141123459998")


def test_a_company_has_numbers_of_its_own(answered: "House") -> None:
    table = '[labels.company.acme-eu]\ngs1_prefix = "4012345"\n'
    answered.configure("# A company with a prefix of its own", f"{table}\n# A company with a prefix of its own")
    assert answered.run("labels", "allot", "1", "--company", "acme-eu").stdout.startswith("04012345000000001")
    assert answered.run("labels", "allot", "1", "--company", "acme").stdout.startswith(f"0{OURS}000000001")
    assert "no account is of a company acne" in answered.run("labels", "allot", "1", "--company", "acne", code=1).output


@pytest.mark.parametrize("prefix", ["061414", "0614141123456", "061414X", ""])
def test_a_prefix_that_cannot_be_is_refused(house: "House", prefix: str) -> None:
    house.configure('# gs1_prefix    = "0614141"', f'gs1_prefix      = "{prefix}"')
    assert "gs1_prefix" in house.run("check", code=78).output
    house.is_sound = False  # its configuration cannot be read, on purpose


def test_a_restored_backup_gives_none_of_the_numbers_that_may_have_been_given(
    answered: "House", tmp_path: "Path"
) -> None:
    series = f"sscc 0 {OURS}"
    answered.run("journal", "backup", str(tmp_path / "early.db"))
    answered.run("labels", "allot", "5")
    (answered.folder / "journal.db").rename(tmp_path / "lost.db")
    answered.run("journal", "restore", str(tmp_path / "early.db"), "--reason", "the disk was lost")
    with answered.journal() as journal:
        assert journal.numbers()[series] > 5


# The gate


def demand(house: "House", weight: str) -> None:
    """The guide asks for the label, as a guide of the instance's own."""
    folder = house.folder / "mappings" / "guides" / "amazon-us"
    folder.mkdir(parents=True)
    text = SHIPPED.read_text("mappings/guides/amazon-us/guide.toml").text
    assert "\n[gates]\n" in text
    (folder / "guide.toml").write_text(text.replace("\n[gates]\n", f'\n[gates]\nlabel-unprinted = "{weight}"\n'))


def test_a_guide_may_demand_that_labels_are_printed_before_the_notice_leaves(
    answered: "House", tmp_path: "Path"
) -> None:
    demand(answered, "block")
    tell(answered, shipment(), LEFT)
    assert sent(answered, "856") == []
    gaps = answered.json("orders", "show", "A1")["gaps"]
    assert [gap["rule"] for gap in gaps if gap["severity"] == "block"] == ["label-unprinted"] * 3
    one = shipment()["packs"][0]["sscc"]
    answered.run("labels", "show", "SHP1", "--zpl", str(tmp_path / "one.zpl"), "--sscc", one, "--at", MENDED)
    answered.once(MENDED)
    assert sent(answered, "856") == []
    answered.run("labels", "show", "SHP1", "--zpl", str(tmp_path / "all.zpl"), "--at", MENDED)
    answered.once(LATER)
    assert len(sent(answered, "856")) == 1
    assert codes(answered) == []
    assert [row["printed_at"] for row in answered.json("labels", "show", "SHP1")] == [MENDED] * 3


def test_a_guide_that_names_no_such_rule_asks_for_nothing(answered: "House") -> None:
    tell(answered, shipment(), LEFT)
    assert len(sent(answered, "856")) == 1
    assert [gap["rule"] for gap in answered.json("orders", "show", "A1")["gaps"]] == []


# What is said


def test_labels_are_shown_with_what_stands_on_them(answered: "House") -> None:
    tell(answered, shipment(), LEFT)
    plain = answered.run("labels", "show", "SHP1").stdout.splitlines()
    assert plain[0].split() == [
        "pack",
        "type",
        "number",
        "count",
        "sscc",
        "within",
        "orders",
        "tracking",
        "printed",
        "at",
    ]
    assert "1     carton  1       3      006141410000000012" in plain[1]
    assert json.loads(answered.run("labels", "show", "SHP1", "--json").stdout)[0]["orders"] == ["A1"]
    zpl = answered.run("labels", "show", "SHP1", "--zpl", "-").stdout
    assert "^FDA1^FS" in zpl
    assert "^FDPHX6^FS" in zpl
    assert segment(sent(answered, "856")[0], "BSN").split("*")[2] in zpl


def test_what_cannot_be_shown_or_printed_says_why(answered: "House", tmp_path: "Path") -> None:
    assert "there is no shipment SHP9" in answered.run("labels", "show", "SHP9", code=1).output
    tell(answered, without_labels(), LEFT)
    assert "has a right SSCC" in answered.run("labels", "show", "SHP1", "--zpl", "-", code=65).output
    tell(answered, shipment(revision=1), LATER)
    output = answered.run("labels", "show", "SHP1", "--zpl", "-", "--sscc", "006141410000000074", code=1).output
    assert "has no label 006141410000000074; it has 006141410000000012" in output
    target = str(tmp_path / "no" / "folder.zpl")
    assert "folder.zpl: No such file" in answered.run("labels", "show", "SHP1", "--zpl", target, code=73).output
    assert answered.history("labels-printed") == []
