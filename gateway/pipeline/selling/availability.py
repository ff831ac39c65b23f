"""What we offer of our own stock goes out to Amazon: what changed, when it is due, and always the newest quantity.

While an update has not left, no other is written: it would be a second truth in the same queue. When it has, the next
look compares what Amazon was told with what is so then. So the newest quantity wins, each SKU's come in their order,
and a restart loses nothing, for all of it is in the journal. An update that failed for good counts as never sent.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

from gateway.catalogue import Items
from gateway.config import Seller
from gateway.config.values import Share
from gateway.documents import AvailabilityUpdate
from gateway.journal.records import Document
from gateway.pipeline.desk import AT_ONCE, Desk
from gateway.pipeline.selling.inventory_drift import erp_stock, finder, item_skus, sku_subject
from gateway.pipeline.selling.inventory_places import pools_of
from gateway.pipeline.selling.inventory_reports import Reader, newest_reports, stock_subject
from gateway.pipeline.selling.promises import promised
from gateway.pipeline.selling.pushes import FAST, PUSHES, interval
from gateway.pipeline.selling.shippers import shipped_by
from gateway.stock.availability import Buffer, Channels, Offer, changed, channels_of, offers
from gateway.stock.feed import MESSAGES_AT_MOST, write_feed

UPDATE = "availability-update"
_NUMBER = "availability"
_REPEATED_EVERY = 50  # updates: one of so many repeats what stands, so that nobody must read further back
_UNTIL_IT_HAS_LEFT = timedelta(minutes=1)
_ON_ITS_WAY = ("queued", "in_doubt")
_LEFT = ("delivered", *_ON_ITS_WAY)

Standing = dict[str, tuple[Decimal, Document]]


def push(subject: str, desk: Desk) -> bool:
    """Offer what has changed, of all SKUs or of the fast movers. Whether anything goes."""
    desk.tx.wake(subject, None)
    name, _, which = subject.removeprefix(PUSHES).partition(":")
    seller = desk.config.sellers.get(name)
    if seller is None:
        return False
    is_fast = f":{which}" == FAST
    updates = _updates(seller, desk.tx)
    if any(update.delivery in _ON_ITS_WAY for update in updates):
        # The earlier one leaves first, then the newest counts.
        soon = updates[-1].at + interval(seller, is_fast=is_fast)
        desk.tx.wake(subject, max(soon, desk.now + _UNTIL_IT_HAS_LEFT))
        return False
    standing = standing_offers(seller, desk.tx)
    told = {sku: quantity for sku, (quantity, _) in standing.items()}
    wanted = [each for each in offers_now(seller, desk) if not is_fast or _is_fast(each, seller)]
    news = changed(wanted, {sku: told[sku] for sku in told.keys() - _doubted(seller, standing, desk.tx)})
    if not news:
        return False
    desk.tx.wake(subject, desk.now + interval(seller, is_fast=is_fast))
    if seller.stock.fast_movers and not is_fast:  # they went along
        desk.tx.wake(f"{subject}{FAST}", desk.now + interval(seller, is_fast=True))
    revision = updates[-1].revision + 1 if updates else 0
    _send(seller, news[:MESSAGES_AT_MOST], revision, told if revision % _REPEATED_EVERY == 0 else None, desk)
    return True


def offers_now(seller: Seller, desk: Desk) -> list[Offer]:
    """What may be offered of each SKU that we ship, as everything is now."""
    from gateway.pipeline.selling.sales import pending_by_sku  # sales marks pushes itself

    pools: dict[str, Decimal] = {}
    locations = frozenset(pools_of(seller))
    for (sku, location), available in erp_stock(desk.tx).items():
        if location in locations:
            pools[sku] = pools.get(sku, Decimal(0)) + available
    buffers = {sku: _buffer(value) for sku, value in seller.stock.buffers.items()}
    channels = channels_now(seller, desk.tx)
    names = names_of(seller, channels, desk.items()[1])
    held = promised(seller, pools.keys() & set(names.values()), desk)
    for item, pieces in pending_by_sku(seller, desk).items():
        held[item] = held.get(item, Decimal(0)) + pieces
    return offers(
        pools,
        names,
        channels,
        buffers,
        _buffer(seller.stock.buffer),
        held,
    )


def names_of(seller: Seller, channels: Channels, items: Items) -> dict[str, str]:
    """The ERP's items by the SKU they are listed under: as the listings report says it, else as items.csv does.

    Without any listings report an item is offered under the names that its rows for this seller have, else its own.
    """
    if channels.listed is not None:
        find = finder(seller, items)
        return {sku: item for sku in channels.listed if (item := find(sku)) is not None}
    named = {row.partner_item: row.sku for row in items.rows if row.partner == seller.name and row.partner_item}
    own = item_skus(items) - frozenset(named.values())
    return {**{sku: sku for sku in own}, **named}


def channels_now(seller: Seller, journal: Reader) -> Channels:
    """Who ships which SKU, by the newest reports of each marketplace, and by orders where no listing tells."""
    listings = (body["channels"] for _, body in newest_reports("listings", seller, journal))
    inventories = (body["channels"] for _, body in newest_reports("fba-inventory", seller, journal))
    return channels_of(listings, inventories, shipped_by(seller, journal))


def standing_offers(seller: Seller, journal: Reader) -> Standing:
    """SKU -> what Amazon was told last, and by which update, or by which one it was repeated.

    What failed for good was not told. Updates are read back to the last one that repeats what stands.
    """
    found: Standing = {}
    for update in reversed(_updates(seller, journal)):
        if update.delivery not in _LEFT:
            continue
        body = journal.body_of(update.id)
        for line in body["lines"]:
            found.setdefault(line["sku"], (Decimal(line["quantity"]), update))
        if body["standing"] is not None:
            for sku, quantity in body["standing"].items():
                found.setdefault(sku, (Decimal(quantity), update))
            break
    return found


def _updates(seller: Seller, journal: Reader) -> list[Document]:
    """The updates of a seller that say what stands, oldest first: as many as lie between two that repeat it all."""
    return journal.documents(
        type=UPDATE, direction="out", partner=seller.name, business_number=_NUMBER, limit=2 * _REPEATED_EVERY
    )


def _doubted(seller: Seller, standing: Standing, journal: Reader) -> frozenset[str]:
    """SKUs of which a listings report that came after our last word shows another quantity: they are told again."""
    found: set[str] = set()
    for _, body in newest_reports("listings", seller, journal):
        told_before = (sku for sku in body["differs"] if sku in standing)
        found.update(sku for sku in told_before if int(standing[sku][1].id) < int(body["document"]))
    return frozenset(found)


def _send(
    seller: Seller, news: Iterable[Offer], revision: int, standing: Mapping[str, Decimal] | None, desk: Desk
) -> None:
    lines = tuple(offer.line() for offer in news)
    named = {line.sku for line in lines}
    moment = f"{desk.now:%Y%m%dT%H%M%SZ}"
    update = AvailabilityUpdate(
        id=f"{seller.name}:{UPDATE}:{moment}",
        seller=seller.name,
        offered_at=desk.now,
        lines=lines,
        standing=None if standing is None else {sku: told for sku, told in standing.items() if sku not in named},
    )
    subjects = (stock_subject(seller), *(sku_subject(seller, line.sku) for line in lines))
    document_id = desk.tx.store_document(
        type=UPDATE,
        direction="out",
        partner=seller.name,
        business_number=_NUMBER,
        revision=revision,
        body=update.model_dump(mode="json"),
        delivery="queued",
        subjects=subjects,
    )
    desk.tx.queue(
        channel=seller.channel,
        name=f"inventory.{moment}-{document_id}.json",  # the number keeps two of one second apart
        data=write_feed(update, seller.merchant_id).encode(),
        document_id=document_id,
        next_at=AT_ONCE,
        subjects=subjects,
    )


def _is_fast(offer: Offer, seller: Seller) -> bool:
    return bool({offer.sku, offer.item}.intersection(seller.stock.fast_movers))


def _buffer(value: Decimal | Share) -> Buffer:
    return Buffer(percent=value.percent) if isinstance(value, Share) else Buffer(pieces=value)
