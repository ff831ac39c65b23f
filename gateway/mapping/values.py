"""The texts of a row's cells to its value, and back: codec and lookup together, the same for readers and writer.

Both ways raise ValueError with a sentence that says what the row cannot mean.
"""

from collections.abc import Callable, Sequence
from typing import Any

from gateway.mapping.mapping import Row

_SHOWN = 12  # how many codes of a lookup a message lists


def decode_row(row: Row, texts: Sequence[str]) -> Any:
    """The value of a row's cells; of a run, the list of those that are filled."""
    if row.expression.is_run:
        return [_meaning(row, row.codec.decode([text])) for text in texts if text]
    return _meaning(row, row.codec.decode(texts))


def encoder(row: Row) -> Callable[[Any], Sequence[str]]:
    """What makes the texts of a row's cells of a value: `("",)` where a lookup leaves the writing to another row."""
    lookup, codec = row.lookup, row.codec

    def looked_up(value: Any) -> Sequence[str]:
        code = lookup.encode(value) if lookup else None
        if code is None:
            raise ValueError(f"lookup {row.expression.lookup} has no code for it")
        return codec.encode(codec.decode([code])) if code else ("",)

    encode = looked_up if lookup else codec.encode

    def run(value: Any) -> Sequence[str]:
        texts = [text for item in value for text in encode(item)]
        if len(texts) > len(row.expression.cells):
            raise ValueError(f"there is room for {len(row.expression.cells)}")
        return texts

    return run if row.expression.is_run else encode


def default_value(row: Row) -> Any:
    """The value of a row whose cells are absent; None where it has no default."""
    text = row.expression.default
    if text is None or row.lookup:
        return text
    return decode_row(row, [text] * row.codec.cells)


def _meaning(row: Row, value: Any) -> Any:
    if row.lookup is None:
        return value
    meaning = row.lookup.decode(str(value))
    if meaning is None:
        known = ", ".join(list(row.lookup.meanings)[:_SHOWN])
        raise ValueError(f"is {str(value)!r}, which lookup {row.lookup.name} gives no meaning; it knows {known}")
    return meaning
