"""IDocs made from the catalogue: nothing is said against them, and they come back equal from either form.

Each type is walked: some of the segments of each place, as often as they may stand, with values of their kinds that
fill their fields up to the last character.
"""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.grammar.idoc import check
from gateway.grammar.idoc_order import arrange
from gateway.grammar.idoc_segments import CONTROL, Field
from gateway.grammar.idoc_types import IdocType, Place
from gateway.syntax.idoc import canonical, write_xml
from gateway.syntax.idoc_flat_writing import write_flat
from tests.grammar.idoc_samples import catalogue, idocs

MESSAGES = ("", "ORDRSP", "ORDERS")
# No blanks at the ends, which the flat form cannot keep, and no characters that no XML can hold.
LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\ufffe\uffff")


def text(field: Field) -> st.SearchStrategy[str]:
    return st.text(LETTERS, min_size=1, max_size=field.longest).map(lambda value: value.strip() or "x")


def number(field: Field) -> st.SearchStrategy[str]:
    digits = st.text("0123456789", min_size=1, max_size=max(field.longest - 2, 1))
    return st.tuples(digits, st.sampled_from(("", "-", ".") if field.longest > 2 else ("",))).map("".join)


def day(_: Field) -> st.SearchStrategy[str]:
    return st.dates().map(lambda value: f"{value:%Y%m%d}".rjust(8, "0")) | st.just("00000000")


def time(_: Field) -> st.SearchStrategy[str]:
    return st.times().map(lambda value: f"{value:%H%M%S}")


KINDS: dict[str, Callable[[Field], st.SearchStrategy[str]]] = {"text": text, "number": number, "day": day, "time": time}


def fill(draw: st.DrawFn, element: etree._Element, place: Place, depth: int = 0) -> None:
    for field in place.segment.fields:
        if field.is_mandatory or draw(st.integers(0, 3)) == 0:
            etree.SubElement(element, field.name).text = draw(KINDS[field.kind](field))
    for child in place.children:
        most = min(child.most or 2, 2)
        for _ in range(draw(st.integers(child.least, max(most if draw(st.booleans()) else child.least, child.least)))):
            inner = etree.SubElement(element, child.name, SEGMENT="1")
            fill(draw, inner, child, depth + 1)


@st.composite
def generated(draw: st.DrawFn) -> tuple[etree._Element, IdocType, str]:
    """An IDoc of any type, that type as its message has it, and the message."""
    name = draw(st.sampled_from(sorted(catalogue().types)))
    message = draw(st.sampled_from(MESSAGES))
    found = catalogue().type(name, message)
    assert found is not None
    root = etree.Element(name)
    idoc = etree.SubElement(root, "IDOC", BEGIN="1")
    fill(draw, idoc, found.root)
    control = idoc.find(CONTROL)
    for field in ("CIMTYP", "IDOCTYP", "MESTYP", "TABNAM", "DIRECT", "DOCNUM"):
        for item in control.findall(field):
            control.remove(item)
    given_values = {"TABNAM": CONTROL, "DIRECT": "1", "IDOCTYP": name, "MESTYP": message or "MESSAGE"}
    given_values["DOCNUM"] = draw(st.integers(0, 10**16 - 1).map(lambda number: f"{number:016}"))
    for key, value in given_values.items():
        etree.SubElement(control, key).text = value
    return arrange(root, catalogue()), found, message or "MESSAGE"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(generated(), st.sampled_from(("\n", "\r\n", "")), st.booleans())
def test_an_idoc_of_the_catalogue_has_nothing_against_it_and_comes_back_equal_from_either_form(
    made: tuple[etree._Element, IdocType, str], line_end: str, are_blanks_cut: bool
) -> None:
    root, found, message = made
    assert not check(root, catalogue()), [wrong.message for wrong in check(root, catalogue())]
    before = canonical(root)

    (from_xml,) = idocs(write_xml(root))
    assert canonical(from_xml.root) == before

    layout = catalogue().layouts()(found.name, message)
    assert layout is not None
    data = write_flat(root, layout, line_end=line_end)
    if are_blanks_cut and line_end:
        end = line_end.encode()
        data = b"".join(line.rstrip(b" ") + end for line in data.split(end)[:-1])
    (from_flat,) = idocs(data)
    assert not from_flat.findings
    assert canonical(from_flat.root) == before
    assert not check(from_flat.root, catalogue())
    assert write_flat(from_flat.root, layout) == write_flat(root, layout)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(generated(), st.randoms(use_true_random=False))
def test_an_idoc_in_any_order_is_put_into_that_of_the_catalogue(
    made: tuple[etree._Element, IdocType, str], dice: object
) -> None:
    root, _, _ = made
    shuffled = etree.fromstring(canonical(root))
    for around in list(shuffled.iter()):
        inside = list(around)
        names = [item.tag for item in inside]
        if len(set(names)) == len(names):  # segments of one name keep their order
            dice.shuffle(inside)  # type: ignore[attr-defined]
            around[:] = inside
    assert canonical(arrange(shuffled, catalogue())) == canonical(root)
