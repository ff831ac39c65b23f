"""Code 128 written a second time, from ISO/IEC 15417 alone: the bars that a printer makes of a field of ZPL."""

from collections.abc import Iterator

from PIL import Image

# Table 1 of ISO/IEC 15417: the widths of bars and spaces of the values 0 to 105, and of the stop.
_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
WIDTHS = _TABLE.split()
STOP = "2331112"
START_C, FNC1 = 105, 102
_INVOCATIONS = {">;": START_C, ">8": FNC1}  # ZPL II Programming Guide, ^BC


def values_of(field: str) -> list[int]:
    """The values of a field of ZPL in subset C, with the check character (modulo 103) behind them."""
    found: list[int] = []
    while field:
        head, field = field[:2], field[2:]
        found.append(_INVOCATIONS[head] if head in _INVOCATIONS else int(head))
    assert found[0] == START_C
    return [*found, (found[0] + sum(place * value for place, value in enumerate(found[1:], 1))) % 103]


def modules_of(values: list[int]) -> Iterator[bool]:
    """Whether each module is black."""
    for widths in (*(WIDTHS[value] for value in values), STOP):
        for place, width in enumerate(widths):
            yield from [place % 2 == 0] * int(width)


def picture_of(values: list[int], module: int, height: int) -> Image.Image:
    """The symbol, with ten modules free on both sides, so many dots a module."""
    row = [*[False] * 10, *modules_of(values), *[False] * 10]
    image = Image.new("L", (len(row), 1))
    image.putdata([0 if black else 255 for black in row])
    return image.resize((len(row) * module, height), Image.Resampling.NEAREST)
