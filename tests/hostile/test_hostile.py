"""Every hostile file beside a good one: it is quarantined with a reason and a case, or taken and harmless.

All go through one instance, one turn each, as they do in a life of years. A turn must live, take the good file, write
nothing outside of its folders, stay within a second of processor time (more only for what is as large as the limits
allow) and 256 MB, and log in single lines. What is shown and listed afterwards is plain text.
"""

import io
import json
import logging
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from click.testing import CliRunner

from gateway import logs
from gateway.cli import main
from gateway.errors import GatewayError
from gateway.instance import Instance, fixed_clock, locked, open_instance
from gateway.turn import Turn
from tests.conftest import House as MadeHouse
from tests.hostile.corpus import CORPUS, NUMBERS
from tests.hostile.hostile import ERP, Hostile, x12

if TYPE_CHECKING:
    from tests.conftest import House

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
SECONDS, MEGABYTES = 1.0, 256.0
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass
class Cost:
    """What a turn took, and what it logged."""

    seconds: float
    megabytes: float
    log: str


def memory(of: str) -> float:
    """VmHWM is the most there ever was since it was forgotten, VmRSS what there is, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{of}:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


@dataclass
class Attacked:
    """The instance that all of them are thrown at, open all the time as in a daemon."""

    house: "House"
    instance: Instance

    def turn(self) -> Cost:
        stream = io.StringIO()
        logs.set_up(stream, environment={})
        Path("/proc/self/clear_refs").write_text("5")
        before, began = memory("VmRSS"), time.process_time()
        tally = Turn(self.instance).run()
        cost = Cost(time.process_time() - began, memory("VmHWM") - before, stream.getvalue())
        assert tally.problems == []
        return cost


@pytest.fixture(scope="module")
def attacked() -> Iterator[Attacked]:
    """In memory where that can be, as nothing here is about disks."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as outer:
        house = MadeHouse(Path(outer) / "house", "--example")
        with open_instance(house.config, clock=fixed_clock(AT)) as instance, locked(instance):
            made = Attacked(house, instance)
            made.turn()
            yield made
    logging.getLogger().handlers.clear()
    structlog.reset_defaults()


def good_order_of(number: int) -> str:
    return x12(number + 5_000, number=f"BESIDE{number}")


def things_in(house: "House") -> set[str]:
    """What lies in the instance itself; the journal's own companions come and go."""
    return {path.name for path in house.folder.iterdir() if not path.name.startswith("journal.db")}


def names_in_quarantine(house: "House") -> set[str]:
    names = {path.name for path in (house.folder / "quarantine").iterdir()}
    return {name for name in names if not name.endswith(".reason.json")}


def quarantined(house: "House", before: set[str]) -> dict[str, dict[str, str]]:
    folder = house.folder / "quarantine"
    new = names_in_quarantine(house) - before
    return {name: json.loads((folder / f"{name}.reason.json").read_text()) for name in new}


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_held_or_harmless_and_the_good_one_beside_it_goes(attacked: Attacked, name: str) -> None:
    hostile, number, house = CORPUS[name], NUMBERS[name], attacked.house
    path = hostile.put(house.folder, number)
    outside = sorted(house.folder.parent.iterdir())
    before = names_in_quarantine(house)
    known = things_in(house)
    house.drop(f"{number}-beside.edi", good_order_of(number))
    cost = attacked.turn()

    assert (house.folder / "erp" / "out" / f"sales-order.amazon-us.BESIDE{number}.json").is_file()
    assert sorted(house.folder.parent.iterdir()) == outside
    assert things_in(house) == known
    assert is_plain(cost.log)
    assert cost.seconds <= allowed_seconds(hostile, number)
    assert cost.megabytes <= MEGABYTES
    held = quarantined(house, before)
    if hostile.outcome == "ignored":
        assert held == {}
        path.unlink()
        return
    assert house.waiting == []
    if hostile.outcome != "either":
        assert bool(held) == (hostile.outcome == "quarantined"), held
    if held:
        is_explained(house, hostile, held)


def allowed_seconds(hostile: Hostile, number: int) -> float:
    """A second; of a file of more than a megabyte reading and keeping it costs as well."""
    size = len(hostile.data(number)) if hostile.make else 0
    # Where every line is counted (coverage), everything takes three times as long.
    slower = 1 if sys.gettrace() is None else 3
    return slower * (SECONDS + size / 10_000_000)


def is_explained(house: "House", hostile: Hostile, held: dict[str, dict[str, str]]) -> None:
    """A reason that says what to do, and a case of the same code; no fault of ours among them."""
    [(label, reason)] = held.items()
    assert label.isprintable()
    assert all(reason[part] for part in ("code", "message", "place", "remedy"))
    assert reason["code"] != "internal-error"
    if hostile.codes:
        assert reason["code"] in hostile.codes
    with house.journal() as journal:
        told = {case.code for case in journal.open_cases()}
        told |= {str(case.evidence.get("code")) for case in journal.open_cases()}
    assert reason["code"] in told


def is_plain(log: str) -> bool:
    """Every line is one JSON object that we wrote, and holds nothing that acts on a terminal."""
    for line in log.splitlines():
        event = json.loads(line)
        assert event["event"] != "forged"
        assert event["level"] != "error", line
    return not CONTROLS.search(log.replace("\n", ""))


def test_the_corpus_is_as_large_as_promised_and_each_way_to_end_is_in_it() -> None:
    assert len(CORPUS) >= 150
    assert {hostile.outcome for hostile in CORPUS.values()} == {"quarantined", "neutralised", "either", "ignored"}
    assert len({NUMBERS[name] for name in CORPUS}) == len(CORPUS)
    assert sum(hostile.folder == ERP for hostile in CORPUS.values()) > 50


LISTINGS = (("orders", "list"), ("documents", "list"), ("cases", "list"), ("partners", "list"))


@pytest.mark.parametrize("listing", LISTINGS, ids=" ".join)
@pytest.mark.parametrize("form", [(), ("--csv",)], ids=["table", "csv"])
def test_after_all_of_them_listings_are_plain_text(
    attacked: Attacked, listing: tuple[str, ...], form: tuple[str, ...]
) -> None:
    for name in ("a formula in the number (X12)", "an ANSI colour in the number (X12)", "a path in the number (X12)"):
        drop_anew(attacked, name)
    told = CliRunner().invoke(main, ["-c", str(attacked.house.config), *listing, *form])
    if told.exit_code == 2:
        pytest.skip(f"there is no {' '.join(listing)}")
    assert told.exit_code == 0, told.output
    assert told.output.count("\n") > 1 or listing[0] == "partners"
    assert not CONTROLS.search(told.output.replace("\r\n", "\n"))
    if form:
        cells = [
            cell for line in told.output.splitlines()[1:] for cell in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', line)
        ]
        acting = [cell for cell in cells if re.match(r'"?[=+@\t\r-]', cell) and not re.fullmatch(r"-\d+(\.\d+)?", cell)]
        assert acting == []


def drop_anew(attacked: Attacked, name: str) -> None:
    """Let it come (again), so that a listing has something of it even when this test is run alone."""
    CORPUS[name].put(attacked.house.folder, NUMBERS[name])
    attacked.turn()


def test_after_all_of_them_the_journal_is_whole(attacked: Attacked) -> None:
    told: Any = CliRunner().invoke(main, ["-c", str(attacked.house.config), "journal", "verify"])
    assert told.exit_code == 0, told.output
    assert not isinstance(told.exception, GatewayError)
