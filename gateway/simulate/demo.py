"""Nine beats that show what the gateway does: `python -m gateway.simulate.demo [FOLDER]`, or scripts/demo.

Each beat does something to an instance and yields lines about what became of it. The values in these lines are read
back from the instance, and a beat ends the demo where they are not what its title says: nothing is shown that did not
happen.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from json import loads
from pathlib import Path

import click

from gateway.errors import GatewayError
from gateway.simulate.lorry import a_lorry_without_its_carrier
from gateway.simulate.marketplace import a_settlement_is_booked, stock_is_offered, two_buyers_order
from gateway.simulate.stage import SAMPLES, Json, Stage, expect, shown

AT = datetime(2026, 11, 20, 21, 5, tzinfo=UTC)
"""Some minutes after the envelopes of the samples, so that answers are due the next evening."""

IN_CASES, UNKNOWN_ITEM, BROKEN, GOOD = "7QM3KD2A", "8RN4LE3B", "9SP5MF4C", "2TQ6NG5D"
"""The orders of samples/demo."""

Beat = Callable[[Stage], Iterator[str]]


def cases_become_pieces(stage: Stage) -> Iterator[str]:
    """An order by the case is booked by the piece, for the same money."""
    stage.drop("850_cases.edi", "amazon/in")
    stage.once()
    order = stage.order(IN_CASES)
    said = stage.document(_the(order, "850"))["body"]
    ordered, price, currency = said["lines"][0]["ordered"], said["lines"][0]["price"], said["currency"]
    amount = Decimal(ordered["value"]) * Decimal(price)
    path = stage.file_of("erp/out", _the(order, "sales-order"))
    booked = loads(path.read_text(encoding="utf-8"))["lines"][0]
    base, asking = booked["base"], booked["price"]
    expect((ordered["value"], base["value"]) == ("10", "120"), "10 cases as 120 pieces", booked)
    expect(Decimal(booked["amount"]) == amount, f"the amount {amount}", booked)
    pieces = f"{base['value']} {base['unit']} of {booked['sku']}"
    per_pack = f"{asking['amount']} per {asking['per']}"
    yield f"850, the order {IN_CASES}: {ordered['value']} {ordered['unit']} at {price} = {amount:.2f} {currency}"
    yield f"sales order for the ERP: {pieces} at {per_pack} = {booked['amount']} {currency}, unchanged"
    yield f"  {shown(path)}"


def the_partner_is_told(stage: Stage) -> Iterator[str]:
    """The group that brought the order is answered."""
    answer = stage.document(_the(stage.order(IN_CASES), "997"))
    expect(answer["body"]["verdict"] == "accepted", "an accepted group", answer["body"])
    yield from _told(answer, stage)


def an_unknown_item_waits(stage: Stage) -> Iterator[str]:
    """An order waits for the item master with an owner and a due time, and goes by itself once the item is there."""
    stage.drop("850_unknown_item.edi", "amazon/in")
    stage.once()
    waiting = stage.order(UNKNOWN_ITEM)
    expect(waiting["stage"] == "held" and len(waiting["cases"]) == 1, "an order that is held by one case", waiting)
    case = stage.case(waiting["cases"][0])
    yield f"850, the {case['message']}; the order is {waiting['stage']}"
    yield f"{_named(case)}, at stake {case['at_stake']}"
    yield f"  do: {case['remedy']}"
    stage.drop("items-new.csv", "erp/in")
    stage.once()
    yield "items-new.csv comes from the ERP with a row for it; nobody touches the order"
    order, closed = stage.order(UNKNOWN_ITEM), stage.case(case["id"])
    expect(order["stage"] == "posted", "an order that went to the ERP", order)
    expect(closed["state"] == "closed", "a case that closed by itself", closed)
    lines = ", ".join(f"{line['ordered']} of {line['sku']}" for line in order["lines"])
    yield f"sales order for the ERP: {lines}. The order is {order['stage']}"
    yield f"case {case['id']} is {closed['state']} by the {closed['closed_by']}: {closed['reason']}"


def a_broken_file_is_refused(stage: Stage) -> Iterator[str]:
    """A value that cannot be read refuses its message at segment and element, and costs its neighbour nothing."""
    stage.drop("850_bad_quantity.edi", "amazon/in")
    stage.drop("850_good.edi", "amazon/in")
    stage.once()
    (case,) = stage.ask("cases", "list", "--json")
    expect(case["code"] == "message-refused" and BROKEN in case["message"], f"a case about {BROKEN}", case)
    kept = stage.folder / "quarantine" / "850_bad_quantity.edi"
    reason = loads(kept.with_name(f"{kept.name}.reason.json").read_text(encoding="utf-8"))
    expect(kept.is_file(), f"a file {kept}", reason)
    yield f"850, the order {BROKEN}: refused. {reason['message']}"
    yield f"  {shown(kept)}: {reason['place']}"
    yield _named(case)
    answers = stage.ask("documents", "list", "--type", "997", "--number", _group_of(SAMPLES / kept.name), "--json")
    answer = stage.document(answers[-1])
    expect(answer["body"]["verdict"] == "rejected", "a rejected group", answer["body"])
    yield from _told(answer, stage)
    beside = stage.order(GOOD)
    expect(beside["stage"] == "posted", "an order that went to the ERP", beside)
    path = stage.file_of("erp/out", _the(beside, "sales-order"))
    yield f"850, the order {GOOD} beside it: {beside['stage']}, as {shown(path)}"


def a_value_is_traced(stage: Stage) -> Iterator[str]:
    """A value of a document is shown in the bytes that it came from."""
    order = _the(stage.order(IN_CASES), "850")
    found: list[Json] = stage.ask("trace", order["id"], "--field", "lines[0].ordered.value", "--json")
    expect(len(found) == 1, "one value", found)
    value = found[0]
    first, last = value["byte"], value["byte"] + value["length"] - 1
    there = (SAMPLES / value["source"]).read_bytes()[first : last + 1].decode()
    expect(there == value["text"], f"{value['text']!r} at these bytes", there)
    yield f"{value['field']} = {value['value']} in 850, the order {IN_CASES}"
    yield f"  bytes {first} to {last} of {value['source']} say {there!r}: segment {value['segment']}, {value['cell']}"
    yield f"  read by the row {value['row']!r} of {value['file']}"


BEATS: tuple[tuple[str, Beat], ...] = (
    ("Amazon orders 10 cases, the ERP gets 120 pieces", cases_become_pieces),
    ("Amazon is told that its order came and can be read", the_partner_is_told),
    ("An item is unknown: the order waits for it, then goes by itself", an_unknown_item_waits),
    ("A broken file is refused where it is broken, the one beside it goes through", a_broken_file_is_refused),
    ("A value is traced to its bytes", a_value_is_traced),
    ("A lorry leaves without its carrier: its notice waits, one line mends it", a_lorry_without_its_carrier),
    ("Buyers order at a marketplace: Amazon ships one, we ship the other", two_buyers_order),
    ("Stock changes in the ERP: what can be sold is offered", stock_is_offered),
    ("A settlement comes: it is booked to the cent, and finance sees what is new", a_settlement_is_booked),
)


def _the(order: Json, kind: str) -> Json:
    """The one document of this kind among those of an order."""
    found: list[Json] = [document for document in order["documents"] if document["type"] == kind]
    expect(len(found) == 1, f"one {kind} of the order", order)
    return found[0]


def _told(answer: Json, stage: Stage) -> Iterator[str]:
    """The answer to a group: what it says, and its segments as they went."""
    body = answer["body"]
    verdict = body["verdict"].replace("_", " ")
    path = stage.file_of("amazon/out", answer)
    said = [part.strip() for part in path.read_text(encoding="ascii").split("~") if part.strip().startswith("AK")]
    taken = f"{body['accepted']} of {body['received']} messages taken"
    yield f"997, the functional acknowledgement: group {body['control_number']} {verdict}, {taken}"
    yield f"  {shown(path)}"
    yield f"  {' '.join(said)}"


def _group_of(file: Path) -> str:
    """The control number of the group in a sample (GS06)."""
    header = next(part for part in file.read_text(encoding="ascii").split("~") if part.strip().startswith("GS"))
    return header.split("*")[6]


def _named(case: Json) -> str:
    """A case with its owner and due time, to the minute."""
    due_at = datetime.fromisoformat(case["due_at"])
    return f"case {case['id']}, {case['code']}: owner {case['owner']}, due {due_at:%Y-%m-%d %H:%M} UTC"


def play(stage: Stage) -> Iterator[str]:
    """The lines of the demo, each as soon as it is true."""
    stage.set_up()
    yield f"A gateway between Amazon and an ERP, in nine beats: in {shown(stage.folder)}/, at {AT:%Y-%m-%d %H:%M} UTC."
    for number, (title, beat) in enumerate(BEATS, 1):
        if number > 1:
            yield ""
        yield click.style(f"{number}  {title}", bold=True)
        for line in beat(stage):
            yield f"   {line}"
    order = _the(stage.order(IN_CASES), "850")
    yield ""
    yield click.style("Look for yourself", bold=True)
    yield stage.command("orders", "show", UNKNOWN_ITEM)
    yield stage.command("cases", "list")
    yield stage.command("trace", order["id"], "--field", "lines[0]")
    yield stage.command("settlements", "list")
    yield stage.command("settlements", "lines", "--order", "111-7700001-0000001")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default="demo")
def demo(folder: Path) -> None:
    """Play the demo in FOLDER, which is made anew."""
    try:
        for line in play(Stage(folder, AT)):
            click.echo(line)
    except GatewayError as error:
        click.echo(f"demo: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    demo()
