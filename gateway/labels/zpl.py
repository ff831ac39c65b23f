"""Labels as ZPL II, for the printer on the packing bench.

Subset C and FNC1 are asked for in so many words (`>;` and `>8`), so that no printer's own choice decides what a scanner
reads. Text is UTF-8 (^CI28), and what ZPL would take for a command is written in hexadecimal (^FH).
"""

from collections.abc import Iterable, Iterator

from gateway.labels.label import Label
from gateway.labels.layout import BAR_HEIGHT, MODULE, MODULES, Layout, lay_out

_INCH = 25.4  # mm
_SUBSET_C, _FNC1 = ">;", ">8"
_ESCAPED = {character: f"_{ord(character):02X}" for character in "^~_\\>"}


def to_zpl(labels: Iterable[Label], size: str, resolution: int) -> str:
    """All labels, one format each; `size` is a name of layout.SIZES, `resolution` in dots an inch."""
    return "".join("\n".join([*_format(lay_out(label, size), resolution), ""]) for label in labels)


def _format(layout: Layout, resolution: int) -> Iterator[str]:
    def dots(millimetres: float) -> int:
        return round(millimetres * resolution / _INCH)

    yield "^XA^CI28"
    yield f"^PW{dots(layout.width)}^LL{dots(layout.height)}^LH0,0"
    for text in layout.texts:
        height = dots(text.size * 1.25)  # ZPL measures from top to bottom of a letter, capitals fill four fifths
        yield f"^FO{dots(text.x)},{dots(text.y)}^A0N,{height},{height}^FH_^FD{_escaped(text.text)}^FS"
    for rule in layout.rules:
        yield f"^FO{dots(2)},{dots(rule)}^GB{dots(layout.width - 4)},2,2^FS"
    # A narrow bar is a whole number of dots: 4 at 203 an inch and 6 at 300 are both about 0.5 mm.
    module = dots(MODULE)
    left = (dots(layout.width) - MODULES * module) // 2
    yield f"^BY{module}^FO{left},{dots(layout.bars_at)}^BCN,{dots(BAR_HEIGHT)},N,N,N,N"
    yield f"^FD{_SUBSET_C}{_FNC1}{layout.bars}^FS"
    yield "^XZ"


def _escaped(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return "".join(_ESCAPED.get(character, character) for character in printable)
