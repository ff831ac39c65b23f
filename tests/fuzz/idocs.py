"""IDocs as they are read: XML or flat by their first characters, judged by the catalogue, and written again.

Most damage to bytes leaves no XML at all, so where it does, a tree is damaged instead: elements lost, doubled, moved
and renamed, values made odd. What has nothing against it must come back equal from both forms, and whatever came can be
put in order.
"""

from lxml import etree

from gateway.findings import Finding
from gateway.grammar.idoc import check
from gateway.grammar.idoc_order import arrange
from gateway.syntax.idoc import canonical, is_idoc, read, write_xml
from gateway.syntax.idoc_flat_writing import Unwritable, write_flat
from gateway.syntax.idoc_tree import Idoc, without_them
from tests.fuzz.mutations import ODD, Random
from tests.fuzz.reader import Reader, Took
from tests.grammar.idoc_samples import GOOD, INVALID, catalogue, sample

LONGEST_SEED = 40_000
MARKS = b"<>\n/\"='& 01E2-.\r\xc3\xbc;!["
LAYOUTS = catalogue().layouts()
TREES = [sample(name) for name in GOOD if name.endswith(".xml")]
NAMES = ["E1EDK01", "E1EDP01", "E1EDP19", "Z1OWN", "MENGE", "QUALF", "IDOC", "EDI_DC40", "SDATA", "x", "E2EDK01005"]


def reader_of_idocs() -> Reader:
    """Every sample, good and bad; blanks of flat ones are cut, so that damage meets more than blanks."""
    seeds = [data for name in GOOD if len(data := sample(name)) <= LONGEST_SEED]
    seeds += [path.read_bytes() for path in sorted(INVALID.glob("*.*")) if path.suffix != ".toml"]
    seeds += [b"".join(line.rstrip() + b"\n" for line in data.splitlines()) for data in seeds if data[:3] == b"EDI"]
    return Reader("idocs", seeds, MARKS, take, "with an IDoc", 0.5)


def take(data: bytes, dice: Random) -> Took:
    is_idoc(data)
    found = read(data, LAYOUTS, dice.choice(("utf-8", "utf-8", "latin-1", "utf-16")))
    if isinstance(found, Finding) and data.lstrip()[:1] == b"<":
        found = read(damaged_tree(dice), LAYOUTS)
    if isinstance(found, Finding):
        return Took(False, 1)
    return Took(True, sum(judge(idoc) for idoc in found))


def damaged_tree(dice: Random) -> bytes:
    """A sample, once to six times damaged, that is XML all the same."""
    root = etree.fromstring(dice.choice(TREES))
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        elements = list(root.iter())
        element = dice.choice(elements)
        match dice.randrange(6):
            case 0 if element is not root:
                element.getparent().remove(element)
            case 1 if element is not root:
                element.getparent().append(etree.fromstring(etree.tostring(element)))
            case 2 if element is not root:
                around = dice.choice([other for other in elements if element not in (other, *other.iterancestors())])
                around.insert(dice.randint(0, len(around)), element)
            case 3:
                element.tag = dice.choice([*NAMES, str(dice.choice(elements).tag)])
            case 4:
                element.attrib.clear()
            case _:
                element.text = without_them(dice.choice(ODD).decode("utf-8", "replace"))
    return bytes(etree.tostring(root, encoding="UTF-8"))


def judge(idoc: Idoc) -> int:
    """How much was found in an IDoc; what was not found out is whole."""
    against = (*idoc.findings, *check(idoc.root, catalogue(), idoc.record))
    ordered = arrange(idoc.root, catalogue())
    assert canonical(arrange(ordered, catalogue())) == canonical(ordered), canonical(idoc.root)
    layout = LAYOUTS(idoc.control("IDOCTYP"), idoc.control("MESTYP")) or {}
    try:
        flat = write_flat(idoc.root, layout)
    except Unwritable:
        flat = None
    if not against:
        assert not check(ordered, catalogue()), canonical(idoc.root)
        assert_equal(write_xml(idoc.root), idoc)
        if flat is not None:
            assert_equal(flat, idoc)
    return len(against)


def assert_equal(data: bytes, idoc: Idoc) -> None:
    found = read(data, LAYOUTS)
    assert isinstance(found, tuple), found
    (again,) = found
    assert not again.findings, data
    assert canonical(again.root) == canonical(idoc.root), canonical(idoc.root)
