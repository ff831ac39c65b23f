"""The nearest right word, where a person or the ERP names an order, a partner or a number that there is not.

Words are compared by their letters, whatever their case. Of orders only those count that are not over.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from gateway.journal import Journal, Transaction
from gateway.lifecycle.ledger import stage_of
from gateway.pipeline.chronicle import state_of

_ALIKE = 0.6
_LATEST = 2_000  # orders: whoever mistypes a number means one that he has before him
_NEAREST = 5
_ORDERS = ("850", "ORDERS")
_OVER = frozenset({"cancelled", "rejected", "paid"})


def nearest(word: str, known: Iterable[str], at_most: int = 1) -> list[str]:
    """The known words that are most like this one, the nearest first; none where nothing is near."""
    by_letters = {each.casefold(): each for each in known if each != word}
    return [by_letters[each] for each in get_close_matches(word.casefold(), by_letters, at_most, _ALIKE)]


def nearest_order(number: str, partner: str, journal: Journal | Transaction) -> str | None:
    """The open order of this partner whose number is most like this one; None where none is near."""
    numbers = {
        document.business_number
        for kind in _ORDERS
        for document in journal.documents(type=kind, direction="in", partner=partner, limit=_LATEST)
    }
    for each in nearest(number, numbers, _NEAREST):
        state = state_of(journal, partner, each)
        if state is not None and stage_of(state) not in _OVER:
            return each
    return None


def no_order(number: str, partner: str, journal: Journal | Transaction) -> str:
    """The sentence that there is no such order of this partner, and which one was probably meant."""
    meant = nearest_order(number, partner, journal)
    return f"there is no order {number} of {partner}" + (f": did you mean {meant}?" if meant else "")
