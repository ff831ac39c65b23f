"""What the ERP writes: JSON documents and the four masters."""

from typing import Any

from gateway.catalogue.items import ITEMS
from gateway.catalogue.locations import LOCATIONS
from gateway.catalogue.masters import Master
from gateway.catalogue.stock import STOCK
from gateway.catalogue.terms import TERMS
from gateway.documents import file_name, read_erp, write_erp
from gateway.documents.json_places import find_place, places
from tests.fuzz.interchanges import SAMPLES
from tests.fuzz.mutations import Random
from tests.fuzz.reader import Reader, Took

JSON_MARKS = b'{}\n[]",:\\/0-9.eE+ntu\xc3\xa0\x00'
CSV_MARKS = b',;\n"\t\r.-0123456789=@\xc3\xa0\x00'
MASTERS: dict[str, Master[Any]] = {"items": ITEMS, "locations": LOCATIONS, "terms": TERMS, "stock": STOCK}


def take_document(data: bytes, _: Random) -> Took:
    """A document that stands is written, named and found again; one that does not has findings."""
    document, findings = read_erp(data)
    if document is None:
        assert findings
        return Took("JSON" not in findings[0].message, len(findings))
    again, none = read_erp(write_erp(document))
    assert (again, none) == (document, ())
    assert "/" not in file_name(document)
    path = next(iter(places(data)))
    assert find_place(data, path)[0] == path
    return Took(True)


def take_master(data: bytes, dice: Random) -> Took:
    """A master, by its own columns most of the time; what is kept of a row is read back as that row."""
    named = next((name for name in MASTERS if data.startswith(HEADS[name][:8])), "items")
    master = MASTERS[named if dice.random() < 0.9 else dice.choice(list(MASTERS))]
    rows, findings = master.read(data)
    for row in rows:
        assert master.from_cells(master.cells(row)) == row
    return Took(bool(rows), len(findings))


def _masters() -> list[bytes]:
    found = [path.read_bytes() for path in sorted(SAMPLES.glob("**/*.csv"))]
    return [b"\n".join(data.split(b"\n")[:6]) + b"\n" for data in found]


HEADS = {name: ",".join(master.columns).encode() for name, master in MASTERS.items()}


def reader_of_documents() -> Reader:
    seeds = [path.read_bytes() for path in sorted(SAMPLES.glob("golden/*/*.json"))]
    return Reader(
        "erp-documents", [seed for seed in seeds if len(seed) < 3000], JSON_MARKS, take_document, "are JSON", 0.2
    )


def reader_of_masters() -> Reader:
    written = [data for data in _masters() if data.strip()]
    semicolons = [data.replace(b",", b";").replace(b".", b",") for data in written[:3]]
    return Reader("masters", [*written, *semicolons], CSV_MARKS, take_master, "with a row")
