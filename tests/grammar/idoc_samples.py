"""The catalogue of IDocs as it is shipped, and the IDocs of samples/idoc."""

from functools import cache
from pathlib import Path

from gateway.findings import Finding
from gateway.grammar.idoc import check
from gateway.grammar.idoc_catalogue import IdocCatalogue, read_catalogue
from gateway.grammar.sources import Source
from gateway.syntax.idoc import read
from gateway.syntax.idoc_flat import Layout
from gateway.syntax.idoc_tree import Idoc

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "idoc"
INVALID = SAMPLES / "invalid"
SCHEMAS = ROOT / "schemas" / "idoc"
GOOD = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in (".xml", ".txt"))
BAD = sorted(path.stem for path in INVALID.glob("*.toml"))


@cache
def catalogue() -> IdocCatalogue:
    """What is shipped in schemas/idoc."""
    files = sorted(SCHEMAS.rglob("*.toml"))
    return read_catalogue(Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in files)


def layout(name: str, message: str = "") -> Layout:
    found = catalogue().layouts()(name, message)
    assert found is not None
    return found


def sample(name: str) -> bytes:
    """A file of samples/idoc."""
    return (SAMPLES / name).read_bytes()


def idocs(data: bytes, encoding: str = "utf-8") -> tuple[Idoc, ...]:
    """The IDocs of a file that is one."""
    found = read(data, catalogue().layouts(), encoding)
    assert isinstance(found, tuple), found
    return found


def found_in(data: bytes) -> list[Finding]:
    """Everything wrong with a file and the IDocs in it."""
    found = read(data, catalogue().layouts())
    if isinstance(found, Finding):
        return [found]
    return [wrong for idoc in found for wrong in (*idoc.findings, *check(idoc.root, catalogue(), idoc.record))]
