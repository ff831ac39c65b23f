"""A turn may die at any step: nothing is lost, nothing doubled, and the next turn puts everything right.

Every step that leaves a trace outside the process (commits, fsyncs, renames, removals) is a place to die, before it and
after it. The far ends eat what they find at once, so whatever is delivered twice is seen twice.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.errors import Refused
from gateway.instance import fixed_clock, locked, open_instance
from gateway.journal.connection import Connection
from gateway.transports import FolderTransport
from gateway.turn import Turn

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
STEPS = ("fsync", "rename", "unlink")


class Died(BaseException):
    """The process ends here, as far as the test is concerned: nothing in the gateway may catch this."""


@contextmanager
def dying_at(step: int) -> Iterator[None]:
    """Die at this step, counted from 1."""
    left = step

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Died

    def around(work: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **options: Any) -> Any:
            tick()
            answer = work(*arguments, **options)
            tick()
            return answer

        return stepped

    rows = Connection.rows

    def rows_or_commit(self: Connection, sql: str, *parameters: Any) -> Any:
        return (around(rows) if sql == "COMMIT" else rows)(self, sql, *parameters)

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, around(getattr(os, name)))
        patch.setattr(Connection, "rows", rows_or_commit)
        yield


def turn(house: "House") -> None:
    with open_instance(house.config, clock=fixed_clock(AT)) as instance, locked(instance):
        Turn(instance).run()


def eat(house: "House", eaten: Counter[str]) -> None:
    """The far ends take what they find."""
    for folder in ("amazon/out", "erp/out"):
        for file in (house.folder / folder).iterdir():
            if file.is_file():
                eaten[file.name] += 1
                file.unlink()


def fill(house: "House") -> None:
    """An order that waits for nothing, a group of which one message is refused, and what nobody can read."""
    house.drop("good.edi", house.interchange(house.order("A1")))
    house.drop("junk.edi", b"no EDI at all")
    bad = house.order("A3", "1X*EA*7.25*PE*UP*614141000012", st="0002")
    house.drop("half.edi", house.interchange(house.order("A2"), bad, control=102))


def nothing_is_lost_or_doubled(house: "House", eaten: Counter[str]) -> None:
    assert house.waiting == []
    assert max(eaten.values()) == 1
    orders = {name for name in eaten if name.startswith("sales-order")}
    assert orders == {"sales-order.amazon-us.A1.json", "sales-order.amazon-us.A2.json"}
    answers = sorted((name for name in eaten if "_997_" in name), key=lambda name: name[-13:])
    # A file that was committed and not yet removed comes again, and a repeat is answered again.
    assert [name[-13:] for name in answers] == [f"{n:09}.edi" for n in range(1, len(answers) + 1)]
    assert {name.split("_")[2] for name in answers} == {"101", "102"}
    assert [entry.kind for entry in house.history("event:order-received")] == ["event:order-received"] * 2
    assert len(house.history("event:order-posted")) == 2
    assert {case["code"] for case in house.cases} == {"message-refused", "not-edi"}
    assert len(house.cases) == 2
    reasons = {name: reason["code"] for name, reason in house.quarantine.items()}
    assert reasons == {"half.edi": "character-invalid", "junk.edi": "not-edi"}
    assert not list(house.folder.rglob("*.tmp"))
    assert not list((house.folder / "amazon" / "out" / ".staging").iterdir())


def test_a_death_at_any_step_loses_nothing_and_doubles_nothing(make_house: Callable[..., "House"]) -> None:
    for step in count(1):
        house, eaten = make_house(f"house{step}"), Counter[str]()
        fill(house)
        try:
            with dying_at(step):
                turn(house)
        except Died:
            eat(house, eaten)
        else:
            assert step > 40  # there were that many places to die
            break
        turn(house)
        eat(house, eaten)
        turn(house)
        eat(house, eaten)
        nothing_is_lost_or_doubled(house, eaten)


def test_a_second_death_while_putting_right_is_put_right_too(make_house: Callable[..., "House"]) -> None:
    for step in range(5, 60, 9):
        house, eaten = make_house(f"house{step}"), Counter[str]()
        fill(house)
        for death in (step, step // 2 + 1, 3):
            with pytest.raises(Died), dying_at(death):
                turn(house)
            eat(house, eaten)
        turn(house)
        eat(house, eaten)
        nothing_is_lost_or_doubled(house, eaten)


KILLED = """
import os, signal, sys
from gateway.transports import folder
def die(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(folder.FolderTransport, sys.argv.pop(1), die)
from gateway.cli import main
main(prog_name="gateway")
"""


@pytest.mark.parametrize("step", ["settle", "stage", "publish"])
def test_a_process_that_is_killed_leaves_nothing_that_the_next_cannot_put_right(house: "House", step: str) -> None:
    fill(house)
    command = [sys.executable, "-c", KILLED, step, "-c", str(house.config), "once", "--at", AT.isoformat()]
    killed = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL
    eaten = Counter[str]()
    house.once()
    eat(house, eaten)
    nothing_is_lost_or_doubled(house, eaten)


def test_a_file_that_cannot_be_removed_is_taken_once_whatever_is_started_again(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house)

    def refuse(*_: Any) -> bool:
        raise Refused("the folder is read-only")

    with monkeypatch.context() as patch:
        patch.setattr(FolderTransport, "settle", refuse)
        told = house.once()
        assert "the folder is read-only" in told.stderr
        assert house.waiting == ["good.edi", "half.edi", "items.csv", "junk.edi", "locations.csv", "terms.csv"]
        answers = house.answers
        for _ in range(2):
            assert "the folder is read-only" in house.once().stderr
        assert house.answers == answers
    assert {case["code"] for case in house.cases} == {"channel-failed", "message-refused", "not-edi"}
    house.once()
    assert house.waiting == []
    assert {case["code"] for case in house.cases} == {"message-refused", "not-edi"}
    assert len(house.sales_orders) == 2
    assert house.answers == answers
    assert house.history("interchange-repeated") == []
