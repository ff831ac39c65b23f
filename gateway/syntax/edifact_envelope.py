"""The headers of EDIFACT envelopes: UNA with UNB, and UNG, as they stood and as what they say.

Elements are kept as they stood, release characters included, so that an answer can copy them; `component` is what they
say. Element 1 is the first after the tag, as everywhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from gateway.findings import Finding, find
from gateway.syntax.character_sets import ANY_CHARACTER, find_character_set
from gateway.syntax.envelope import InterchangeOpened
from gateway.syntax.message import GroupOpened
from gateway.syntax.service_characters import (
    DEFAULT,
    INFORMATION_SEPARATORS,
    NEUTRAL,
    UNA_LENGTH,
    ServiceCharacters,
    read_service_string,
    unusable,
)

# More than UNA and UNB can take, each character of UNB released and each line wrapped.
HEADER_LIMIT = 1024
_UNB = re.compile(rb"U[\r\n]{0,2}+N[\r\n]{0,2}+B[\r\n]{0,2}+")
_BLANKS = b" \t\r\n"


def split_components(element: str, characters: ServiceCharacters) -> tuple[str, ...]:
    """What the components of an element say: split where the separator is not released, then unreleased."""
    if characters.release is None or characters.release not in element.encode():
        return tuple(element.split(characters.marks[1]))
    return tuple(characters.neutralise(element.encode()).decode().split(NEUTRAL[1]))


def speak(element: str, characters: ServiceCharacters) -> str:
    """What a simple element says: itself, with nothing released any more."""
    return characters.marks[1].join(split_components(element, characters))


def split_segment(raw: bytes, offset: int, characters: ServiceCharacters) -> tuple[list[str], tuple[int, ...]]:
    """Tag and elements of a segment of the envelope, and the bytes of the file at which they begin.

    The last place is the byte behind the segment. Line breaks are left out, release characters stay.
    """
    cuts = [*characters.cuts(raw, characters.element, 0, len(raw)), len(raw)]
    encoding = characters.encoding_of(raw)
    texts, places, start = [], [], 0
    for cut in cuts:
        part = raw[start:cut]
        places.append(offset + cut - len(part.lstrip(characters.noise)))
        texts.append(part.translate(None, characters.noise).decode(encoding))
        start = cut + 1
    return texts, (*places, offset + len(raw))


def name_version(version: str, release: str) -> str:
    """A directory as grammars are named: D and 96A are `d96a`, the service messages of syntax 2 or 4 `s2` or `s4`.

    Service messages (CONTRL) have the syntax version as their version number and count its releases (ISO 9735).
    """
    return f"s{version}" if version in ("1", "2", "3", "4") else f"{version}{release}".lower()


@dataclass(frozen=True)
class EdifactInterchange(InterchangeOpened):
    """A UNB: its elements as they stood; `delimiters` are its service characters, known to suit its syntax."""

    delimiters: ServiceCharacters

    @cached_property
    def _components(self) -> tuple[tuple[str, ...], ...]:
        return tuple(split_components(element, self.delimiters) for element in self.elements)

    def component(self, element: int, component: int = 1) -> str:
        """What stands there, from 1; '' where there is nothing."""
        parts = self._components[element - 1] if element <= len(self._components) else ()
        return parts[component - 1].strip() if component <= len(parts) else ""

    @property
    def syntax(self) -> str:
        """S001, as `UNOA:2`."""
        return f"{self.component(1, 1)}:{self.component(1, 2)}"

    @property
    def sender(self) -> str:
        """S002, as `qualifier:id`; nothing before the colon where there is no qualifier."""
        return f"{self.component(2, 2)}:{self.component(2, 1)}"

    @property
    def receiver(self) -> str:
        """S003, as `qualifier:id`; nothing before the colon where there is no qualifier."""
        return f"{self.component(3, 2)}:{self.component(3, 1)}"

    @property
    def control_number(self) -> str:
        """0020, as it came."""
        return self.component(5)

    @property
    def application(self) -> str:
        """0026, the application reference; often the message type."""
        return self.component(7)

    @property
    def wants_acknowledgement(self) -> bool:
        """0031 asks for a CONTRL."""
        return self.component(9) == "1"

    @property
    def agreement(self) -> str:
        """0032, the agreement that the partners have: `EANCOM`."""
        return self.component(10)

    @property
    def is_test(self) -> bool:
        """0035 says so: 1, or one of the other tests that syntax 4 knows."""
        return self.component(11) in ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class EdifactGroup(GroupOpened):
    """A UNG: its elements as they stood, and its place among the groups of the interchange, from 1."""

    delimiters: ServiceCharacters = field(default=DEFAULT)

    def component(self, element: int, component: int = 1) -> str:
        """What stands there, from 1; '' where there is nothing."""
        parts = split_components(self.element(element), self.delimiters)
        return parts[component - 1].strip() if component <= len(parts) else ""

    @property
    def kind(self) -> str:
        """0038, the one type of message that the group holds."""
        return self.component(1)

    @property
    def control_number(self) -> str:
        """0048, as it came."""
        return self.component(5)

    @property
    def version(self) -> str:
        """The directory in S008: `d96a`."""
        return name_version(self.component(7, 1), self.component(7, 2))


@dataclass(frozen=True)
class EdifactHeader:
    """A UNB as it was read, with its UNA: what opens the interchange, and how many bytes the two took."""

    opened: EdifactInterchange
    length: int


def read_header(data: bytes, offset: int = 0, odd: Sequence[Finding] = ()) -> EdifactHeader | Finding:
    """Read the UNA, if there is one, and the UNB at the start of `data`; a Finding where that cannot be done.

    `offset` is the byte of the file at which `data` begins. `odd` are findings that go into the header's. A syntax that
    we do not know is a finding of the header, and what follows is read as version 3.
    """
    characters, at = DEFAULT, 0
    if data.startswith(b"UNA"):
        told = read_service_string(data, offset)
        if isinstance(told, Finding):
            return told
        characters, at = told, len(data) - len(data[UNA_LENGTH:].lstrip(_BLANKS))
    tag = _UNB.match(data, at)
    if tag is None:
        start = ascii(data[at : at + 24])[1:]
        place = {"offset": offset + at, "value": start, "expected": "UNB"}
        return find("not-edi", f"{start} where UNB was expected", **place)
    if not at and data[tag.end() : tag.end() + 1] == INFORMATION_SEPARATORS.element:
        characters = INFORMATION_SEPARATORS
    end = next(characters.cuts(data, characters.terminator, at, len(data)), None)
    if end is None:
        why = "a line ends where no segment terminator stands" if b"\n" in data[at:] else "no segment terminator"
        text = f"UNB does not end within {len(data) - at} bytes: {why}"
        return find("unb-truncated", text, tag="UNB", offset=offset + at, expected=ascii(characters.terminator)[1:])
    (_, *elements), places = split_segment(data[at:end], offset + at, characters)
    opened = EdifactInterchange(tuple(elements), characters, offset + at, places)
    fitting = characters.in_syntax(opened.component(1, 1), opened.component(1, 2))
    findings = [*odd, *_judge_syntax(opened, fitting, data[at:end])]
    fitting = fitting or replace(characters, repetition=None, character_set=ANY_CHARACTER)
    clash = fitting.clash
    if clash is not None:
        return unusable(clash, offset)
    return EdifactHeader(replace(opened, delimiters=fitting, findings=tuple(findings)), end + 1)


def _judge_syntax(opened: EdifactInterchange, fitting: ServiceCharacters | None, raw: bytes) -> list[Finding]:
    if fitting is None:
        component = 2 if find_character_set(opened.component(1, 1)) else 1
        value, offset = opened.component(1, component), opened.places[min(1, len(opened.places) - 1)]
        if component == 2:
            element = raw[offset - opened.offset : opened.places[2] - opened.offset]
            level, mark, _ = element.partition(opened.delimiters.component)
            offset += len(level + mark) if mark else 0
        expected = "a version from 1 to 4" if component == 2 else "a level from UNOA to UNOL, UNOW or UNOY"
        text = f"000{component} is {value!r}, expected {expected}"
        place = {"tag": "UNB", "element": 1, "component": component, "number": f"000{component}", "offset": offset}
        return [find("syntax-unknown", text, value=value, expected=expected, **place)]
    count, first = fitting.strays(raw)
    if not count:
        return []
    return [stray_found(raw[first], count, fitting, tag="UNB", offset=opened.offset + first)]


def stray_found(byte: int, count: int, characters: ServiceCharacters, **place: object) -> Finding:
    """The finding that bytes stand in a segment or message that the declared set does not have."""
    shown = f"0x{byte:02X}" + (f" ({chr(byte)!r})" if 0x20 < byte < 0x7F else "")
    more = f", nor are {count - 1} others" if count > 1 else ""
    text = f"byte {shown} is no character of {characters.character_set.name}{more}"
    return find("character-outside-set", text, **{"value": f"0x{byte:02X}", **place})
