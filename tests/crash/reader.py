"""A reader of what left the gateway that shares nothing with it: a file's bytes, cut by hand into what a test counts.

It knows the two envelopes, the numbers in them, and which order or interchange a message is about. Anything cut short,
empty or not closed by its own trailer raises Broken: a far end that eats at once would have taken half a file.
"""

import json
from dataclasses import dataclass


class Broken(Exception):
    """These bytes are not a whole file."""


@dataclass(frozen=True)
class Letter:
    """One interchange: its numbers, the kind of its message, and what the message is about.

    `about` is the order's number, or the control number of the group or interchange that is answered.
    """

    to: str
    number: int
    group: int | None
    message: str
    about: str


@dataclass(frozen=True)
class Order:
    """A sales order as the ERP got it: whose, which number, and how many pieces in all."""

    partner: str
    number: str
    revision: int
    lines: tuple[tuple[str, str], ...]


def read_letter(data: bytes) -> Letter:
    """One interchange of ours. Raises Broken."""
    text = data.decode("latin-1")
    try:
        return _x12(text) if text.startswith("ISA*") else _edifact(text)
    except (IndexError, ValueError, StopIteration) as wrong:
        raise Broken(f"{text[:40]!r}... of {len(data)} bytes: {wrong}") from wrong


def _x12(text: str) -> Letter:
    if not text.rstrip().endswith("~"):
        raise ValueError("it does not end with a segment")
    segments = [piece.strip().split("*") for piece in text.split("~") if piece.strip()]
    isa, gs, st = segments[0], segments[1], segments[2]
    ge, iea = segments[-2], segments[-1]
    if iea[0] != "IEA" or ge[0] != "GE" or iea[2] != isa[13] or ge[2] != gs[6]:
        raise ValueError("its trailers do not close its headers")
    if int(segments[-3][1]) != len(segments) - 4:
        raise ValueError("it has another number of segments than it says")
    names = {"997": ("AK1", 2), "855": ("BAK", 3)}
    tag, place = names[st[1]]
    about = next(segment[place] for segment in segments if segment[0] == tag)
    return Letter(isa[8].strip(), int(isa[13]), int(gs[6]), st[1], about)


def _edifact(text: str) -> Letter:
    if not text.rstrip().endswith("'"):
        raise ValueError("it does not end with a segment")
    segments = [piece.strip().split("+") for piece in text.split("'") if piece.strip()]
    unb, unh, unz = segments[0], segments[1], segments[-1]
    if unb[0] != "UNB" or unz[0] != "UNZ" or unz[2] != unb[5]:
        raise ValueError("its trailer does not close its header")
    if int(segments[-2][1]) != len(segments) - 2:
        raise ValueError("it has another number of segments than it says")
    message = unh[2].split(":")[0]
    if message == "CONTRL":
        about = next(segment[1] for segment in segments if segment[0] == "UCI")
    else:
        about = next(s[1].split(":")[1] for s in segments if s[0] == "RFF" and s[1].startswith("ON:"))
    return Letter(unb[3].split(":")[0], int(unb[5]), None, message, about)


def read_order(data: bytes) -> Order:
    """One sales order of ours. Raises Broken."""
    try:
        body = json.loads(data)
        lines = tuple((line["line"], line["base"]["value"]) for line in body["lines"])
        return Order(body["partner"], body["purchase_order"], body["revision"], lines)
    except (ValueError, KeyError, TypeError) as wrong:
        raise Broken(f"{data[:40]!r}... of {len(data)} bytes: {wrong}") from wrong
