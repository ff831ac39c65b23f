"""terms.csv: for each account the days until payment and the tax rate in per cent."""

from dataclasses import dataclass
from decimal import Decimal

from gateway.catalogue import masters
from gateway.catalogue.masters import REQUIRED_TEXT, Column, Master
from gateway.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTerms:
    """A row of terms.csv."""

    account: str
    net_days: int | None = None
    tax_rate: Decimal | None = None

    @property
    def key(self) -> tuple[str]:
        """What makes a row this row: a file that names it again replaces it."""
        return (self.account,)


TERMS: Master[AccountTerms] = Master(
    "terms.csv",
    {
        "account": REQUIRED_TEXT,
        "net_days": Column("a whole number of days", masters.count),
        "tax_rate": Column("a rate in per cent such as 19", masters.decimal, numeric=True),
    },
    AccountTerms,
)


def read_terms(text: str | bytes) -> tuple[tuple[AccountTerms, ...], tuple[Finding, ...]]:
    """The rows of terms.csv that can be used, and a finding for each that cannot."""
    return TERMS.read(text)
