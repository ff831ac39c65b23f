"""The walk of docs/erp/sap.md, done as it is written."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[2]
AT = "2026-11-20T21:05:00Z"


def test_the_walk_through_saps_answers_ends_with_the_invoice_as_it_says(house: "House") -> None:
    page = (ROOT / "docs" / "erp" / "sap.md").read_text(encoding="utf-8")
    walk = page.partition("## Walk through it by hand")[2]
    (settings,) = re.findall(r"(?s)```toml\n(.*?)```", walk)
    house.configure('kind = "files"', 'kind = "sap-idoc"')
    text = house.config.read_text(encoding="utf-8")
    house.config.write_text(text + "\n" + re.sub(r"(?m)^   ", "", settings), encoding="utf-8")
    assert "everything is in order" in house.run("check").stdout

    take(house, "demo/850_cases.edi", "amazon/in")
    assert len(list((house.folder / "erp" / "out").glob("ORDERS_0000000000000001_*.xml"))) == 1
    steps = re.findall(r"(?m)^   \| `([\w.-]+\.xml)` \|", walk)
    assert steps == sorted(path.name for path in (ROOT / "samples" / "demo" / "sap").glob("*.xml"))
    seen = []
    for name in steps:
        take(house, f"demo/sap/{name}", "erp/in")
        order = house.json("orders", "show", "7QM3KD2A")
        seen.append((order["stage"], order["sales_order"], leaving(house)))
    assert seen == [
        ("booked", "12345", []),
        ("answered", "12345", ["855"]),
        ("shipped", "12345", ["855", "856"]),
        ("shipped", "12345", ["855", "856"]),
    ]
    take(house, "demo/997_for_856.edi", "amazon/in")
    assert leaving(house) == ["810", "855", "856"]
    assert (house.cases, house.quarantine) == ([], {})

    take(house, "idoc/ORDRSP.xml", "erp/in")
    (case,) = house.cases
    assert case["code"] == "erp-document-unreadable"
    assert "there is no order 4XK7PL2Q of amazon-us" in house.run("quarantine", "show", "ORDRSP.xml").stdout


def test_every_link_of_the_walk_leads_to_a_file() -> None:
    page = (ROOT / "docs" / "erp" / "sap.md").read_text(encoding="utf-8")
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", page)]
    assert [target for target in targets if target and not (ROOT / "docs" / "erp" / target).exists()] == []


def take(house: "House", sample: str, place: str) -> None:
    """Put a sample where it arrives, and let `once` take it."""
    source = ROOT / "samples" / sample
    house.drop(source.name, source.read_bytes(), place)
    house.once(AT)


def leaving(house: "House") -> list[str]:
    """The kinds of messages in amazon/out, but for acknowledgements."""
    found = {path.name.split("_")[1] for path in (house.folder / "amazon" / "out").glob("*.edi")}
    return sorted(found - {"997"})
