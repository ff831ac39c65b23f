"""What docs/erp says about JSON and XML is so: the examples are the samples, and refusals read as they are shown."""

import re
from pathlib import Path

import pytest

from gateway.documents.erp_file import KINDS, read_erp
from gateway.erp.xml import read_xml
from gateway.syntax.xml import XmlLimits

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "erp"
SAMPLES = ROOT / "samples" / "erp"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_each_document_stands_on_its_page_as_it_is_written(form: str) -> None:
    page = (PAGES / f"{form}.md").read_text(encoding="utf-8")
    shown = dict(re.findall(rf"\*\*`([\w-]+)`\*\* .+\n\n```{form}\n((?s:.*?))```", page))
    assert shown == {name: (SAMPLES / form / f"{name}.{form}").read_text(encoding="utf-8") for name in KINDS}


@pytest.mark.parametrize("form", ["json", "xml"])
def test_links_lead_somewhere(form: str) -> None:
    page = (PAGES / f"{form}.md").read_text(encoding="utf-8")
    for target, _, part in (link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", page)):
        text = (PAGES / target).read_text(encoding="utf-8") if target else page
        headings = re.findall(r"(?m)^#+ (.+)$", text)
        assert not part or part in {re.sub(r"[^\w -]", "", name.lower()).replace(" ", "-") for name in headings}


def told_in(form: str) -> set[str]:
    """The refusals that a page shows: the second column of its table."""
    page = (PAGES / f"{form}.md").read_text(encoding="utf-8")
    table = page.partition("it is told |\n|---|---|\n")[2].partition("\n\n")[0]
    return set(re.findall(r"(?m)\| `([^|]+)` \|$", table))


def test_refusals_of_xml_read_as_they_are_shown() -> None:
    data = (SAMPLES / "xml" / "shipment.xml").read_text(encoding="utf-8")
    wrong = [
        data.replace("<quantity>72", "<quantity>72,0"),
        data.replace("14:15:00Z", "14:15:00"),
        data.replace(" <mode>", " <colour>red</colour>\n <mode>"),
        data.replace('purchase_order="4XK7PL2Q" ', ""),
        "\n".join(data.split("\n")[:11]) + "\n",
        data.replace("<shipment v", "<!DOCTYPE shipment><shipment v"),
    ]
    assert told_in("xml") == {read_xml(each.encode())[1][0].message for each in wrong}


def test_refusals_of_json_read_as_they_are_shown() -> None:
    data = (SAMPLES / "json" / "order-response.json").read_text(encoding="utf-8")
    wrong = [
        data.replace('"72"', "72"),
        data.replace("2026-11-26", "26.11.2026"),
        data.replace('"partner"', '"Partner"'),
    ]
    assert told_in("json") == {finding.message for each in wrong for finding in read_erp(each)[1]}


def test_the_limits_are_those_of_the_reader() -> None:
    page = (PAGES / "xml.md").read_text(encoding="utf-8")
    limits = XmlLimits()
    for said in (f"{limits.size >> 20} MiB", *(f"{each:,} |" for each in (limits.parts, limits.depth, limits.text))):
        assert said in page
    assert f"| {limits.attributes} |" in page
    assert f"| {limits.name} |" in page
