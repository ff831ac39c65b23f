"""The segments of IDocs, read from schemas/idoc/segments/: fields in their order, each with its length and kind.

SAP's own schema files are not ours to pass on, so the catalogue is written in our own words. A field is one line,
`"O MENGE number 15 Quantity"`: M must be filled, O may be; text, number, day or time; the most characters; what it is.
`"..."` at the end of a list says that SAP has more fields there than we know: they are neither judged nor refused.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.errors import SchemaError
from gateway.grammar.periods import is_day
from gateway.grammar.sources import Problem, Source

OPEN = "..."
CONTROL = "EDI_DC40"
_FIELD = re.compile(r"([MO]) ([A-Z0-9_-]+) (text|number|day|time) ([1-9]\d*) (\S.*)")
_SEGMENT = re.compile(r"[A-Z][A-Z0-9_-]*")
_RELEASE = re.compile(r"(\w+) (\w+)")
_KEYS = frozenset({"name", "flat", "releases", "fields"})
_NUMBER = re.compile(r" *(\d+(\.\d*)?|\.\d+)-? *", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3])[0-5]\d[0-5]\d|240000", re.ASCII)
_DAY = re.compile(r"\d{8}", re.ASCII)
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SDATA = 1000  # what a record of the flat form has room for


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a segment: its name, kind, most characters, whether it must be filled, and what it is."""

    name: str
    kind: str
    longest: int
    is_mandatory: bool
    meaning: str

    @property
    def expected(self) -> str:
        """What stands there, in words."""
        return f"{_KINDS[self.kind][0]}, at most {self.longest} characters"

    def is_of_its_kind(self, value: str) -> bool:
        """Whether a value that is not empty is a number, a day, a time, or text without control characters."""
        return _KINDS[self.kind][1](value)


@dataclass(frozen=True)
class Segment:
    """A segment: its fields in their order, and the names its records have in the flat form.

    `flat` is the E2 name that is written where nothing else is asked for; `releases` are names that begin with a
    release of SAP, oldest first. With `is_open` there are fields that the list does not have.
    """

    name: str
    meaning: str
    flat: str
    fields: tuple[Field, ...] = ()
    is_open: bool = False
    releases: tuple[tuple[str, str], ...] = ()

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each field, from 0."""
        return {field.name: rank for rank, field in enumerate(self.fields)}

    @property
    def is_place_only(self) -> bool:
        """Whether we know where it stands and nothing of what is in it."""
        return self.is_open and not self.fields

    def flat_name(self, release: str = "") -> str:
        """Its E2 name in a release of SAP: that of the newest release which is not newer; `flat` where none is."""
        known = [name for since, name in self.releases if release and since <= release]
        return known[-1] if known else self.flat


def read_segments(source: Source) -> tuple[dict[str, Segment], list[Problem]]:
    """The segments of one file, and everything wrong with them."""
    problems: list[Problem] = []
    segments: dict[str, Segment] = {}
    try:
        table = source.parse(SchemaError)
    except SchemaError as wrong:
        return {}, [Problem(source.name, wrong.line, str(wrong).partition(": ")[2])]
    for name, entry in table.items():
        if not _SEGMENT.fullmatch(name) or not isinstance(entry, dict):
            problems.append(Problem(source.name, source.line_of_key(name), f"{name}: no segment; write `[E1EDK01]`"))
            continue
        segments[name] = _segment(source, name, entry, problems)
    return segments, problems


def read_fields(
    source: Source, path: tuple[str, ...], lines: Any, problems: list[Problem]
) -> tuple[tuple[Field, ...], bool]:
    """The fields that a list of lines names, and whether it is open."""
    fields: list[Field] = []
    if not isinstance(lines, list):
        problems.append(Problem(source.name, source.line_of_key(*path), f"{'.'.join(path)} must be a list of lines"))
        return (), False
    is_open = bool(lines) and lines[-1] == OPEN
    for line in lines[:-1] if is_open else lines:
        match = _FIELD.fullmatch(str(line))
        wrong = "" if match else " is no field; write `O MENGE number 15 Quantity`"
        if match and match[2] in (field.name for field in fields):
            wrong = f": {match[2]} stands here twice"
        if wrong or not match:
            at = source.line_of_text(str(line), below=path) or source.line_of_key(*path)
            problems.append(Problem(source.name, at, f"{line!r}{wrong}"))
        else:
            requirement, name, kind, longest, meaning = match.groups()
            fields.append(Field(name, kind, int(longest), requirement == "M", meaning))
    return tuple(fields), is_open


def width_of(fields: Iterable[Field]) -> int:
    """How many characters the fields take together in the flat form."""
    return sum(field.longest for field in fields)


def _segment(source: Source, name: str, entry: Mapping[str, Any], problems: list[Problem]) -> Segment:
    def wrong(message: str, key: str) -> None:
        problems.append(Problem(source.name, source.line_of_key(name, key), f"{name}: {message}"))

    for key in sorted(set(entry) - _KEYS):
        wrong(f"unknown key {key!r}; expected one of {', '.join(sorted(_KEYS))}", key)
    meaning, flat = entry.get("name"), entry.get("flat", default_flat_name(name))
    if not isinstance(meaning, str):
        wrong("a segment has a name, as text", "name")
    if not isinstance(flat, str) or not _SEGMENT.fullmatch(flat):
        wrong("`flat` is the name of its records, like E2EDP01005", "flat")
    lines = entry.get("releases", [])
    releases = [_RELEASE.fullmatch(str(line)) for line in (lines if isinstance(lines, list) else [lines])]
    if not all(releases):
        wrong("`releases` are lines like `750 E2EDP01011`", "releases")
    fields, is_open = read_fields(source, (name, "fields"), entry.get("fields"), problems)
    if name != CONTROL and width_of(fields) > _SDATA:
        wrong(f"its fields have {width_of(fields)} characters, and a record has room for {_SDATA}", "fields")
    known = sorted((match[1], match[2]) for match in releases if match)
    return Segment(name, str(meaning), str(flat), fields, is_open, tuple(known))


def default_flat_name(name: str) -> str:
    """The E2 name of an E1 segment without a version: E1EDP20 is E2EDP20, Z1PACK is Z2PACK."""
    return f"{name[0]}2{name[2:]}" if name[1:2] == "1" else name


def _is_day(value: str) -> bool:
    """YYYYMMDD; SAP writes 00000000 for no day."""
    if not _DAY.fullmatch(value):
        return False
    return value == "00000000" or is_day(int(value[:4]), int(value[4:6]), int(value[6:]))


_KINDS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "text": ("text without control characters", lambda value: not _CONTROL_CHARACTER.search(value)),
    "number": ("a number: digits, a point, a minus at the end", lambda value: bool(_NUMBER.fullmatch(value))),
    "day": ("a day, YYYYMMDD", _is_day),
    "time": ("a time, HHMMSS", lambda value: bool(_TIME.fullmatch(value))),
}
