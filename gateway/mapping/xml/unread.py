"""What no row reads: nothing is lost in silence, so each text that nobody used is a finding.

An element of which nothing was used is one finding, with all that is in it; else each text and attribute that is left
is one. Attributes of the syntax itself (SEGMENT of an IDoc, those of XML Schema) are never a row's.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from gateway.findings import Finding, find

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_SHOWN = 60  # how much of an unread text a message shows
_AT_MOST = 101  # a hostile file must not cost a finding for every few of its bytes


class Used:
    """The elements whose text, and the attributes, that rows have read. It keeps elements alive, so they stay equal."""

    def __init__(self, structural: frozenset[str]) -> None:
        """`structural` are the attributes that belong to the syntax."""
        self.structural = structural
        self.places: set[tuple[Any, str | None]] = set()
        self.entered: set[Any] = set()

    def add(self, element: Any, attribute: str | None) -> None:
        """Count a text as read."""
        self.places.add((element, attribute))
        self.enter(element)

    def enter(self, element: Any) -> None:
        """Count an element and all around it as seen."""
        while element is not None and element not in self.entered:
            self.entered.add(element)
            element = element.getparent()

    def is_data(self, attribute: str) -> bool:
        """Whether an attribute is the business of a row."""
        return attribute not in self.structural and not attribute.startswith(_XSI)


def find_unread(root: Any, used: Used) -> Iterator[Finding]:
    """The findings for all text of a tree that is not in `used`, as many as anybody would read."""
    return islice(_unread(root, used), _AT_MOST)


def _unread(root: Any, used: Used) -> Iterator[Finding]:
    below = [root]
    while below:
        element = below.pop()
        text, children = element.text or "", list(element.iterchildren("*"))
        attributes = {name: value for name, value in element.items() if used.is_data(name)}
        if element not in used.entered:
            parts = [*attributes.values(), *(part for part in element.itertext() if part.strip())]
            if any(parts):
                said = " ".join(part.strip() for part in parts)
                yield _finding(element, None, f"is read by no row: {said[:_SHOWN]}", said)
            continue
        if text.strip() and (element, None) not in used.places:
            yield _finding(element, None, f"{text.strip()[:_SHOWN]!r} is read by no row", text)
        for name, value in attributes.items():
            if value and (element, name) not in used.places:
                yield _finding(element, name, f"{value[:_SHOWN]!r} is read by no row", value)
        for child in children:
            if (child.tail or "").strip():
                yield _finding(
                    child, None, f"is followed by a text that no row reads: {child.tail.strip()[:_SHOWN]}", ""
                )
        below += reversed(children)


def _finding(element: Any, attribute: str | None, message: str, value: str) -> Finding:
    text = f"{place_of(element, attribute)} {message}"
    return find("xml-unread", text, tag=str(element.tag), value=value.strip()[:99])


def place_of(element: Any, attribute: str | None) -> str:
    """`line 12, /sales-order/lines/line[2]/@number:`."""
    path = element.getroottree().getpath(element)
    return f"line {element.sourceline}, {path}{f'/@{attribute}' if attribute else ''}:"
