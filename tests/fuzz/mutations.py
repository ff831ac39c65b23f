"""Damage: small functions of dice, data and the marks that mean something to a reader."""

import random
from collections.abc import Callable, Sequence

Random = random.Random
Mutation = Callable[[Random, bytes, bytes], bytes]

# What readers stumble over, whatever they read: numbers, names, encodings, control and invisible characters.
ODD = (
    *(b"", b"0", b"-0", b"9", b"-1", b"1.5", b"1e999999999", b"9" * 40, b"1_0", b"0x1f", b"NaN", b"Infinity", b"null"),
    *(b"\x00", b"\x1b[31m", b"\r\n", b"\n", b"\t", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\x80"),
    *("\u202e".encode(), "\u200b".encode(), "é".encode(), "٣".encode(), "²".encode(), "İ".encode(), "😀".encode()),
    *(b"../../etc/passwd", b"/", b"\\", b"%2F", b"%", b"-rf", b".", b"..", b"=1+1", b"<b>", b"{", b"[", b'"', b"'"),
    *(b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"2026-02-30", b"24:00", b"99999999999999d", b"X"),
)


def cut_out(dice: Random, data: bytes, _: bytes) -> bytes:
    start, end = piece(dice, data)
    return data[:start] + data[end:]


def double(dice: Random, data: bytes, _: bytes) -> bytes:
    start, end = piece(dice, data)
    return data[:end] + data[start:end] * dice.randint(1, 3) + data[end:]


def flip(dice: Random, data: bytes, _: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def throw_in(dice: Random, data: bytes, marks: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + bytes(dice.choices(marks, k=dice.randint(1, 3))) + data[at:]


def swap(dice: Random, data: bytes, _: bytes) -> bytes:
    start, end = piece(dice, data)
    further = min(end + dice.randint(1, 60), len(data))
    return data[:start] + data[end:further] + data[start:end] + data[further:]


def splice(dice: Random, data: bytes, marks: bytes) -> bytes:
    """A part from somewhere else in the file, at the beginning of another; parts end in the third of the marks."""
    terminator = marks[2:3]
    segments = data.split(terminator)
    segments.insert(dice.randrange(len(segments)), dice.choice(segments))
    return terminator.join(segments)


def renumber(dice: Random, data: bytes, _: bytes) -> bytes:
    places = [at for at, byte in enumerate(data) if byte in b"0123456789"]
    if not places:
        return data
    at = dice.choice(places)
    return data[:at] + dice.choice((b"", b"0", b"9", b"-1", b"1.5", b"99999999999", b"X")) + data[at + 1 :]


def odd(dice: Random, data: bytes, _: bytes) -> bytes:
    """Something odd instead of a piece, often instead of a whole word."""
    if dice.random() < 0.5:
        start, end = piece(dice, data)
    else:
        start = dice.randrange(len(data) + 1)
        while start > 0 and data[start - 1 : start].isalnum():
            start -= 1
        end = start
        while data[end : end + 1].isalnum():
            end += 1
    return data[:start] + dice.choice(ODD) + data[end:]


def end_early(dice: Random, data: bytes, _: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


# The ends of files are cut rarely: most of the time damage should reach the grammar.
MUTATIONS: Sequence[Mutation] = (*(cut_out, double, flip, throw_in, swap, splice, renumber) * 5, *(odd,) * 3, end_early)


def piece(dice: Random, data: bytes) -> tuple[int, int]:
    start = dice.randrange(len(data) + 1)
    return start, min(start + dice.randint(1, dice.choice((2, 12, 80))), len(data))


def damaged(dice: Random, data: bytes, marks: bytes) -> bytes:
    """Some data, once to six times damaged."""
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        data = dice.choice(MUTATIONS)(dice, data, marks)
    return data
