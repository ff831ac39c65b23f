"""Where everything stands on a label, in millimetres from the upper left corner: the same for every printer.

From top to bottom, as GS1 wants a logistic label: who sends and who gets it, how it travels, what it is, and at the
bottom the bars. Their height is 32 mm (at least 31.75) and each narrow bar is 0.495 to 0.94 mm wide, with ten of these
free on both sides (GS1 General Specifications, 5.12.3.5 and 6.6.4).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.labels.label import Label

SIZES = {"4x6": (101.6, 152.4), "a6": (105.0, 148.0)}
"""Width and height of the paper in millimetres."""

MODULE = 0.5
"""How wide a narrow bar is, in millimetres, where the printer's dots do not decide."""

MODULES = 156
"""So many narrow bars is a symbol of 20 digits wide: start, FNC1, ten pairs, check: 13 of 11; and the stop has 13."""

BAR_HEIGHT = 32.0

# mm; how wide a digit of Helvetica is, as a part of the height of its capitals (0.556 of an em, which is 1.25 of them)
_MARGIN, _LETTER = 4.0, 0.695
_MOST_ORDERS = 4


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `x` and `y` are its upper left corner, `size` is its height."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A label as it is drawn: texts, horizontal rules by their height, and where the bars begin."""

    width: float
    height: float
    texts: tuple[Text, ...]
    rules: tuple[float, ...]
    bars_at: float
    bars: str = field(repr=False, default="")


def lay_out(label: Label, size: str) -> Layout:
    """The layout of a label on paper of one of SIZES."""
    width, height = SIZES[size]
    bars_at = height - _MARGIN - 6.0 - BAR_HEIGHT
    rules = (36.0, 62.0, bars_at - 8.0)
    texts = (
        *_addresses(label, width),
        *_transport(label, width),
        *_pack(label, width),
        *_number(label, width, bars_at),
    )
    return Layout(width, height, texts, rules, bars_at, label.element_string)


def _addresses(label: Label, width: float) -> Iterator[Text]:
    half = width / 2
    for x, title, lines, size in ((_MARGIN, "FROM", label.ship_from, 2.6), (half, "TO", label.ship_to, 3.1)):
        yield Text(x, 3.0, 2.4, title, bold=True)
        for place, line in enumerate(lines[:6]):
            yield Text(x, 6.6 + place * size * 1.35, size, cut(line, half - _MARGIN, size))


def _transport(label: Label, width: float) -> Iterator[Text]:
    said = (
        ("CARRIER", label.carrier),
        ("TRACKING", label.tracking) if label.tracking else ("PRO", label.pro_number),
        ("B/L", label.bill_of_lading),
        ("SHIPMENT", label.shipment),
    )
    known = [(title, value) for title, value in said if value]  # a heading over nothing only makes somebody search
    for place, (title, value) in enumerate(known):
        y = 38.0 + place * 5.8
        yield Text(_MARGIN, y + 0.8, 2.4, title, bold=True)
        yield Text(_MARGIN + 20, y, 4.0, cut(value, width - 2 * _MARGIN - 20, 4.0))


def _pack(label: Label, width: float) -> Iterator[Text]:
    yield Text(_MARGIN, 64.0, 2.4, "PURCHASE ORDER" if len(label.orders) < 2 else "PURCHASE ORDERS", bold=True)
    shown = label.orders if len(label.orders) <= _MOST_ORDERS else label.orders[: _MOST_ORDERS - 1]
    more = len(label.orders) - len(shown)
    lines = [*shown, *([f"and {more} more"] if more else [])]
    for place, line in enumerate(lines):
        x, y = _MARGIN + (place % 2) * width / 2, 67.6 + (place // 2) * 6.0
        yield Text(x, y, 5.0, cut(line, width / 2 - _MARGIN, 5.0), bold=True)
    yield Text(_MARGIN, 82.0, 2.4, label.kind.upper(), bold=True)
    yield Text(_MARGIN, 85.6, 8.0, f"{label.number} of {label.count}", bold=True)


def _number(label: Label, width: float, bars_at: float) -> Iterator[Text]:
    yield Text(_MARGIN, bars_at - 6.0, 2.4, "SSCC", bold=True)
    size = 4.4
    written = len(label.readable) * size * _LETTER
    yield Text((width - written) / 2, bars_at + BAR_HEIGHT + 1.2, size, label.readable)


def cut(text: str, width: float, size: float) -> str:
    """A text that fits into a width; what is cut ends in two points."""
    most = max(3, int(width / (size * _LETTER)))
    return text if len(text) <= most else f"{text[: most - 2]}.."
