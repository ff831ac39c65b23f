"""The beat of the lorry: a ship notice without its carrier waits, one line mends it, and the invoice follows.

The partner's 997 is written here, for it names the group number under which our notice really went.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from gateway.simulate.stage import Json, Stage, expect, shown

_ORDER = "7QM3KD2A"
_ISA = (
    "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2104*U*00401*000000590*0*P*>~\n"
    "GS*FA*AMAZON*5551234567*20261120*2104*590*X*004010~\nST*997*0001~\n"
)


def a_lorry_without_its_carrier(stage: Stage) -> Iterator[str]:
    """The lorry has left, its notice has not: what it would cost, what mends it, and what goes by itself then."""
    stage.drop("order-response.json", "erp/in")
    stage.once()
    answer = _latest(stage, "855")
    expect(answer["delivery"] == "delivered", "an answer that has left", answer)
    yield f"855 for {_ORDER}: the ERP accepts all of it, {shown(stage.file_of('amazon/out', answer))}"
    stage.drop("shipment.json", "erp/in")
    stage.drop("invoice.json", "erp/in")
    stage.once()
    blocked = stage.order(_ORDER)
    (gap,) = [gap for gap in blocked["gaps"] if gap["severity"] == "block"]
    expect(_latest(stage, "856")["delivery"] == "none", "no ship notice that has left", blocked)
    due_at = datetime.fromisoformat(gap["due_at"])
    yield f"shipment LKW-2001 from the ERP: its 856 is blocked, {gap['message']} ({gap['rule']})"
    yield f"  owner {gap['owner']}, due {due_at:%H:%M} UTC, and late it costs {gap['at_stake']} USD"
    yield f"  do: {gap['remedy']}"
    yield f"invoice INV-3001: parked, {_latest(stage, '810')['waits_for'][0]}"
    stage.drop("shipment-corrected.json", "erp/in")
    stage.once()
    notice = _latest(stage, "856")
    path = stage.file_of("amazon/out", notice)
    carrier = next(part.strip() for part in path.read_text(encoding="ascii").split("~") if part.strip()[:3] == "TD5")
    yield f"the ERP sends revision 1 with one line more: the 856 leaves, {carrier}, {shown(path)}"
    stage.write("997_for_856.edi", _accepting(path.read_text(encoding="ascii")), "amazon/in")
    stage.once()
    invoice = _latest(stage, "810")
    expect(invoice["delivery"] == "delivered", "an invoice that has left", invoice)
    yield f"Amazon's 997 takes the 856: the 810 leaves by itself, {shown(stage.file_of('amazon/out', invoice))}"


def _latest(stage: Stage, kind: str) -> Json:
    """The latest document of this kind among those of the order."""
    found: list[Json] = [each for each in stage.order(_ORDER)["documents"] if each["type"] == kind]
    expect(bool(found), f"an {kind} of the order", stage.order(_ORDER)["documents"])
    return found[-1]


def _accepting(sent: str) -> str:
    """A 997 that takes the one group of an interchange of ours."""
    numbers = re.search(r"GS\*SH\*[^*]*\*[^*]*\*\d+\*\d+\*(\d+)", sent)
    expect(numbers is not None, "a group of ship notices", sent[:200])
    group = numbers[1] if numbers else ""
    body = f"AK1*SH*{group}~\nAK2*856*0001~\nAK5*A~\nAK9*A*1*1*1~\nSE*6*0001~\nGE*1*590~\nIEA*1*000000590~\n"
    return _ISA + body
