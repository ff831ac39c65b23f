"""Delimited text as marketplaces write it: tabs between cells, a line a row, a header first, and no quoting at all.

A quote is a character like any other (`SIEB 12"`), so csv has no part in this. A byte order mark, CRLF, blank
lines, and cells that are missing at the end of a row are accepted. Text is UTF-8, else Windows-1252, decided by the
first bytes that tell; UTF-16 where its mark says so. Only a piece of the file is ever held, so any size can be read.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from gateway.findings import Finding, find

TAB = "\t"
Chunks = Callable[[], Iterable[bytes]]
"""The bytes of a file in pieces, from the start each time it is called: deciding the style may look ahead."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LONGEST = 1 << 20  # characters of a line: what is longer is no row of a report


class TooLong(ValueError):
    """A line that does not end."""


@dataclass(frozen=True)
class Table:
    """The header of a file, and how to get at its rows."""

    columns: tuple[str, ...]
    encoding: str
    chunks: Chunks

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row after the header as (line of the file from 1, cells); blank lines are left out.

        A row with fewer cells than the header is filled up with empty ones; one with more keeps them, for whoever
        reads it to refuse. Raises TooLong.
        """
        width, before, seen_header = len(self.columns), 0, False
        for lines in _lines_of_pieces(self.chunks(), self.encoding):
            for number, line in enumerate(lines, before + 1):
                if not line or line.isspace():
                    continue
                if not seen_header:
                    seen_header = True
                    continue
                cells = line.split(TAB)
                if len(cells) != width:
                    cells = _fitted(cells, width)
                yield number, cells
            before += len(lines)


def open_table(chunks: Chunks) -> Table | Finding:
    """The table in a file, or why there is none: nothing in it, or a first line without a tab."""
    encoding = encoding_of(chunks())
    for line in read_lines(chunks(), encoding):
        if not line or line.isspace():
            continue
        columns = tuple(cell.strip() for cell in line.rstrip(TAB).split(TAB))
        if len(columns) < 2:
            return find("report-unknown", "the first line is no header: no tab stands in it", segment=1)
        return Table(columns, encoding, chunks)
    return find("file-empty", "there is nothing in the file", offset=0)


def encoding_of(chunks: Iterable[bytes]) -> str:
    """UTF-8 unless its mark says UTF-16, or the bytes are no UTF-8: then Windows-1252, as Amazon writes for Europe."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    first, is_utf_8 = True, False
    for chunk in chunks:
        if first:
            for mark, encoding in _MARKS:
                if chunk.startswith(mark):
                    return encoding
            first = False
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        try:
            is_utf_8 |= not decoder.decode(chunk).isascii()
        except UnicodeDecodeError:
            return "cp1252"
    # A last byte that begins a character: of a file that is cut off where there were others, else a letter of its own.
    return "cp1252" if decoder.getstate()[0] and not is_utf_8 else "utf-8"


def read_lines(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """The lines of a file without their ends: LF, or CRLF. Bytes without a meaning become U+FFFD. Raises TooLong."""
    return chain.from_iterable(_lines_of_pieces(chunks, encoding))


def _lines_of_pieces(chunks: Iterable[bytes], encoding: str) -> Iterator[list[str]]:
    """The same, piece by piece: the lines that are whole by then."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest = ""
    for chunk in chunks:
        text = rest + decoder.decode(chunk)
        lines = text.split("\n")
        rest = lines.pop()
        if len(rest) > _LONGEST:
            raise TooLong(f"a line of more than {_LONGEST} characters")
        yield [line.removesuffix("\r") for line in lines] if "\r" in text else lines
    rest += decoder.decode(b"", True)
    if rest:
        yield [rest.rstrip("\r")]


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A header and rows as marketplaces read them, in UTF-8; what would end a cell or a row becomes a blank."""
    lines = [TAB.join(columns), *(TAB.join(" ".join(cell.split()) for cell in row) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode()


def _fitted(cells: list[str], width: int) -> list[str]:
    """As many cells as the header has: missing ones are empty, and empty ones at the end that are too many are not."""
    if len(cells) < width:
        return cells + [""] * (width - len(cells))
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells
