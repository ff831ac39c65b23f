"""Labels as PDF, a page each, with reportlab (the extra [labels]).

The fonts are those that every reader of PDF has, so letters outside of Western Europe are written as near as they come.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from gateway.errors import CannotCreate
from gateway.labels.label import Label
from gateway.labels.layout import BAR_HEIGHT, MODULE, MODULES, Layout, lay_out
from gateway.syntax.character_sets import find_character_set
from gateway.syntax.transliteration import transliterate

_POINT = 72 / 25.4  # points a millimetre
_FNC1 = "\xf1"  # as reportlab's Code 128 has it


def to_pdf(labels: Iterable[Label], size: str) -> bytes:
    """All labels, a page each; `size` is a name of layout.SIZES. Raises CannotCreate where reportlab is missing."""
    try:
        from reportlab.pdfgen.canvas import Canvas
    except ImportError as missing:
        raise CannotCreate(
            "labels as PDF need reportlab: install its extra, `pip install 'edi-gateway[labels]'` "
            "(in a checkout `scripts/venv labels`), or use --zpl"
        ) from missing
    out = BytesIO()
    canvas = Canvas(out, invariant=True)  # the same labels are the same bytes
    canvas.setTitle("Labels")
    for label in labels:
        _draw(canvas, lay_out(label, size))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Any, layout: Layout) -> None:
    from reportlab.graphics.barcode.code128 import Code128

    canvas.setPageSize((layout.width * _POINT, layout.height * _POINT))

    def up(y: float) -> float:
        return (layout.height - y) * _POINT  # PDF measures from below

    for text in layout.texts:
        size = text.size * 1.25 * _POINT
        canvas.setFont("Helvetica-Bold" if text.bold else "Helvetica", size)
        canvas.drawString(text.x * _POINT, up(text.y + text.size), _western(text.text))
    canvas.setLineWidth(0.7)
    for rule in layout.rules:
        canvas.line(2 * _POINT, up(rule), (layout.width - 2) * _POINT, up(rule))
    bars = Code128(
        f"{_FNC1}{layout.bars}",
        barWidth=MODULE * _POINT,
        barHeight=BAR_HEIGHT * _POINT,
        quiet=False,
        humanReadable=False,
    )
    bars.drawOn(canvas, (layout.width - MODULES * MODULE) / 2 * _POINT, up(layout.bars_at + BAR_HEIGHT))


def _western(text: str) -> str:
    latin_1 = find_character_set("UNOC")
    return transliterate(text, latin_1).text if latin_1 else text
