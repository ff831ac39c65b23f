"""IDocs written as a file port reads them: records of full width, numbered in the order of their segments.

What is written is an IDoc that the grammar has nothing against; what would be lost all the same, as the records have
no room for it, is refused and never cut.
"""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from gateway.syntax.idoc_flat import CONTROL_FIELDS, CONTROL_WIDTH, HEAD_WIDTH, LINE_END, SDATA, WIDTH, Layout
from gateway.syntax.idoc_tree import CONTROL

TOP_LEVEL = 2  # HLEVEL of a segment right under the IDoc (assumed; read is any level that the others agree with)
_MOST = 999_999  # SEGNUM has six digits


class Unwritable(ValueError):
    """An IDoc that the flat form cannot hold: a field too long, a segment without a layout, a line break in a text."""


def write_flat(root: Any, layout: Layout, encoding: str = "utf-8", line_end: str = "\n") -> bytes:
    """The records of an IDoc, full width, each with its line end; `root` is its element. Raises Unwritable.

    Segments are numbered anew, as their order and their places are what the numbers say.
    """
    idoc = root.find("IDOC")
    control = idoc.find(CONTROL) if idoc is not None else None
    if control is None:
        raise Unwritable("there is no control record")
    values = _values(control, layout)
    head = f"{values.get('MANDT', ''):3}{values.get('DOCNUM', ''):16}"
    lines = [_line(values, CONTROL_FIELDS, CONTROL, CONTROL_WIDTH)]
    lines += _data_records(idoc, layout, head, count(1), 0, TOP_LEVEL)
    try:
        return "".join(f"{line}{line_end}" for line in lines).encode(encoding)
    except UnicodeEncodeError as wrong:
        raise Unwritable(f"{wrong.object[wrong.start]!r} is no character of {encoding}") from wrong


def _data_records(
    around: Any, layout: Layout, head: str, numbers: Iterator[int], parent: int, level: int
) -> Iterator[str]:
    """The records of the segments inside an element, each with those inside it behind it."""
    for element in around:
        if _is_field(element, layout) or (parent == 0 and element.tag == CONTROL):
            continue
        segment = layout.get(element.tag)
        if segment is None:
            raise Unwritable(f"segment {element.tag} has no layout")
        if (number := next(numbers)) > _MOST:
            raise Unwritable(f"more than {_MOST} segments")
        fields = segment.fields or ((SDATA, WIDTH - HEAD_WIDTH),)
        line = _line(_values(element, layout), fields, segment.name, WIDTH - HEAD_WIDTH)
        yield f"{segment.written:30}{head}{number:06}{parent:06}{level:02}{line}"
        yield from _data_records(element, layout, head, numbers, number, level + 1)


def _values(element: Any, layout: Layout) -> dict[str, str]:
    """The fields of a segment."""
    values: dict[str, str] = {}
    for item in element:
        if _is_field(item, layout):
            if item.tag in values:
                raise Unwritable(f"{element.tag}/{item.tag} stands there twice")
            values[item.tag] = item.text or ""
    return values


def _is_field(item: Any, layout: Layout) -> bool:
    return item.tag not in layout and not len(item) and not item.attrib


def _line(values: Mapping[str, str], fields: tuple[tuple[str, int], ...], segment: str, width: int) -> str:
    lengths = dict(fields)
    for name, value in values.items():
        if name not in lengths:
            raise Unwritable(f"{segment} has no field {name}")
        if len(value) > lengths[name]:
            raise Unwritable(f"{segment}/{name} has {len(value)} characters, and room for {lengths[name]}")
        if LINE_END.search(value):
            raise Unwritable(f"{segment}/{name} has a line break, which would end its record")
    return "".join(f"{values.get(name, ''):{length}}" for name, length in fields).ljust(width)
