"""Orders, changes and cancellations as Amazon writes them: a message's name and its body, in either standard."""

from collections.abc import Sequence
from datetime import datetime

from gateway.config import Partner
from gateway.documents.base import plain
from gateway.simulate.amazon import Order, Wanted

_IN_LIN = frozenset({"EN", "UP", "SRV"})  # GS1 numbers stand in LIN, every other id in PIA


def order_message(order: Order, partner: Partner, currency: str) -> tuple[str, list[str]]:
    """The order, or all of it as it is now, as message and body: 850 or ORDERS."""
    return _orders(order, partner, currency) if partner.format == "edifact" else _x850(order)


def _x850(order: Order) -> tuple[str, list[str]]:
    total = sum(line.units for line in order.lines)
    return "850", [
        f"BEG*00*NE*{order.number}**{order.ordered_on:%Y%m%d}",
        f"REF*CR*{order.account}",
        "FOB*CC",
        "CSH*Y",
        f"DTM*064*{order.not_before:%Y%m%d}",
        f"DTM*063*{order.not_after:%Y%m%d}",
        f"N1*ST**92*{order.ship_to}",
        *(
            f"PO1*{line.line}*{line.units}*{_unit(line)}*{plain(line.offer.price)}*PE*{line.offer.scheme}*{line.offer.id}"
            for line in order.lines
        ),
        f"CTT*{len(order.lines)}*{total}",
    ]


def _unit(line: Wanted) -> str:
    return "EA" if line.offer.pack == 1 else "CA"


def _orders(order: Order, partner: Partner, currency: str) -> tuple[str, list[str]]:
    body = [
        f"BGM+220+{order.number}+9",
        f"DTM+137:{order.ordered_on:%Y%m%d}:102",
        f"DTM+63:{order.not_after:%Y%m%d}:102",
        f"DTM+64:{order.not_before:%Y%m%d}:102",
        f"RFF+CR:{order.account}",
        f"NAD+BY+{partner.theirs.id}::9",
        f"NAD+SU+{partner.ours.id}::9",
        f"NAD+DP+{order.ship_to}::9+++++++DE",
        f"NAD+IV+{partner.theirs.id}::9++AMAZON EU SARL+MARCEL-BREUER-STR. 12+MUENCHEN++80807+DE",
        "RFF+VA:DE814584193",
        f"CUX+2:{currency}:9",
    ]
    for line in order.lines:
        is_gs1 = line.offer.scheme in _IN_LIN
        body += [f"LIN+{line.line}++{line.offer.id}:{line.offer.scheme}" if is_gs1 else f"LIN+{line.line}"]
        body += [] if is_gs1 else [f"PIA+5+{line.offer.id}:{line.offer.scheme}"]
        body += [f"QTY+21:{line.units}", f"PRI+AAA:{plain(line.offer.price)}"]
    return "ORDERS", [*body, "UNS+S", f"CNT+2:{len(order.lines)}"]


def change_message(before: Order, after: Order, at: datetime, partner: Partner) -> tuple[str, list[str]]:
    """What became other in an order, as message and body: 860 or ORDCHG."""
    new = {line.line: line for line in after.lines}
    pairs = [(old, new.get(old.line)) for old in before.lines if new.get(old.line) != old]
    write = _ordchg if partner.format == "edifact" else _x860
    return write(before, pairs, at)


def _x860(order: Order, pairs: Sequence[tuple[Wanted, Wanted | None]], at: datetime) -> tuple[str, list[str]]:
    body = [f"BCH*04*NE*{order.number}**1*{order.ordered_on:%Y%m%d}*****{at:%Y%m%d}", f"REF*CR*{order.account}"]
    for old, now in pairs:
        offer, units = old.offer, now.units if now else 0
        action = "DI" if now is None else "QI" if units > old.units else "QD"
        price = "" if now is None else plain(offer.price)
        basis = "PE" if now else ""
        body.append(f"POC*{old.line}*{action}*{units}*{units}*{_unit(old)}*{price}*{basis}*{offer.scheme}*{offer.id}")
    total = sum(now.units for _, now in pairs if now)
    return "860", [*body, f"CTT*{len(pairs)}*{total}"]


def _ordchg(order: Order, pairs: Sequence[tuple[Wanted, Wanted | None]], at: datetime) -> tuple[str, list[str]]:
    body = [
        f"BGM+230+CHG{order.number}+4",
        f"DTM+137:{at:%Y%m%d}:102",
        f"DTM+4:{order.ordered_on:%Y%m%d}:102",
        f"RFF+ON:{order.number}",
        f"RFF+CR:{order.account}",
    ]
    for old, now in pairs:
        is_gs1 = old.offer.scheme in _IN_LIN
        action = 2 if now is None else 3
        item = f"{old.offer.id}:{old.offer.scheme}"
        body += [f"LIN+{old.line}+{action}+{item}"] if is_gs1 else [f"LIN+{old.line}+{action}", f"PIA+5+{item}"]
        body += [f"QTY+21:{now.units}", f"PRI+AAA:{plain(now.offer.price)}"] if now else []
    return "ORDCHG", [*body, "UNS+S", f"CNT+2:{len(pairs)}"]


def cancel_message(order: Order, at: datetime, partner: Partner) -> tuple[str, list[str]]:
    """The whole order is not wanted any more, as message and body: 860 or ORDCHG."""
    if partner.format == "x12":
        return "860", [f"BCH*01*NE*{order.number}***{order.ordered_on:%Y%m%d}*****{at:%Y%m%d}"]
    return "ORDCHG", [
        f"BGM+230+CHG{order.number}+1",
        f"DTM+137:{at:%Y%m%d}:102",
        f"DTM+4:{order.ordered_on:%Y%m%d}:102",
        f"RFF+ON:{order.number}",
        "UNS+S",
        "CNT+2:0",
    ]
