"""Series of control numbers: drawn inside the transaction that uses them, so none is reused and none skipped (R11).

The only gap is a recorded jump: after a restore the journal no longer knows what it sent last. After the last number
of a series comes 1 again.
"""

from datetime import datetime

from gateway.errors import NotFound
from gateway.journal.entries import EntryReader, EntryWriter
from gateway.journal.instants import stored

LAST = 999_999_999
"""The largest nine digits: X12 I12 (ISA13) and 28 (GS06); EDIFACT 0020 could hold more, and need not."""

_NEXT = "SELECT next FROM numbers WHERE series = ?"
_SET = "INSERT INTO numbers (series, next) VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET next = excluded.next"
_BUSIEST = (
    "SELECT max(n) FROM (SELECT count(*) AS n FROM entries WHERE kind = 'number-drawn' AND at >= ?"
    " GROUP BY substr(at, 1, 10), json_extract(body, '$.series'))"
)
_ALL = "SELECT series, next FROM numbers ORDER BY series"


def after(number: int, by: int = 1, last: int = LAST) -> int:
    """The number `by` steps on, wrapping from the last to 1."""
    return (number - 1 + by) % last + 1


def ahead(number: int, other: int, last: int = LAST) -> int:
    """By how many steps another number of a series is ahead; 0 where it is behind, by the shorter way round."""
    steps = (other - number) % last
    return steps if steps <= last // 2 else 0


class NumberReader(EntryReader):
    """Questions about series of numbers."""

    def numbers(self) -> dict[str, int]:
        """The next number of every series."""
        return dict(self._connection.rows(_ALL))

    def busiest_day(self, since: datetime) -> int:
        """How many numbers of one series were drawn at most in one day (UTC) from that instant on."""
        [(most,)] = self._connection.rows(_BUSIEST, (stored(since),))
        return int(most or 0)


class NumberWriter(NumberReader, EntryWriter):
    """Draws numbers."""

    def draw(self, series: str, start_at: int = 1, last: int = LAST) -> int:
        """The next number of a series; a series that is new begins with `start_at`."""
        row = self._connection.row(_NEXT, (series,))
        number: int = row[0] if row else start_at
        following = after(number, last=last)
        self._append("number-drawn", {"series": series, "number": number, "next": following})
        self._connection.change(_SET, (series, following))
        return number

    def jump(self, series: str, margin: int, reason: str, last: int = LAST, start_at: int | None = None) -> int:
        """Leave `margin` numbers of a series unused, saying why; answers with the next.

        A series of which no number was drawn jumps from `start_at`. Raises NotFound where that is not given.
        """
        row = self._connection.row(_NEXT, (series,))
        left = row[0] if row else start_at
        if left is None:
            raise NotFound(f"no number of the series {series} was drawn yet")
        following = after(left, by=margin, last=last)
        body = {"series": series, "left": left, "margin": margin, "next": following, "reason": reason}
        self._append("number-jumped", body, (f"series:{series}",))
        self._connection.change(_SET, (series, following))
        return following
