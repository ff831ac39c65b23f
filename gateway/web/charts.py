"""Charts as SVG, drawn here: no script, no library, and they print. Their colours are the page's (style.css)."""

from collections.abc import Sequence

from markupsafe import Markup

from gateway.queries import Json

_WIDTH, _HEIGHT, _FOOT = 480, 84, 14


def sparkline(hours: Sequence[Json]) -> Markup:
    """Documents that came and went, a pair of bars for each hour, with the highest hour as the measure."""
    most = max((row[way] for row in hours for way in ("in", "out")), default=0) or 1
    step = _WIDTH / max(len(hours), 1)
    room = _HEIGHT - _FOOT - 2
    bars = []
    for n, row in enumerate(hours):
        for at, way in ((0.0, "in"), (0.42, "out")):
            height = room * row[way] / most
            if row[way]:
                height = max(height, 1.5)
            title = f"{row['hour'][11:]}:00 UTC: {row[way]} {way}"
            bars.append(
                Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1"><title>{}</title></rect>').format(
                    way,
                    f"{n * step + step * (0.08 + at):.1f}",
                    f"{room - height + 2:.1f}",
                    f"{step * 0.4:.1f}",
                    f"{height:.1f}",
                    title,
                )
            )
        if n % 6 == 0 or n == len(hours) - 1:
            bars.append(
                Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
                    f"{n * step + step / 2:.1f}",
                    _HEIGHT - 2,
                    "start" if n == 0 else "end" if n == len(hours) - 1 else "middle",
                    f"{row['hour'][11:]}:00",
                )
            )
    said = f"{sum(row['in'] for row in hours)} documents came and {sum(row['out'] for row in hours)} went"
    base = Markup('<line x1="0" x2="{}" y1="{}" y2="{}"/>').format(_WIDTH, room + 2.5, room + 2.5)
    return Markup('<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{} in {} hours">{}{}</svg>').format(
        _WIDTH, _HEIGHT, said, len(hours), base, Markup("").join(bars)
    )


def meter(part: float) -> Markup:
    """A bar that is filled to a part between 0 and 1."""
    filled = max(0.0, min(1.0, part)) * 100
    return Markup(
        '<svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="6" rx="3"/><rect class="fill" width="{}" height="6" rx="3"/></svg>'
    ).format(f"{filled:.1f}")
