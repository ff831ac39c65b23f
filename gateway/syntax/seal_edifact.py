"""The twin of the EDIFACT reader: segments to a sealed interchange.

Sealing writes UNB, UNH, UNT and UNZ around what is given, with the control numbers and the instant it is given, and
counts for itself. pydifact's serializer releases separators inside data, rightly and as fast as we could; segments we
join ourselves, as it keeps trailing empty elements and warns of segments without any. Characters that the set does not
have are transliterated and told; what cannot be is told as unfit, and the caller holds the message. What stands in the
envelope itself is configuration, so there a value that does not fit is refused.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from gateway.syntax.seal import Elements, Replaced, Sealed
from gateway.syntax.service_characters import DEFAULT, ServiceCharacters
from gateway.syntax.transliteration import transliterate

if TYPE_CHECKING:
    from pydifact.serializer import Serializer

# Reference (0062), identifier (S009, `ORDRSP:D:96A:UN:EAN005`), segments without UNH and UNT.
Outgoing = tuple[str, str, Sequence[tuple[str, Elements]]]

_LINE_BREAKS = ("", "\n", "\r\n", "\r")
_IDENTIFIER = re.compile(r"[A-Z0-9]{1,6}:[A-Z0-9]{1,3}:[A-Z0-9]{1,3}:[A-Z0-9]{1,2}(?::[A-Z0-9]{1,6})?")
_NUMBER_AT_MOST, _PARTY_AT_MOST, _QUALIFIER_AT_MOST = 14, 35, 4


@dataclass(frozen=True)
class EdifactEnvelope:
    """What stands in UNB. Ids are `qualifier:id`, or `:id` without a qualifier; the syntax is S001 (`UNOC:3`)."""

    sender: str
    receiver: str
    at: datetime
    control_number: str  # 0020
    syntax: str = "UNOA:2"
    application: str = ""  # 0026
    agreement: str = ""  # 0032
    is_test: bool = False  # 0035
    wants_acknowledgement: bool = False  # 0031
    has_service_string: bool = False  # UNA before it


@dataclass(frozen=True)
class EdifactSealed(Sealed):
    """The bytes of an interchange, the texts that were transliterated in it, and those of them that do not fit."""

    unfit: tuple[Replaced, ...] = ()


@dataclass(frozen=True)
class EdifactBody:
    """Messages as they will stand in an interchange, UNH to UNT, whatever the number it has."""

    text: str
    count: int
    replaced: tuple[Replaced, ...]
    unfit: tuple[Replaced, ...]
    characters: ServiceCharacters
    line_break: str


def seal_edifact(
    messages: Iterable[Outgoing],
    envelope: EdifactEnvelope,
    characters: ServiceCharacters = DEFAULT,
    line_break: str = "",
) -> EdifactSealed:
    """Write one interchange of these messages, without groups.

    Raises ValueError as `render_edifact` and `enclose_edifact` do.
    """
    return enclose_edifact(render_edifact(messages, envelope, characters, line_break), envelope)


def render_edifact(
    messages: Iterable[Outgoing],
    envelope: EdifactEnvelope,
    characters: ServiceCharacters = DEFAULT,
    line_break: str = "",
) -> EdifactBody:
    """Write the messages of an interchange.

    Raises ValueError where they cannot be written under this envelope: a syntax that does not exist; service characters
    that clash or are not the defaults and not told by UNA; a decimal comma, as numbers are written with a full stop; a
    reference or identifier that is empty, too long or not of the character set.
    """
    fitting = _fitting(characters, envelope)
    writer = _Writer(fitting, line_break)
    count = 0
    for reference, identifier, segments in messages:
        count += 1
        writer.refuse_unless(_IDENTIFIER.fullmatch(identifier), f"{identifier!r} is no message identifier")
        writer.put("UNH", (writer.sound("reference", reference, _NUMBER_AT_MOST), tuple(identifier.split(":"))))
        for ordinal, (tag, elements) in enumerate(segments, 2):
            writer.put(tag, list(writer.clean(elements, ordinal, tag)))
        writer.put("UNT", (str(len(segments) + 2), reference))
    return EdifactBody("".join(writer.parts), count, tuple(writer.replaced), tuple(writer.unfit), fitting, line_break)


def enclose_edifact(body: EdifactBody, envelope: EdifactEnvelope) -> EdifactSealed:
    """The interchange of rendered messages under the control number of an envelope.

    Raises ValueError where the envelope cannot be written: an id or reference that is empty, too long or not of the
    character set, or a syntax that has other service characters than the messages.
    """
    if _fitting(body.characters, envelope) != body.characters:
        raise ValueError(f"messages with other service characters do not stand in syntax {envelope.syntax}")
    writer = _Writer(body.characters, body.line_break)
    writer.open(envelope)
    writer.parts.append(body.text)
    writer.put("UNZ", (str(body.count), envelope.control_number))
    data = "".join(writer.parts).encode(writer.character_set.codec)
    return EdifactSealed(data, body.replaced, body.unfit)


def _fitting(characters: ServiceCharacters, envelope: EdifactEnvelope) -> ServiceCharacters:
    """The service characters as a reader will take them: those of UNA, or the defaults of this syntax."""
    identifier, _, version = envelope.syntax.partition(":")
    defaults = DEFAULT.in_syntax(identifier, version)
    if defaults is None:
        raise ValueError(f"{envelope.syntax!r} is no syntax; write `UNOC:3`")
    told = replace(characters, character_set=defaults.character_set)
    if version != "4":
        told = replace(told, repetition=None)
    elif not envelope.has_service_string:
        told = replace(told, repetition=defaults.repetition)
    if told.decimal_mark != b".":
        raise ValueError("numbers are written with a full stop, so UNA cannot say a comma")
    if told != defaults and not envelope.has_service_string:
        raise ValueError("service characters other than the defaults must be told by a UNA")
    if told.clash:
        raise ValueError(told.clash)
    return told


class _Writer:
    def __init__(self, characters: ServiceCharacters, line_break: str) -> None:
        self.refuse_unless(line_break in _LINE_BREAKS, f"{line_break!r} is no line break")
        self.element, self.component, terminator, _ = characters.marks
        self.end = terminator + line_break
        self.characters, self.character_set, self.line_break = characters, characters.character_set, line_break
        self.escape = _serializer(characters).escape
        marks = "".join(characters.marks)
        # Without a release character a separator cannot stand in data.
        self.unsafe = None if characters.release else re.compile(f"[{re.escape(marks)}]")
        self.parts: list[str] = []
        self.replaced: list[Replaced] = []
        self.unfit: list[Replaced] = []

    def open(self, envelope: EdifactEnvelope) -> None:
        """UNA, where it is wanted, and UNB."""
        if envelope.has_service_string:
            self.parts.append(self.characters.service_string.decode() + self.line_break)
        identifier, version = envelope.syntax.split(":")
        day = f"{envelope.at:%Y%m%d}" if version == "4" else f"{envelope.at:%y%m%d}"
        elements = (
            (identifier, version),
            self.party(envelope.sender),
            self.party(envelope.receiver),
            (day, f"{envelope.at:%H%M}"),
            self.sound("control number", envelope.control_number, _NUMBER_AT_MOST),
            "",
            envelope.application and self.sound("application reference", envelope.application, _NUMBER_AT_MOST),
            "",
            "1" if envelope.wants_acknowledgement else "",
            envelope.agreement and self.sound("agreement", envelope.agreement, _PARTY_AT_MOST),
            "1" if envelope.is_test else "",
        )
        self.put("UNB", elements)

    def party(self, party: str) -> tuple[str, str]:
        """Id and qualifier, as they stand in S002 and S003."""
        qualifier, colon, name = party.partition(":")
        self.refuse_unless(colon, f"{party!r} is no id for an envelope; write `14:5450534000000`")
        return self.sound("id", name, _PARTY_AT_MOST), qualifier and self.sound(
            "qualifier", qualifier, _QUALIFIER_AT_MOST
        )

    def sound(self, what: str, value: str, at_most: int) -> str:
        """A value of an envelope, refused where it is empty, too long, or not to be written in this syntax."""
        is_sound = 0 < len(value) <= at_most and value == value.strip() and not self.character_set.foreign.search(value)
        unsafe = self.unsafe is not None and self.unsafe.search(value)
        self.refuse_unless(is_sound and not unsafe, f"{what} {value!r} must have 1 to {at_most} characters of the set")
        return value

    @staticmethod
    def refuse_unless(condition: object, text: str) -> None:
        if not condition:
            raise ValueError(text)

    def put(self, tag: str, elements: Elements) -> None:
        texts = [tag]
        for value in elements:
            parts = [self.escape(part) for part in (value if isinstance(value, tuple) else (value,))]
            while parts and not parts[-1]:
                parts.pop()
            texts.append(self.component.join(parts))
        while not texts[-1]:
            texts.pop()
        self.parts.append(self.element.join(texts) + self.end)

    def clean(self, elements: Elements, ordinal: int, tag: str) -> Iterator[str | tuple[str, ...]]:
        """The elements in characters that can be written."""
        for position, value in enumerate(elements, 1):
            if isinstance(value, tuple):
                yield tuple(self.fit(part, ordinal, tag, position) for part in value)
            else:
                yield self.fit(value, ordinal, tag, position)

    def fit(self, value: str, ordinal: int, tag: str, position: int) -> str:
        unsafe = self.unsafe is not None and self.unsafe.search(value)
        if not unsafe and not self.character_set.foreign.search(value):
            return value
        fitted = transliterate(value, self.character_set)
        told = Replaced(ordinal, tag, position, value)
        self.replaced.append(told)
        if not fitted.fits:
            self.unfit.append(told)
        text = self.unsafe.sub(" ", fitted.text) if self.unsafe is not None else fitted.text
        return text.strip()


@lru_cache(maxsize=64)
def _serializer(characters: ServiceCharacters) -> "Serializer":
    """pydifact's serializer, releasing whatever a reader would take for a service character.

    Its own characters know no repetition separator, and take a blank for a release character like any other.
    """
    from pydifact.control.characters import Characters
    from pydifact.serializer import Serializer

    release = (characters.release or b"").decode()

    class Released(Characters):
        @property
        def escaped_syntax_dic(self) -> dict[str, str]:
            return {mark: release + mark for mark in (*characters.marks, release) if mark}

    return Serializer(Released.from_str(characters.service_string.decode()))
