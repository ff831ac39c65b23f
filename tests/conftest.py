"""An instance on disk, driven as its users drive it: files are put into folders and commands are run.

Whatever a test did to an instance, at its end the laws are asked of it: the journal is whole, every state is the fold
of its events, the open cases are those the state asks for, and no control number is skipped or used twice.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result
from coverage import Coverage
from hypothesis import settings

from gateway import config as configuration
from gateway.cli import main
from gateway.instance import mappings_of
from gateway.journal import Journal, verify
from gateway.journal.records import Entry
from gateway.lifecycle.history import read_event, write_event
from gateway.lifecycle.order_problems import problems
from gateway.lifecycle.orders import OrderState, fold, fold_all
from gateway.lifecycle.problems import is_for_a_person
from gateway.pipeline.desk import policy_for
from gateway.pipeline.orders import OPEN

# A busy machine is no fault of the code: what must be fast is measured in the benchmarks.
# The build server draws the same examples for the same code, so that a change is judged by what it changed; machines at
# home and the campaigns of tests/fuzz draw new ones each time.
settings.register_profile("house", deadline=None)
settings.register_profile("build server", deadline=None, derandomize=True, database=None)
settings.load_profile("build server" if os.environ.get("CI") else "house")


def _keep_from_children() -> None:
    """What the tests themselves run is measured; a process that a test starts would be slow and tell nothing new.

    (The process that starts the workers hands what it was told on to them.)
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        for name in [name for name in os.environ if name.startswith("COVERAGE")]:
            del os.environ[name]


_keep_from_children()

# The folders whose tests are measured: those of the pure core, and those that use it from nearby. A measured
# test takes up to twice its time, and the others would tell nothing new.
_TESTS = Path(__file__).parent
_NEAR_THE_CORE = frozenset(
    {"acknowledgements", "catalogue", "documents", "erp", "finance", "grammar", "lifecycle", "mapping", "marketplace"}
    | {"pipeline", "sap", "stock", "syntax"}
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Pause the measuring of what the tests cover for those that are far from the core."""
    measured = Coverage.current()
    if measured is None or item.path.relative_to(_TESTS).parts[0] in _NEAR_THE_CORE:
        return (yield)
    measured.stop()
    try:
        return (yield)
    finally:
        measured.start()
        _keep_from_children()  # it has told them again


def pytest_sessionfinish() -> None:
    """Write down what was covered before a worker ends: one that takes ten seconds to end is killed untold."""
    measured = Coverage.current()
    if "PYTEST_XDIST_WORKER" in os.environ and measured is not None:
        measured.stop()
        measured.save()


ORDERED_AT = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
SOON = "2026-11-20T21:02:00Z"
LINES = ("24*EA*7.25*PE*UP*614141000012", "10*CA*43.5*PE*UK*10614141000026", "6*EA*12*PE*VN*ACM-003")
EVENT = "event:"
_OF_THE_STORY = (("documents", "release"), ("documents", "resend"), ("cases", "resolve"))


class House:
    """One instance and its two shores."""

    def __init__(self, folder: Path, *init: str) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.now = SOON
        self.is_sound = True  # a test that breaks the journal on purpose says so
        made = CliRunner().invoke(main, ["init", str(folder), *init, "--at", "2026-11-20T20:00:00Z"])
        assert made.exit_code == 0, made.output

    # What comes

    def drop(self, name: str | bytes, data: str | bytes, folder: str = "amazon/in") -> Path:
        """Put a file where a partner puts it, as old as its envelope says: under another name first, then renamed."""
        place = self.folder / folder
        unfinished = place / ".unfinished"
        unfinished.write_bytes(data.encode() if isinstance(data, str) else data)
        os.utime(unfinished, (ORDERED_AT.timestamp(),) * 2)
        target = place / (os.fsdecode(name) if isinstance(name, bytes) else name)
        return unfinished.rename(target)

    def erp_says(self, name: str, data: str | bytes | dict[str, Any]) -> Path:
        """Put a file where the ERP puts it."""
        return self.drop(name, json.dumps(data) if isinstance(data, dict) else data, "erp/in")

    def items(self, *rows: str, name: str = "items.csv") -> Path:
        """Let the ERP send rows of the item master: `ACME-9,amazon-us,ACM-009,VN,,,,active,,no,no,`."""
        head = "sku,partner,partner_item,scheme,gtin_each,gtin_case,case_pack,status,base_price,lot_tracked"
        return self.erp_says(name, "\n".join([f"{head},expiry_tracked,valid_from", *rows]) + "\n")

    def configure(self, old: str, new: str) -> None:
        """Change config.toml as a person does."""
        text = self.config.read_text()
        assert old in text
        self.config.write_text(text.replace(old, new))

    # Commands

    def run(self, *arguments: str, code: int = 0, stdin: bytes | None = None) -> Result:
        """Run a command on this instance; it must end with this exit code."""
        if arguments[:2] in _OF_THE_STORY and "--at" not in arguments:
            arguments = (*arguments, "--at", self.now)  # what a person does has its time in the story too
        result = CliRunner().invoke(main, ["-c", str(self.config), *arguments], input=stdin)
        assert result.exit_code == code, (arguments, result.exit_code, result.output, result.exception)
        assert "Traceback" not in result.output
        return result

    def once(self, at: str = SOON, *options: str, code: int = 0) -> Result:
        """`gateway once`, at a time of the story."""
        self.now = at
        return self.run("once", "--at", at, *options, code=code)

    def json(self, *arguments: str) -> Any:
        """What a command says with --json."""
        return json.loads(self.run(*arguments, "--json").stdout)

    # What there is then

    @property
    def answers(self) -> list[str]:
        """The bodies of the 997s in amazon/out, in the order of their control numbers: AK1 to AK9."""
        found = {}
        for file in (self.folder / "amazon" / "out").glob("*_997_*.edi"):
            segments = [segment.strip() for segment in file.read_text().split("~")]
            number = next(segment for segment in segments if segment.startswith("ISA")).split("*")[13]
            found[number] = " ".join(segment for segment in segments if segment.startswith("AK"))
        return [found[number] for number in sorted(found)]

    @property
    def sales_orders(self) -> dict[str, Any]:
        """The files for the ERP by name."""
        return {file.name: json.loads(file.read_text()) for file in (self.folder / "erp" / "out").glob("*.json")}

    @property
    def quarantine(self) -> dict[str, dict[str, str]]:
        """What lies in quarantine by name, with its reason."""
        folder = self.folder / "quarantine"
        names = [path.name for path in folder.iterdir() if not path.name.endswith(".reason.json")]
        return {name: json.loads((folder / f"{name}.reason.json").read_text()) for name in names}

    @property
    def cases(self) -> list[dict[str, Any]]:
        """The open cases."""
        found: list[dict[str, Any]] = self.json("cases", "list")
        return found

    @property
    def waiting(self) -> list[str]:
        """The names of what still lies in the inboxes."""
        inboxes = (self.folder / "amazon" / "in", self.folder / "erp" / "in")
        return sorted(path.name for inbox in inboxes for path in inbox.iterdir())

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """The journal, to look into."""
        with Journal.open(self.folder / "journal.db", read_only=True) as journal:
            yield journal

    def history(self, prefix: str = "") -> list[Entry]:
        """The entries whose kind begins so."""
        with self.journal() as journal:
            return [entry for entry in journal.entries(limit=100_000) if entry.kind.startswith(prefix)]

    def state(self, number: str, partner: str = "amazon-us") -> OrderState:
        """The state of an order, folded from its events."""
        with self.journal() as journal:
            entries = journal.events(f"order:{partner}:{number}", prefix=EVENT)
        state = fold_all(read_event(entry.kind.removeprefix(EVENT), entry.body) for entry in entries)
        assert state is not None
        return state

    # What Amazon writes

    @staticmethod
    def order(
        number: str = "4XK7PL2Q", *lines: str, account: str = "ACME1", purpose: str = "00", st: str = "0001"
    ) -> str:
        """An 850, ST to SE. A line is what stands behind PO101: `24*EA*7.25*PE*UP*614141000012`."""
        wanted = lines or LINES
        body = [
            f"ST*850*{st}",
            f"BEG*{purpose}*NE*{number}**20261120",
            *([f"REF*CR*{account}"] if account else ["REF*PD*NONE"]),
            *("FOB*CC", "CSH*Y", "DTM*064*20261125", "DTM*063*20261202", "N1*ST**92*PHX6"),
            *(f"PO1*{count}*{line}" for count, line in enumerate(wanted, 1)),
            f"CTT*{len(wanted)}",
        ]
        return "".join(f"{segment}~\n" for segment in [*body, f"SE*{len(body) + 1}*{st}"])

    @staticmethod
    def interchange(*messages: str, control: int = 101, party: str = "ZZ*AMAZON         ", flag: str = "P") -> str:
        """Messages in one group and one interchange."""
        isa = (
            f"ISA*00*          *00*          *{party}*ZZ*5551234567     *261120*2101*U*00401*{control:09}*0*{flag}*>~\n"
        )
        gs = f"GS*PO*AMAZON*5551234567*20261120*2101*{control}*X*004010~\n"
        return f"{isa}{gs}{''.join(messages)}GE*{len(messages)}*{control}~\nIEA*1*{control:09}~\n"


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """A maker of instances, each of which must keep the laws to the end."""
    houses: list[House] = []

    def make(name: str = "house", *init: str) -> House:
        houses.append(House(tmp_path / name, *(init or ("--example",))))
        return houses[-1]

    yield make
    for house in houses:
        if house.is_sound:
            keeps_the_laws(house)
    # What `once` set up writes to the stream of a runner that is gone.
    logging.getLogger().handlers.clear()
    structlog.reset_defaults()


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    """The instance of the shipped examples."""
    return make_house()


def keeps_the_laws(house: House) -> None:
    """What must be true of every instance, whatever happened to it."""
    config = configuration.load(house.config)
    with house.journal() as journal:
        assert verify(journal).problems == ()
        for subject in journal.subjects_with_prefix("order:", limit=1000):
            entries = journal.events(subject, prefix=EVENT)
            if entries:
                is_the_fold_of_its_events(journal, config, subject, entries)
        _numbers_are_consecutive(journal, config)


def is_the_fold_of_its_events(
    journal: Journal, config: configuration.Config, subject: str, entries: list[Entry]
) -> None:
    """Law 8: events read back as they were written, and cases and statuses are what the folded state asks for."""
    state: OrderState | None = None
    for entry in entries:
        event = read_event(entry.kind.removeprefix(EVENT), entry.body)
        assert write_event(event) == entry.body
        state = fold(state, event)
    assert state is not None
    assert state == fold_all(read_event(entry.kind.removeprefix(EVENT), entry.body) for entry in entries)
    if state.partner not in config.partners:
        return
    policy = policy_for(config.partners[state.partner], state.ship_to, mappings_of(config.folder), journal)
    wanted = {problem.key for problem in problems(state, policy)}
    opened = {case.key for prefix in OPEN for case in journal.open_cases(subject=subject, key_prefix=prefix)}
    dealt_with = {case.key for case in journal.cases(state="closed", subject=subject) if is_for_a_person(case.code)}
    assert opened == wanted - dealt_with
    if state.posted:
        answer = "rejected" if state.refused else "accepted" if state.booked else "awaited"
        assert journal.document(state.posted[-1].document).acknowledgement == answer


def _numbers_are_consecutive(journal: Journal, config: configuration.Config) -> None:
    """Law 2: of every partner the numbers given out follow on each other, but for jumps that the history names.

    Each stands in one dispatch.
    """
    following: dict[str, int] = {}
    for entry in journal.entries(limit=100_000):
        if entry.kind in ("number-drawn", "number-jumped"):
            series, number = entry.body["series"], entry.body.get("number", entry.body.get("left"))
            assert number == following.get(series, number)
            following[series] = entry.body["next"]
    for partner in config.partners:
        sent = [document.control_number for document in journal.documents(partner=partner, direction="out")]
        numbers_sent = [number for number in sent if number is not None]
        assert len(numbers_sent) == len(set(numbers_sent))
