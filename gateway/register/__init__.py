"""The register: orders, documents, cases and deadlines as rows that are searched, sorted and counted in a moment.

The journal knows an order only as the fold of its events, which is right and slow: a list of a hundred thousand orders
would be a hundred thousand folds. The register keeps what the folds gave, in a file beside the journal
(`journal.db.register`). It follows the journal entry by entry and is nothing of its own: deleted, it is made again.
"""

from gateway.register.register import Register

__all__ = ["Register"]
