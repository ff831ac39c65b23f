"""A guide: what a partner does with the standard. One folder of mappings/guides/, shared by any number of partners.

guide.toml names the messages with their grammars and directions, the envelope, the answers, the deadlines and what is
left unsaid; `850.schema.toml` and `850.mapping.toml` beside it narrow and change what the standard's files say.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from gateway.errors import MappingError
from gateway.grammar.detail import DETAILS
from gateway.grammar.sources import Problem, Source
from gateway.mapping.making import find_field
from gateway.syntax.delimiters import Delimiters

_DURATION = re.compile(r"([0-9]{1,5})\s*(s|m|min|h|d)")  # what is longer is a slip, or more than a calendar holds
_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
_KEYS = frozenset(
    {*("title", "standard", "messages", "envelope", "answers", "deadlines", "conduct", "gates", "charges"), "unsaid"}
)
_ENVELOPE_KEYS = frozenset({"element", "component", "terminator", "repetition", "line_break", "file_name"})
_STANDARDS = ("x12", "edifact")
_DIRECTIONS = ("in", "out", "both")
_FILE_NAME = "{partner}_{message}_{control_number}.edi"
_FILE_NAME_PARTS = ("partner", "message", "number", "control_number")
_ANSWERS = ("always", "on-request", "never")
_ANSWERED_BY = {"x12": ("997", "999", "TA1"), "edifact": ("CONTRL",)}
_MESSAGE_KEYS = frozenset({"grammar", "direction", "identifier", "syntax", "agreement", "asks", "detail"})
_IDENTIFIER = re.compile(r"\w{1,3}:\w{1,3}:\w{1,2}(:\w{1,6})?")
DEADLINES = (
    *("answer", "answer_warning", "acknowledgement", "booking", "ship_notice", "invoice"),
    *("change", "change_warning"),
    *("window_warning", "cancel_after_delivery", "cancel_after_window", "cancel_warning"),
)
"""What a guide may set a time for."""

_CONDUCT: Mapping[str, tuple[str, ...]] = {
    "back_orders": ("as-ordered", "allowed"),
    "orders_an_invoice": ("one", "many"),
    "local_times": ("ship-from", "utc"),
}
_LABELS = ("sscc", "tracking")
_WEIGHTS = ("block", "warn", "off")
_PURPOSES = ("original", "replace")
_CONDUCT_KEYS = frozenset({*_CONDUCT, "labels", "label_days", "corrections"})
_CHARGED = ("order-response", "ship-notice", "invoice")
_PER_CENT = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")


@dataclass(frozen=True, slots=True)
class MessageUse:
    """A message of the guide: its grammar (`x12/004010/850`), which way it goes, and what its envelope says.

    EDIFACT names a message by `identifier` (S009 behind the type, `D:96A:UN:EAN008`) and an interchange by `syntax`
    (`UNOC:3`) and `agreement` (0032). `asks` says that we want its receipt acknowledged (UNB 0031, ISA14). Of an answer
    `detail` says how much it tells.
    """

    type: str
    grammar: str
    direction: str
    identifier: str = ""
    syntax: str = "UNOA:2"
    agreement: str = ""
    asks: bool = False
    detail: str = DETAILS[0]

    @property
    def version(self) -> str:
        """`004010`."""
        return self.grammar.split("/")[1]


@dataclass(frozen=True)
class Guide:
    """A partner's way with the standard."""

    name: str
    title: str
    standard: str
    messages: Mapping[str, MessageUse]
    delimiters: Delimiters
    line_break: str
    file_name: str
    answers: Mapping[str, str] = field(default_factory=dict)
    deadlines: Mapping[str, timedelta] = field(default_factory=dict)
    unsaid: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conduct: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ("sscc",)
    label_days: int = 365
    corrections: Mapping[str, str] = field(default_factory=dict)
    gates: Mapping[str, str] = field(default_factory=dict)
    charges: Mapping[str, Decimal] = field(default_factory=dict)

    def takes(self, message: str) -> bool:
        """Whether this message comes from the partner."""
        use = self.messages.get(message)
        return use is not None and use.direction != "out"

    def leaves_unsaid(self, message: str, name: str) -> bool:
        """Whether a field (`lines[0].lot`) has no place in this partner's message, and is known to have none."""
        plain = re.sub(r"\[\d+\]", "", name)
        return any(plain == unsaid or plain.startswith(unsaid + ".") for unsaid in self.unsaid.get(message, ()))


def parse_duration(text: str) -> timedelta | None:
    """`24h`, `30 min`, `7d` as a timedelta; None where it is none."""
    match = _DURATION.fullmatch(text.strip())
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None


def read_guide(name: str, source: Source) -> tuple[Guide | None, list[Problem]]:
    """The guide in a guide.toml; None with problems where anything is wrong. Raises MappingError for no TOML."""
    reading = _GuideReading(source)
    guide = reading.guide(name, source.parse(MappingError))
    return (None if reading.problems else guide), reading.problems


def unsaid_problems(guide: Guide, source: Source, documents: Mapping[str, type[BaseModel]]) -> list[Problem]:
    """The names under [unsaid] that are no fields of their documents; `documents` are classes by message."""
    return [
        Problem(source.name, source.line_of_key("unsaid", message), f"unsaid.{message}: {name!r}: {wrong}")
        for message, names in guide.unsaid.items()
        for name in names
        if message in documents and isinstance(wrong := find_field(documents[message], tuple(name.split("."))), str)
    ]


class _GuideReading:
    """Reads one guide.toml, gathering problems; a value of the wrong kind is told and taken for an empty one."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def wrong(self, message: str, *path: str) -> None:
        place = ".".join(path)
        self.problems.append(Problem(self.source.name, self.source.line_of_key(*path), f"{place}: {message}"))

    def table(self, value: Any, keys: frozenset[str] | None, *path: str) -> Mapping[str, Any]:
        """A table, with these keys only where they are given; absent it is empty."""
        if value is not None and not isinstance(value, Mapping):
            self.wrong("expected a table", *path)
        found: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        for key in sorted(set(found) - keys) if keys is not None else ():
            self.wrong(f"unknown key, expected one of {', '.join(sorted(keys or ()))}", *path, key)
        return found

    def text(self, value: Any, *path: str) -> str:
        if not isinstance(value, str):
            self.wrong(f"is {value!r}, expected a text", *path)
            return ""
        return value

    def choice(self, value: Any, choices: Sequence[str], *path: str) -> str:
        if value not in choices:
            self.wrong(f"is {value!r}, expected one of {', '.join(choices)}", *path)
        return str(value)

    def guide(self, name: str, head: Mapping[str, Any]) -> Guide:
        self.table(head, _KEYS)
        standard = self.choice(head.get("standard"), _STANDARDS, "standard")
        envelope = self.table(head.get("envelope"), _ENVELOPE_KEYS, "envelope")
        messages = self.table(head.get("messages"), None, "messages")
        unsaid = self.table(head.get("unsaid"), frozenset(messages), "unsaid")
        answers = self.table(head.get("answers"), None, "answers")
        uses = {kind: self.message(kind, use, standard) for kind, use in messages.items()}
        self.check_answers(answers, uses, standard)
        return Guide(
            name=name,
            title=self.text(head.get("title", name), "title"),
            standard=standard,
            messages=uses,
            delimiters=self.delimiters(envelope),
            line_break=self.text(envelope.get("line_break", ""), "envelope", "line_break"),
            file_name=self.file_name(envelope.get("file_name", _FILE_NAME)),
            answers={kind: self.choice(policy, _ANSWERS, "answers", kind) for kind, policy in answers.items()},
            deadlines=dict(self.deadlines(self.table(head.get("deadlines"), None, "deadlines"))),
            unsaid={kind: self.names(names, "unsaid", kind) for kind, names in unsaid.items()},
            **self.conduct(self.table(head.get("conduct"), _CONDUCT_KEYS, "conduct"), messages),
            gates={
                rule: self.choice(weight, _WEIGHTS, "gates", rule)
                for rule, weight in self.table(head.get("gates"), None, "gates").items()
            },
            charges=dict(self.charges(self.table(head.get("charges"), frozenset(_CHARGED), "charges"))),
        )

    def conduct(self, table: Mapping[str, Any], messages: Iterable[str]) -> dict[str, Any]:
        """What the partner wants of our documents beside their form."""
        chosen = {
            key: self.choice(table[key], choices, "conduct", key) for key, choices in _CONDUCT.items() if key in table
        }
        labels = tuple(table.get("labels", ("sscc",)))
        for label in labels:
            self.choice(label, _LABELS, "conduct", "labels")
        corrections = self.table(table.get("corrections"), frozenset(messages), "conduct", "corrections")
        purposes = {
            kind: self.choice(purpose, _PURPOSES, "conduct", "corrections", kind)
            for kind, purpose in corrections.items()
        }
        days = table.get("label_days", 365)
        if not isinstance(days, int) or isinstance(days, bool) or days < 1:
            self.wrong(f"is {days!r}, expected a number of days", "conduct", "label_days")
            days = 365
        return {"conduct": chosen, "labels": labels, "label_days": days, "corrections": purposes}

    def charges(self, table: Mapping[str, Any]) -> Iterable[tuple[str, Decimal]]:
        for kind, text in table.items():
            match = _PER_CENT.fullmatch(str(text))
            if match is None:
                self.wrong(f'is {text!r}, expected a part of the cost like "6 %"', "charges", kind)
            else:
                yield kind, Decimal(match[1])

    def check_answers(self, answers: Iterable[str], uses: Mapping[str, MessageUse], standard: str) -> None:
        """Each answer is one of the standard, and one that the guide can write; a TA1 is no message and needs none."""
        kinds = _ANSWERED_BY.get(standard, ())
        for kind in answers:
            if kind not in kinds:
                self.wrong(f"unknown answer, expected one of {', '.join(kinds)}", "answers", kind)
            elif kind != "TA1" and (kind not in uses or uses[kind].direction == "in"):
                self.wrong(f"needs [messages.{kind}] with direction out or both", "answers", kind)

    def delimiters(self, envelope: Mapping[str, Any]) -> Delimiters:
        """The four characters; all but the repetition separator must be there, and none may be a letter or digit."""
        marks: dict[str, bytes] = {}
        for key in ("element", "component", "terminator", "repetition"):
            text = self.text(envelope.get(key, ""), "envelope", key)
            if not (text or key == "repetition") or len(text.encode()) > 1 or text.isalnum():
                self.wrong("expected one character that is no letter or digit", "envelope", key)
            marks[key] = text.encode()
        if len(set(marks.values())) < len(marks):
            self.wrong("the delimiters must differ", "envelope")
        return Delimiters(marks["element"], marks["component"], marks["terminator"], marks["repetition"] or None)

    def file_name(self, value: Any) -> str:
        text = self.text(value, "envelope", "file_name")
        for name in re.findall(r"\{(.*?)\}", text):
            if name not in _FILE_NAME_PARTS:
                known = ", ".join(f"{{{part}}}" for part in _FILE_NAME_PARTS)
                self.wrong(f"{{{name}}} is unknown, there is {known}", "envelope", "file_name")
        if "{control_number}" not in text:
            self.wrong("{control_number} must be in it, so that no file replaces another", "envelope", "file_name")
        return text

    def message(self, kind: str, value: Any, standard: str) -> MessageUse:
        path = ("messages", kind)
        use = self.table(value, _MESSAGE_KEYS, *path)
        grammar = str(use.get("grammar", ""))
        if not re.fullmatch(rf"{re.escape(standard)}/\w+/\w+", grammar):
            self.wrong(f'is {grammar!r}, expected a grammar like "{standard}/004010/{kind}"', *path, "grammar")
        identifier = self.text(use.get("identifier", ""), *path, "identifier")
        if standard == "edifact" and not _IDENTIFIER.fullmatch(identifier):
            self.wrong(f"is {identifier!r}, expected version, release and agency like D:96A:UN", *path, "identifier")
        if not isinstance(use.get("asks", False), bool):
            self.wrong("expected true or false", *path, "asks")
        return MessageUse(
            type=kind,
            grammar=grammar,
            direction=self.choice(use.get("direction"), _DIRECTIONS, *path, "direction"),
            identifier=identifier,
            syntax=self.text(use.get("syntax", "UNOA:2"), *path, "syntax"),
            agreement=self.text(use.get("agreement", ""), *path, "agreement"),
            asks=bool(use.get("asks", False)),
            detail=self.choice(use.get("detail", DETAILS[0]), DETAILS, *path, "detail"),
        )

    def deadlines(self, table: Mapping[str, Any]) -> list[tuple[str, timedelta]]:
        found = []
        for key, text in table.items():
            duration = parse_duration(str(text))
            if key not in DEADLINES or duration is None:
                names = ", ".join(DEADLINES)
                self.wrong(f"{text!r}: expected one of {names} with a duration like 24h", "deadlines", key)
            else:
                found.append((key, duration))
        return found

    def names(self, value: Any, *path: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self.wrong('expected a list of fields, like ["number", "lines.status"]', *path)
            return ()
        return tuple(value)
