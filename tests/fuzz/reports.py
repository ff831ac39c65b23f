"""Reports of marketplaces as they are read: unpacked, known by their header, made into records, and added up."""

import gzip
from datetime import UTC

from gateway.finance.adding import add_up
from gateway.finance.gates import hold
from gateway.finance.journal import imbalance, journal_entries
from gateway.findings import Finding
from gateway.grammar.styles import Preference
from gateway.instance import mappings_of
from gateway.syntax.compressed import Unpackable, is_gzip, unpack
from tests.finance.conftest import shipped_book
from tests.fuzz.interchanges import SAMPLES
from tests.fuzz.mutations import Random
from tests.fuzz.reader import Reader, Took

LONGEST_SEED = 6_000
MARKS = b"\t\r\n\"'.,-+()/ :\xc2\xa3\xef\xbb\xbf0123456789"
_AT_MOST = 1_000_000


def reader_of_reports() -> Reader:
    """Every sample of a seller, plain and packed; what a settlement may be posted as balances, whatever came."""
    plain = [path.read_bytes() for path in sorted((SAMPLES / "seller").glob("*.txt"))]
    plain += [(SAMPLES / "demo" / "settlement.txt").read_bytes()]
    seeds = [data for data in plain if len(data) <= LONGEST_SEED]
    reports, book = mappings_of(None).reports, shipped_book()

    def take(data: bytes, dice: Random) -> Took:
        size = dice.choice((7, 100, 100_000))

        def chunks() -> list[bytes]:
            pieces = [data[at : at + size] for at in range(0, len(data), size)]
            return list(unpack(pieces, _AT_MOST)) if is_gzip(data) else pieces

        preferred = Preference(dice.choice((None, ".", ",")), dice.choice((None, True, False)))
        try:
            opened = reports.open(chunks, preferred)
        except Unpackable:
            return Took(False, 1)
        if isinstance(opened, Finding):
            return Took(False, 1)
        if opened.report != "settlement":
            return Took(sum(1 for _ in opened.rows()) > 0, len(opened.findings))
        settlement = add_up(opened.rows, UTC)
        if not opened.findings and hold(settlement) is None:
            for entry in journal_entries(settlement, book):
                assert imbalance(entry) == 0, settlement
        return Took(settlement.rows > 0, len(opened.findings))

    return Reader(
        "reports", [*seeds, *(gzip.compress(seed, mtime=0) for seed in seeds[:3])], MARKS, take, "with a row", 0.3
    )
