"""Arbitrary text in every free-text field of what we send: `python -m tests.injection -n 100000 --seed 1`.

Documents that the golden conversations send are taken, any Unicode at all is put into one of their texts, and they are
composed and sealed as they are for a partner. What leaves must have the segments that were written, no more and no
less, and its text must be the one that was put in; else the change is told (and so journalled), or the message is not
sent at all, with a gap that says why.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from gateway.config import Config, Partner, read_example
from gateway.instance import mappings_of
from gateway.mapping.library import Mappings
from gateway.mapping.messages import read_message
from gateway.mapping.writing import write_document
from gateway.pipeline import Catalogue, Desk
from gateway.pipeline.dispatching import compose
from gateway.pipeline.sealing import PROVISIONAL
from gateway.syntax.envelope import InterchangeClosed, Message
from gateway.syntax.files import read

GOLDEN = Path(__file__).parents[1] / "samples" / "golden"
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
FieldPath = tuple[str | int, ...]

# Where characters are taken from: what means something to a reader, and then everything there is.
ALPHABETS = (
    "*>~^:+'?|=/ ",
    "".join(map(chr, range(0x20))) + "\x7f",
    "".join(map(chr, range(0x80, 0xA0))),
    "ABCabc019 .,-",
    "äöüßéłøæœđðþ€„“–—×",
    "\u00a0\u00ad\u200b\u200e\u202e\u2028\u2066\ufeff\ufffd\ufffe",
    "\ud800\udbff\udc00\udfff",
    "漢字かなاللغةעבריתไทย",
    "\U0001f600\U0001f468\u200d\U0001f469\U000e0001\U0010ffff",
    "e\u0301\u0300\u0302\u0327\u0338",
)


def arbitrary(dice: Random) -> str:
    """A text of 1 to 24 characters, of one alphabet, of several, or of all of Unicode."""
    length = dice.choice((1, 2, 3, 8, 24))
    if dice.random() < 0.2:
        return "".join(chr(dice.randrange(sys.maxunicode + 1)) for _ in range(length))
    alphabets = dice.sample(ALPHABETS, dice.choice((1, 1, 2, 4)))
    return "".join(dice.choice(dice.choice(alphabets)) for _ in range(length))


@dataclass(frozen=True)
class Letter:
    """A document that is sent, and where in it there is free text."""

    name: str
    message: str
    partner: Partner
    document: BaseModel
    paths: tuple[FieldPath, ...]


class Office:
    """Writes and seals as the pipeline does, for the partners of the shipped example."""

    def __init__(self) -> None:
        self.config: Config = read_example()
        self.mappings: Mappings = mappings_of(None)
        self.desk = Desk(self.config, self.mappings, Catalogue(), cast("Any", None), NOW)

    def letters(self) -> list[Letter]:
        """Everything that the golden conversations send, one of each message in each of them."""
        found = []
        for path in sorted(GOLDEN.glob("*/*-gateway-*.edi")):
            message = next(event for event in read([path.read_bytes()]) if isinstance(event, Message))
            partner = self.config.partners["amazon-us" if path.parent.name.startswith("x12") else "amazon-eu"]
            document = read_message(message, self.mappings.guided(partner.guide, message.type)).document
            assert document is not None, path
            paths = tuple(path for path in texts_of(document) if self.is_free(document, path, message.type, partner))
            found.append(Letter(f"{path.parent.name}/{path.name}", message.type, partner, document, paths))
        return [letter for letter in found if letter.paths]

    def is_free(self, document: BaseModel, path: FieldPath, message: str, partner: Partner) -> bool:
        """Whether a field takes any text: the model lets it, and the message can say it."""
        changed = with_text(document, path, "AB1")
        return changed is not None and not compose(changed, message, partner, self.desk).gaps

    def fate(self, letter: Letter, path: FieldPath, text: str) -> str:
        """What becomes of a text: equal, told, gap or refused. Raises AssertionError where it does harm."""
        document = with_text(letter.document, path, text)
        if document is None:
            return "refused"
        composed = compose(document, letter.message, letter.partner, self.desk)
        if composed.gaps:
            return "gap"
        sealed = composed.enclosed(PROVISIONAL, self.desk.now)
        assert not sealed.unfit, "what does not fit is to be sent"
        events = list(read([sealed.data]))
        [came] = [event for event in events if isinstance(event, Message)]
        [closed] = [event for event in events if isinstance(event, InterchangeClosed)]
        assert not closed.findings, closed.findings
        assert not came.findings, came.findings
        written = write_document(document, self.mappings.guided(letter.partner.guide, letter.message)).segments
        assert len(came.segments) == len(written) + 2, "another number of segments"
        if sealed.replaced:
            return "told"
        back = read_message(came, self.mappings.guided(letter.partner.guide, letter.message)).document
        assert back is not None, "what was sent cannot be read"
        # By value and not by place: a ship notice is read order by order, however its packs were listed.
        assert text in {text_at(back, each) for each in texts_of(back)}, f"{text_at(back, path)!r} came back"
        return "equal"


def texts_of(value: Any, path: FieldPath = ()) -> Iterator[FieldPath]:
    """Where in a document there is text."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts_of(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from texts_of(each, (*path, index))
    elif isinstance(value, str):
        yield path


def text_at(value: Any, path: FieldPath) -> Any:
    for part in path:
        value = value[part] if isinstance(part, int) else getattr(value, part)
    return value


def with_text(document: BaseModel, path: FieldPath, text: str) -> BaseModel | None:
    """The document with another text in one place; None where its model refuses that."""
    dumped = document.model_dump()
    holder: Any = dumped
    for part in path[:-1]:
        if isinstance(holder[part], tuple):
            holder[part] = list(holder[part])
        holder = holder[part]
    holder[path[-1]] = text
    try:
        return type(document).model_validate(dumped)
    except ValidationError:
        return None


@cache
def office() -> tuple[Office, list[Letter]]:
    """Made once: finding the free texts costs a composition each."""
    made = Office()
    return made, made.letters()


def inject(times: int, seed: int) -> tuple[Counter[str], set[str], list[str]]:
    """How many texts met which fate, which fields had one, and what did harm."""
    dice, (desk, letters) = Random(seed), office()
    fates: Counter[str] = Counter()
    fields: set[str] = set()
    harm: list[str] = []
    places = [(letter, path) for letter in letters for path in letter.paths]
    for turn in range(times):
        # Every field has its turn before any has a second.
        letter, path = places[turn % len(places)]
        text = arbitrary(dice)
        name = f"{letter.message}.{'.'.join(str(part) for part in path if isinstance(part, str))}"
        fields.add(name)
        try:
            fates[desk.fate(letter, path, text)] += 1
        except Exception as wrong:  # whatever it is, it is looked for
            harm.append(f"{letter.name} {name} {text!r}: {type(wrong).__name__}: {wrong}")
    return fates, fields, harm


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where a text did harm, or one of the ways to end never happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.injection", description="Arbitrary text in what we send.")
    parser.add_argument("-n", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    fates, fields, harm = inject(chosen.n, chosen.seed)
    counted = ", ".join(f"{fates[fate]} {fate}" for fate in ("equal", "told", "gap", "refused"))
    print(f"seed {chosen.seed}: {chosen.n} texts in {len(fields)} fields: {counted}, {len(harm)} did harm")
    print(*sorted(fields), sep=" ")
    print(*harm[:10], sep="\n")
    return int(bool(harm) or not all(fates[fate] for fate in ("equal", "told", "gap")))


if __name__ == "__main__":
    sys.exit(main())
