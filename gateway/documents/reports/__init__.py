"""The rows of marketplace reports as records: what a report says, before anything is made of it.

A record is a named tuple, for a report has up to millions of rows. Its first field is the line of the file it was read
from, counted from 1 with the header. Text that is absent is empty; amounts, quantities and times that are absent are
None. Words stay as they came unless the mapping gives them one of ours.
"""

from typing import Any

from gateway.documents.reports.settlement_row import SettlementRow

RECORDS: dict[str, type[Any]] = {
    "settlement-row": SettlementRow,
}
"""The word in the field `record` of a mapping -> its class."""

__all__ = ["RECORDS", "SettlementRow"]
