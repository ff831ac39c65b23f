"""The history of sales as the pipeline reads and writes it, and what configuration and masters say about one."""

from collections.abc import Iterable, Iterator
from typing import Any

from gateway.config import Marketplace, Seller
from gateway.grammar.reports import folded
from gateway.journal import Journal, Transaction
from gateway.mapping.report_files import LOST_AT_MOST
from gateway.marketplace.events import Event, name_of, write_event
from gateway.marketplace.sales import Sale, fold
from gateway.marketplace.terms import Facts, Rules, Terms, find_sku
from gateway.pipeline.desk import AT_ONCE, Desk
from gateway.pipeline.selling.reports import Report

WAKES = "sale:"
"""Subjects that begin so are sales."""

_LONGEST = 60  # characters of an order id


def sale_subject(seller: str, order: str) -> str:
    """Under what everything about an order of a seller is found."""
    return f"{WAKES}{seller}:{order}"


def parts_of(subject: str) -> tuple[str, str]:
    """Seller and order of a sale's subject."""
    _, seller, order = subject.split(":", 2)
    return seller, order


def orders_in(report: Report, column: str) -> Iterator[tuple[str, Any]]:
    """The rows of a report with the order of each; a row that names none is told, and passed over."""
    for row in report.file.rows():
        order = row.order.strip()
        if 0 < len(order) <= _LONGEST and order.isascii() and order.replace("-", "").isalnum():
            yield order, row
        else:
            report.file.note("cell-unreadable", f"line {row.line}: {order[:40]!r} is no order id", row.line, tag=column)


def lost_lines(report: Report, column: str) -> dict[str, tuple[int, ...]]:
    """By order, the lines of its rows that could not be read, once all rows have been asked for.

    Where too many are lost to know them all, any order may have lost one: they stand under no order then.
    """
    header = [folded(name) for name in report.file.table.columns]
    place, found = header.index(folded(column)), dict[str, tuple[int, ...]]()
    for line, cells in report.file.lost:
        order = cells[place].strip() if cells else ""
        found[order] = (*found.get(order, ()), line)
    if len(report.file.lost) < LOST_AT_MOST:
        found.pop("", None)
    else:
        found.setdefault("", (report.file.lost[-1][0],))
    return found


def sale_of(journal: Journal | Transaction, seller: str, order: str) -> Sale | None:
    """The state of a sale, folded from the journal; None where nothing is known of it."""
    subject = sale_subject(seller, order)
    is_writing = isinstance(journal, Transaction)
    after, sale = journal.folds.get(subject, (0, None)) if isinstance(journal, Transaction) else (0, None)
    entries = journal.events(subject, after=after, prefix="sale-")
    for entry in entries:
        sale = fold(sale or Sale(seller=seller, order=order), entry.kind, entry.body)
    if entries and is_writing:
        journal.folds[subject] = (entries[-1].seq, sale)  # type: ignore[union-attr]  # it is a transaction
    return sale


def record(sale: str, event: Event, desk: Desk, *more: str) -> None:
    """Write what happened to a sale, under its subject and what is named beside."""
    desk.note(name_of(event), write_event(event), sale, *more)


def wake(seller: str, order: str, desk: Desk) -> None:
    """Let the sale go on with the next round."""
    desk.tx.wake(sale_subject(seller, order), AT_ONCE)


def facts_of(sale: Sale, seller: Seller, desk: Desk) -> Facts:
    """What the rules and documents of this sale need to know."""
    named = seller.marketplace(sale.marketplace)
    _, items = desk.items()
    listed = [line.sku for line in sale.listed.lines] if sale.listed else []
    shipped = [item.sku for each in sale.shipped.values() for item in each.items]
    refunded = [line.sku for each in sale.refunded.values() for line in each.lines]
    returned = [each.sku for each in sale.returned.values()]
    found = {sku: find_sku(items, seller.name, sku) for sku in {*listed, *shipped, *refunded, *returned} if sku}
    return Facts(
        terms=terms_of(named) if named else None,
        rules=rules_of(seller),
        skus={theirs: ours for theirs, ours in found.items() if ours},
    )


def terms_of(marketplace: Marketplace) -> Terms:
    """The terms of a configured marketplace."""
    return Terms(
        name=marketplace.name,
        currency=marketplace.currency,
        customer=marketplace.customer,
        fba_location=marketplace.fba_location,
        tax_code=marketplace.tax_code,
        warehouse=marketplace.warehouse,
        prices_include_tax=marketplace.prices_include_tax,
    )


def rules_of(seller: Seller) -> Rules:
    """The seller's rules about orders."""
    locations: Iterable[str] = {each.fba_location for each in seller.marketplaces.values()}
    distinct = sorted(locations)
    return Rules(
        mode=seller.mode,
        pending=seller.pending,
        taxes=seller.taxes,
        unsellable=seller.stock.unsellable,
        only_location=distinct[0] if len(distinct) == 1 else None,
        pending_after=seller.pending_for,
        return_after=seller.return_within,
        warn_before=seller.dispatch_warn,
    )
