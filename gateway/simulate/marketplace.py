"""The beats of a seller: an order that Amazon ships and one that we ship, an offer of stock, and a settlement.

Amazon's reports are dropped as files; what the ERP and finance would get is read from the files that leave.
"""

from collections.abc import Iterator
from decimal import Decimal
from json import loads
from pathlib import Path

from gateway.simulate.stage import Json, Stage, expect, shown

_SHIPPED_BY_AMAZON, _SHIPPED_BY_US = "111-7700001-0000001", "111-7700002-0000002"
_SETTLEMENT = "41007700001"
_RULE = "other-transaction,other-transaction,Aged inventory relocation,*,storage_fees,Relocation of aged stock\n"


def two_buyers_order(stage: Stage) -> Iterator[str]:
    """One report, two orders: what Amazon ships is never picked, what we ship is."""
    stage.drop("orders.txt", "amazon/in")
    stage.once()
    yield "orders.txt from Seller Central: two orders of buyers, known by the header of the file"
    for number, flag in ((_SHIPPED_BY_AMAZON, "no-pick"), (_SHIPPED_BY_US, None)):
        path = _only(stage, f"sales-order.acme.{number}.json")
        order = loads(path.read_text(encoding="utf-8"))
        expect(order.get("flag") == flag, f"an order flagged {flag}", order)
        (line,) = order["lines"]
        what = f"{line['base']['value']} of {line['sku']} from {order['location']}, {order['customer']}"
        yield f"sales order {number}: {what}{', no-pick' if flag else ', to be picked'}"
        yield f"  {shown(path)}"


def stock_is_offered(stage: Stage) -> Iterator[str]:
    """The ERP's stock is offered for sale, of goods that we ship ourselves."""
    stage.drop("stock.csv", "erp/in")
    stage.once()
    found = sorted((stage.folder / "amazon" / "out").glob("inventory.*.json"))
    expect(len(found) == 1, "one offer", found)
    feed = loads(found[0].read_text(encoding="utf-8"))
    offered = {message["sku"]: _quantity(message) for message in feed["messages"]}
    expect(bool(offered), "quantities", feed)
    yield "stock.csv from the ERP: what can be sold changes, and only what changed is sent"
    yield f"offer: {', '.join(f'{quantity} of {sku}' for sku, quantity in sorted(offered.items()))}"
    yield f"  {shown(found[0])}"


def a_settlement_is_booked(stage: Stage) -> Iterator[str]:
    """A settlement becomes a journal entry; what nobody knows lies in suspense until finance says where it belongs."""
    stage.drop("settlement.txt", "amazon/in")
    stage.once()
    entry = loads(_only(stage, f"journal-entry.{_SETTLEMENT}.json").read_text(encoding="utf-8"))
    debit, credit = (_sum(entry, side) for side in ("debit", "credit"))
    expect(debit == credit, "debits that equal credits", entry)
    bank = [line for line in entry["lines"] if line["source"] is None]
    expect(len(bank) == 1 and bank[0]["debit"] == entry["deposit"], "a bank line that is the deposit", bank)
    yield f"settlement {_SETTLEMENT}: debits {debit} = credits {credit}"
    yield f"  bank {bank[0]['account']}: {bank[0]['debit']} {entry['currency']}, the deposit of the report"
    shown_by_account = stage.ask("settlements", "show", _SETTLEMENT, "--json")["accounts"]
    for row in shown_by_account:
        yield f"  {row['account']:>6}  {row['debit']:>8}  {row['credit']:>8}  {row['text']}"
    memo = loads(_only(stage, f"credit-memo.{_SHIPPED_BY_AMAZON}.AMZ-70001.json").read_text(encoding="utf-8"))
    yield f"credit memo {memo['adjustment']}: {memo['total']} {memo['currency']} back for order {memo['order']}"
    (case,) = [case for case in stage.ask("cases", "list", "--json") if case["code"] == "unmapped-fee"]
    yield f"case {case['id']}, {case['code']}: owner {case['owner']}, at stake {case['at_stake']}"
    yield f"  do: {case['remedy']}"
    stage.append("chart.csv", _RULE)
    stage.once()
    moved = loads(_only(stage, f"journal-entry.{_SETTLEMENT}.reclass-1.json").read_text(encoding="utf-8"))
    closed = stage.case(case["id"])
    expect(closed["state"] == "closed", "a case that closed by itself", closed)
    left = stage.ask("settlements", "show", _SETTLEMENT, "--json")["suspense"]
    expect(Decimal(left) == 0, "nothing in suspense", left)
    yield f"finance adds the row to chart.csv: an entry of {len(moved['lines'])} lines moves it, suspense is {left}"


def _only(stage: Stage, name: str) -> Path:
    path = stage.folder / "erp" / "out" / name
    expect(path.is_file(), f"a file {path}", sorted(each.name for each in path.parent.iterdir()))
    return path


def _quantity(message: Json) -> int:
    (patch,) = message["patches"]
    quantity: int = patch["value"][0]["quantity"]
    return quantity


def _sum(entry: Json, side: str) -> Decimal:
    return sum((Decimal(line[side]) for line in entry["lines"]), Decimal(0))
