"""Words of settlements that several of their readers must agree on."""

from gateway.grammar.reports import folded

REFUNDS = frozenset(map(folded, ("Refund", "Chargeback Refund", "A-to-z Guarantee Refund")))
"""Transaction types that pay a buyer back, folded."""
