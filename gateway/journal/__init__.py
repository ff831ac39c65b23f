"""The journal: one SQLite file with every file, message, document, event, case, attempt and control number.

The only package that knows SQL. `Journal` opens and asks, `Journal.transaction` writes: all of an arrival or nothing.
What tells history is an entry in a chain of hashes; the other tables are facts that entries began, or folds of them.
"""

from gateway.journal.backup import backup, export, restore
from gateway.journal.journal import Journal, Transaction
from gateway.journal.records import Case, Dispatch, Document, Entry, File, Interchange, Message
from gateway.journal.verify import Verification, verify

__all__ = [
    "Case",
    "Dispatch",
    "Document",
    "Entry",
    "File",
    "Interchange",
    "Journal",
    "Message",
    "Transaction",
    "Verification",
    "backup",
    "export",
    "restore",
    "verify",
]
