"""What a ship notice must meet as a whole: carrier, references, dates, places, and no more goods than were promised.

Sources: the partner's vendor rules for ship notices (references by mode, ARN of collect freight, window on delivery,
30 minutes after departure). What has happened already, such as a late departure, is shown and does not block.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from gateway.catalogue.booked import Booked
from gateway.documents.base import plain
from gateway.lifecycle.judged import Judged, Wanting
from gateway.lifecycle.ledger import is_said, is_wanted, pieces_shipped, promises
from gateway.lifecycle.pack_rules import kind_of

_AGAIN = "in the ERP's shipment, and send it with a higher revision"
_SCAC = re.compile(r"[A-Z]{2,4}")  # NMFTA: two to four letters
_PLACEHOLDERS = frozenset({"SCAC", "XXXX", "NONE", "TBD", "TEST"})
_PARCEL = frozenset({"parcel", "small-parcel"})
_LONGEST_BOL = 30
_HORIZON = timedelta(days=60)
_DATE = re.compile(r"(19|20)\d{6}|\d{4}-\d{2}-\d{2}")


def a_carrier(judged: Judged) -> Iterator[Wanting]:
    """The carrier is named by its Standard Carrier Alpha Code: two to four capital letters, and no placeholder."""
    scac = judged.goods.carrier.scac if judged.goods.carrier else None
    if scac is None:
        yield Wanting(
            message="no carrier is named",
            remedy=f'give carrier.scac, such as "UPSN", {_AGAIN}',
            path="carrier.scac",
            evidence={"scac": ""},
        )
    elif not _SCAC.fullmatch(scac) or scac in _PLACEHOLDERS:
        yield Wanting(
            message=f"{scac!r} is no carrier's code (SCAC)",
            remedy=f"give the carrier's two to four letters {_AGAIN}",
            path="carrier.scac",
            evidence={"scac": scac},
        )


def a_reference_of_the_carrier(judged: Judged) -> Iterator[Wanting]:
    """A parcel has a tracking number for each carton, of its own; every other mode has a PRO number."""
    goods = judged.goods
    if (goods.mode or "").lower() not in _PARCEL:
        if goods.pro_number is None:
            message = "the shipment has no PRO number"
            yield Wanting(message=message, remedy=f"give pro_number {_AGAIN}", path="pro_number")
        return
    seen: set[str] = set()
    for position, pack in enumerate(goods.packs, 1):
        if kind_of(pack) == "pallet":
            continue
        if pack.tracking is None:
            yield Wanting(
                message=f"parcel {position} ({pack.sscc or 'no SSCC'}) has no tracking number",
                remedy=f"give tracking of this pack {_AGAIN}",
                path=f"packs[{position - 1}].tracking",
                evidence={"pack": str(position)},
            )
        elif pack.tracking in seen:
            yield Wanting(
                message=f"parcel {position} has the tracking number {pack.tracking} of another",
                remedy=f"give each parcel its own tracking number {_AGAIN}",
                path=f"packs[{position - 1}].tracking",
                evidence={"pack": str(position), "tracking": pack.tracking},
            )
        seen.add(pack.tracking or "")


def a_bill_of_lading(judged: Judged) -> Iterator[Wanting]:
    """The bill of lading has a number: at most 30 characters, no blanks, not a single character, not a date."""
    number = judged.goods.bill_of_lading
    faults = {
        "is missing": number is None,
        f"has more than {_LONGEST_BOL} characters": len(number or "") > _LONGEST_BOL,
        "has a blank in it": " " in (number or ""),
        "is a single character": len(number or "") == 1,
        "is a date": bool(_DATE.fullmatch(number or "")),
    }
    for said in (said for said, holds in faults.items() if holds):
        yield Wanting(
            message=f"the bill of lading {said}",
            remedy=f"give bill_of_lading as the carrier's paper has it {_AGAIN}",
            path="bill_of_lading",
            evidence={"bill_of_lading": number or ""},
        )


def a_reference_of_collect_freight(judged: Judged) -> Iterator[Wanting]:
    """Where the partner pays the freight, his reference for it (ARN) is told."""
    if judged.goods.amazon_reference is not None:
        return
    for number, known in judged.orders.items():
        freight = known.booked.order.freight or known.booked.account.freight
        if freight == "collect":
            yield Wanting(
                message=f"order {number} travels on the partner's freight, and there is no reference of his (ARN)",
                remedy=f"give amazon_reference from the routing answer {_AGAIN}",
                path="amazon_reference",
                evidence={"purchase_order": number, "freight": freight},
            )
            return


def dates_of_departure_and_arrival(judged: Judged) -> Iterator[Wanting]:
    """Departure and estimated delivery are told, in this order, and departure is at most 60 days ahead."""
    goods = judged.goods
    if goods.shipped_at is None:
        message = "nothing says when the shipment left"
        yield Wanting(message=message, remedy=f"give shipped_at {_AGAIN}", path="shipped_at")
    elif goods.shipped_at > judged.now + _HORIZON:
        yield Wanting(
            message=f"the shipment leaves on {goods.shipped_at:%Y-%m-%d}, more than 60 days ahead",
            remedy=f"correct shipped_at {_AGAIN}",
            path="shipped_at",
            evidence={"shipped_at": goods.shipped_at.isoformat()},
        )
    if goods.estimated_delivery is None:
        message = "nothing says when the shipment will arrive"
        yield Wanting(message=message, remedy=f"give estimated_delivery {_AGAIN}", path="estimated_delivery")
    elif goods.shipped_at is not None and goods.estimated_delivery < goods.shipped_at.date() - timedelta(days=1):
        yield Wanting(
            message=f"the shipment would arrive on {goods.estimated_delivery}, before it left",
            remedy=f"correct estimated_delivery or shipped_at {_AGAIN}",
            path="estimated_delivery",
            evidence={"shipped_at": goods.shipped_at.isoformat(), "estimated": goods.estimated_delivery.isoformat()},
        )


def arrival_within_the_window(judged: Judged, *, has_left: bool) -> Iterator[Wanting]:
    """Whether the estimated delivery lies in the window of every order; `has_left` chooses which half is asked."""
    goods = judged.goods
    if (
        goods.estimated_delivery is None
        or (goods.shipped_at is not None and goods.shipped_at <= judged.now) != has_left
    ):
        return
    for number, known in judged.orders.items():
        window = known.state.window
        early = bool(window and window.not_before and goods.estimated_delivery < window.not_before)
        late = bool(window and window.not_after and goods.estimated_delivery > window.not_after)
        if window and (early or late):
            yield Wanting(
                message=f"order {number} would arrive on {goods.estimated_delivery}, "
                f"{'before' if early else 'after'} its window {window.not_before} to {window.not_after}",
                remedy="change the departure, or ask the partner for another window",
                path="estimated_delivery",
                evidence={"purchase_order": number, "estimated": goods.estimated_delivery.isoformat()},
            )


def an_arrival_that_can_still_be_changed(judged: Judged) -> Iterator[Wanting]:
    """What has not left yet arrives within the delivery window (DTM 064 to 063) of its orders."""
    return arrival_within_the_window(judged, has_left=False)


def an_arrival_in_time(judged: Judged) -> Iterator[Wanting]:
    """What has left arrives within the delivery window. It has happened: it is shown, and nothing is held for it."""
    return arrival_within_the_window(judged, has_left=True)


def a_place_it_leaves_from(judged: Judged) -> Iterator[Wanting]:
    """The place that the goods leave from is named by the ERP, which knows; it is not guessed from the account."""
    if judged.goods.ship_from is None or judged.goods.ship_from.code is None:
        message = "nothing says where the goods leave from"
        yield Wanting(message=message, remedy=f"give ship_from.code {_AGAIN}", path="ship_from.code")


def the_place_that_was_ordered(judged: Judged) -> Iterator[Wanting]:
    """The goods go where their orders want them, and the ERP says so."""
    code = judged.goods.ship_to.code if judged.goods.ship_to else None
    for number, known in judged.orders.items():
        if known.state.ship_to is not None and code != known.state.ship_to:
            yield Wanting(
                message=f"the goods go to {code or 'no place'}, order {number} wants them at {known.state.ship_to}",
                remedy=f"correct ship_to {_AGAIN}, or stop the lorry",
                path="ship_to.code",
                evidence={"purchase_order": number, "ordered": known.state.ship_to, "shipped": code or ""},
            )


def no_more_than_promised(judged: Judged) -> Iterator[Wanting]:
    """All shipments together hold no more of a line than was accepted and back-ordered, and than is still ordered."""
    orders = judged.orders
    # Where its turn has not come, what is going to be promised is held against it already.
    counts = {order: is_said if orders[order].state.is_answered else is_wanted for order in orders}
    answered = {order: promises(orders[order].state, counts[order]) for order in orders}
    gone = {order: pieces_shipped(orders[order].state, but=judged.number) for order in orders}
    for (order, number), pieces in judged.packed().items():
        line = judged.booked_line(order, number)
        if line is None:
            continue
        said = answered[order].get(number)
        if said is None and not orders[order].state.is_answered:
            continue
        promised = min(said.promised, line.base.value) if said else Decimal(0)
        before = gone[order].get(number, Decimal(0))
        if before + pieces > promised:
            yield Wanting(
                line=number,
                message=f"order {order}, line {number}: {plain(before + pieces)} pieces would be shipped, "
                f"promised are {plain(promised)}",
                remedy=f"correct the quantities {_AGAIN}; what is too much is charged, or sent back",
                evidence={"purchase_order": order, "promised": plain(promised), "shipped before": plain(before)},
            )


def no_mix_up_of_units(judged: Judged) -> Iterator[Wanting]:
    """As many pieces as cases were promised is nearly always a case shipped as an each, even where it divides."""
    answered = {order: promises(known.state) for order, known in judged.orders.items()}
    for (order, number), pieces in judged.packed().items():
        line = judged.booked_line(order, number)
        said = answered[order].get(number) if line else None
        if line is None or said is None or Booked.factor_of(line) == 1:
            continue
        parts = (said.accepted, said.backordered, said.accepted + said.backordered)
        if pieces in {part / Booked.factor_of(line) for part in parts if part}:
            cases = plain(pieces)
            yield Wanting(
                line=number,
                message=f"order {order}, line {number}: {cases} pieces are shipped, and {cases} cases of "
                f"{Booked.factor_of(line)} were promised: were cases counted as pieces?",
                remedy=f"if {cases} cases left, ship {plain(pieces * Booked.factor_of(line))} pieces {_AGAIN}; "
                "if not, release the notice with a reason",
                evidence={"purchase_order": order, "pieces": cases, "case of": str(Booked.factor_of(line))},
            )
