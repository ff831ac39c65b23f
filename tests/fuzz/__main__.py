"""Throw damaged input at everything that reads: `python -m tests.fuzz -n 1000000 --reader all --seed 1`.

Samples are damaged (pieces lost, doubled, swapped, spliced, bytes flipped, marks thrown in, ends cut off) and given to
a reader as the gateway gives them. Whatever comes, only findings or our own exceptions may come of it, within one
second of processor time and 256 MB of memory an input. Printed is how many inputs got past the first gate of their
reader, as a mutation that every reader refuses at its first bytes tests nothing.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence

from tests.fuzz import erp, idocs, instance, interchanges, names, reports, sellers, settings, wires
from tests.fuzz.reader import Reader, fuzz

READERS: dict[str, Callable[[], Reader]] = {
    "x12": interchanges.reader_of_x12,
    "edifact": interchanges.reader_of_edifact,
    "files": interchanges.reader_of_files,
    "reports": reports.reader_of_reports,
    "erp-documents": erp.reader_of_documents,
    "idocs": idocs.reader_of_idocs,
    "masters": erp.reader_of_masters,
    "names": names.reader_of_names,
    "times": settings.reader_of_times,
    "config": settings.reader_of_config,
    "guides": settings.reader_of_guides,
    "sftp": wires.reader_of_sftp,
    "receipts": wires.reader_of_receipts,
    "as2-names": wires.reader_of_as2_names,
    "orders-import": wires.reader_of_begun_orders,
    "partner-files": instance.reader_of_partner_files,
    "answers": instance.reader_of_answers,
    "erp-files": instance.reader_of_erp_files,
    "seller-files": sellers.reader_of_seller_files,
    "seller-erp-files": sellers.reader_of_seller_erp_files,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where an exception escaped, an input took too long, or too few got past the first gate of their reader."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Throw damaged input at the readers.")
    parser.add_argument("-n", type=int, default=10_000, help="inputs for each reader")
    parser.add_argument("--reader", choices=[*READERS, "all"], default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, help="stop each reader after so long, however many inputs it had")
    chosen = parser.parse_args(arguments)
    is_failed = False
    for name, make in READERS.items():
        if chosen.reader in (name, "all"):
            reader = make()
            until = time.monotonic() + chosen.minutes * 60 if chosen.minutes else None
            count = fuzz(reader, chosen.n, chosen.seed, until)
            reader.close()
            print(count.as_line(reader), flush=True)
            for said in count.unhandled[:5]:
                print(said[:2000], flush=True)
            is_failed |= count.is_failed(reader)
    return int(is_failed)


if __name__ == "__main__":
    sys.exit(main())
