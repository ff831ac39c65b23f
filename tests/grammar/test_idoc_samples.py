"""The IDocs of samples/idoc: good ones say nothing in either form, and each bad one is found out for what it is."""

import re
import tomllib
from pathlib import Path

import pytest

from gateway.findings import CODES, Finding
from gateway.grammar.idoc import check
from gateway.grammar.idoc_order import arrange
from gateway.syntax.idoc import canonical, read, write_xml
from gateway.syntax.idoc_flat_writing import write_flat
from tests.grammar.idoc_samples import BAD, GOOD, INVALID, SAMPLES, catalogue, idocs, layout, sample

SHEET = Path(__file__).parents[2].parent / "shared" / "reference" / "examples" / "idoc"
PAGE = SHEET.parents[1] / "erp.md"


def encoding_of(name: str) -> str:
    return "latin-1" if "latin-1" in name else "utf-8"


@pytest.mark.parametrize("name", GOOD)
def test_a_good_sample_has_nothing_against_it(name: str) -> None:
    for idoc in idocs(sample(name), encoding_of(name)):
        assert not idoc.findings
        assert not check(idoc.root, catalogue(), idoc.record)


@pytest.mark.parametrize("name", [name for name in GOOD if name.endswith(".xml")])
def test_a_sample_goes_to_records_and_back_and_to_xml_and_back(name: str) -> None:
    for idoc in idocs(sample(name)):
        before = canonical(idoc.root)
        records = layout(idoc.control("IDOCTYP"), idoc.control("MESTYP"))
        for line_end in ("\n", "\r\n", ""):
            (flat,) = idocs(write_flat(idoc.root, records, line_end=line_end))
            assert not flat.findings
            assert canonical(flat.root) == before
        (again,) = idocs(write_xml(idoc.root))
        assert canonical(again.root) == before


@pytest.mark.parametrize("name", [name for name in GOOD if name.endswith(".txt")])
def test_the_flat_samples_say_what_the_xml_ones_say(name: str) -> None:
    twin = name.replace("-latin-1", "").replace(".txt", ".xml")
    flat, xml = idocs(sample(name), encoding_of(name)), idocs(sample(twin))
    assert [canonical(idoc.root) for idoc in flat] == [canonical(idoc.root) for idoc in xml]


@pytest.mark.parametrize("name", [name for name in GOOD if name.endswith(".xml")])
def test_a_sample_that_was_shuffled_is_put_in_order_again(name: str) -> None:
    for idoc in idocs(sample(name)):
        before = canonical(idoc.root)
        for element in list(idoc.root.iter()):
            element.attrib.clear()
            fields = [item for item in element if not len(item)]
            for field in fields:  # behind the segments, and the last of them first
                element.remove(field)
            element.extend(reversed(fields))
        assert canonical(idoc.root) != before
        assert canonical(arrange(idoc.root, catalogue())) == before


@pytest.mark.parametrize("name", BAD)
def test_a_bad_sample_is_found_out_for_what_it_is(name: str) -> None:
    told = tomllib.loads((INVALID / f"{name}.toml").read_text(encoding="utf-8"))
    (path,) = [path for path in INVALID.glob(f"{name}.*") if path.suffix != ".toml"]
    read_in = read(path.read_bytes(), catalogue().layouts())
    found: list[Finding] = []
    if isinstance(read_in, Finding):
        found = [read_in]
    else:
        for idoc in read_in:
            found += [*idoc.findings, *check(idoc.root, catalogue(), idoc.record)]
    assert {wrong.code for wrong in found} == {told["finding"], *told.get("also", ())}
    assert any(told["says"] in wrong.message for wrong in found if wrong.code == told["finding"])


def test_every_code_of_idocs_has_a_bad_sample() -> None:
    shown = {tomllib.loads(path.read_text(encoding="utf-8"))["finding"] for path in INVALID.glob("*.toml")}
    assert shown >= {code for code in CODES if code.startswith("idoc-")}


def test_one_bad_idoc_of_a_file_leaves_the_others_alone() -> None:
    data = sample("ORDRSP-two.xml").replace(b"<MENGE>24.000<", b"<MENGE>abc<", 1)
    first, second = idocs(data)
    assert [wrong.code for wrong in check(first.root, catalogue(), first.record)] == ["idoc-field-invalid"]
    assert not check(second.root, catalogue(), second.record)
    assert second.control("DOCNUM") == "0000000000004718"


def test_one_truncated_idoc_of_a_flat_file_leaves_the_others_alone() -> None:
    first, second = idocs(sample("ORDRSP-two.txt")[:-200])
    assert not first.findings
    assert not check(first.root, catalogue(), first.record)
    assert [wrong.code for wrong in second.findings] == ["idoc-unreadable"]


@pytest.mark.skipif(not SHEET.is_dir(), reason="the third-party examples are not at hand")
@pytest.mark.parametrize("path", sorted(SHEET.glob("*.xml")), ids=lambda path: path.name)
def test_idocs_that_keep_the_schemas_of_sap_are_accepted_and_written_back_equal(path: Path) -> None:
    (idoc,) = idocs(path.read_bytes())
    before = canonical(idoc.root)
    assert not check(idoc.root, catalogue(), idoc.record)
    (again,) = idocs(write_xml(idoc.root))
    assert canonical(again.root) == before
    (flat,) = idocs(write_flat(idoc.root, layout(idoc.control("IDOCTYP"), idoc.control("MESTYP"))))
    assert canonical(flat.root) == before


@pytest.mark.skipif(not PAGE.is_file(), reason="the third-party examples are not at hand")
def test_idocs_printed_on_a_page_have_nothing_against_them_but_that_one_type_is_not_ours() -> None:
    printed = re.findall(r"```xml\n(<.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found = {idoc.control("IDOCTYP"): idoc for text in printed for idoc in idocs(text.encode())}
    assert len(found) >= 9
    for name, idoc in found.items():
        codes = [wrong.code for wrong in check(idoc.root, catalogue(), idoc.record)]
        assert codes == (["idoc-type-unknown"] if name == "WMMBID02" else []), name


def test_every_sample_of_the_folder_is_a_pair_or_a_good_one() -> None:
    assert len(list(INVALID.iterdir())) == 2 * len(BAD)
    assert {path.name for path in SAMPLES.iterdir()} == {*GOOD, "invalid", "README.md"}
