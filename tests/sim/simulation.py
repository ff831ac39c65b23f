"""One seed: some days of storm and a quiet tail, the real turn over simulated channels on a simulated clock.

The gateway is started anew over its journal whenever the power is cut or the journal cannot be written; what its
process kept is gone then. A person looks once a day, and sends again what nobody acknowledged or the far end refused.
"""

import shutil
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from gateway.config import Config, FolderChannel
from gateway.erp import FilesErp
from gateway.errors import Conflict, JournalError
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.journal.records import Case
from gateway.lifecycle.resending import best
from gateway.mapping.library import Mappings
from gateway.pipeline.desk import Desk
from gateway.pipeline.resending import plan_of, resend
from gateway.simulate.amazon import Habits
from gateway.simulate.conversation import SimulatedClock
from gateway.simulate.toy_erp import Ways
from gateway.transports.quarantine import Reason
from gateway.turn import Turn
from tests.sim.channels import FarEnd, Kind, SimulatedTransport
from tests.sim.laws import Remains, violations
from tests.sim.post import Post
from tests.sim.seams import SimulatedQuarantine, open_journal
from tests.sim.shores import ERP, Shores
from tests.sim.weather import CLOCK_CHANGES, DAY, PowerCut, Timeline, Weather

HABITS = Habits(lines=2, units=12, unknown=6, change=30, cancel=5, repeat=12, rejected=10, late=8, never=5)
WAYS = Ways(split=25, partial=20, mistake=8, repeat=8, in_turn=70)
STORM = timedelta(days=3)
TAIL = timedelta(days=3, hours=12)
_KINDS: tuple[Kind, ...] = ("folder", "sftp", "blind")
_PLAIN_DAY = datetime(2027, 1, 11, 9, tzinfo=UTC)
_SENDS_AGAIN = {"delivery-failed": 0.7, "acknowledgement-overdue": 0.7, "acknowledgement-rejected": 0.3}
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Ground:
    """What every seed begins with: a configuration, its mappings, and a journal that holds the masters."""

    config: Config
    mappings: Mappings
    journal: Path


@dataclass(frozen=True)
class Outcome:
    """What came of a seed. `head` is the hash of the journal's last entry, which all others go into."""

    seed: int
    head: str
    entries: int
    turns: int
    seconds: float
    counts: Counter[str]
    violations: tuple[str, ...]
    timeline: tuple[str, ...]


@dataclass
class SimulatedInstance(Instance):
    """An instance whose shores are simulated: one process of the gateway."""

    transports: Mapping[str, SimulatedTransport] = field(kw_only=True)
    aside: SimulatedQuarantine = field(kw_only=True)

    @property
    def quarantine(self) -> SimulatedQuarantine:  # type: ignore[override]  # all that a turn asks of it
        """What could not be taken."""
        return self.aside

    @property
    def channels(self) -> Mapping[str, SimulatedTransport]:
        """The partners' channels."""
        return {name: each for name, each in self.transports.items() if name != ERP}

    @property
    def erp(self) -> FilesErp:
        """The other shore."""
        return FilesErp(self.transports[ERP])


class Simulation:
    """A seed, in a folder of its own."""

    def __init__(self, seed: int, ground: Ground, folder: Path) -> None:
        self.seed, self._ground = seed, ground
        self._chance = Random(f"{seed}: days")
        self.timeline = Timeline(now=self._first_day())
        self.weather = Weather(Random(f"{seed}: weather"), self.timeline)
        self.kept: list[tuple[str, bytes, Reason]] = []
        self.ends = {ERP: self._far_end(ERP, "folder", ground.config.erp.inbox)}
        for name, channel in ground.config.channels.items():
            assert isinstance(channel, FolderChannel)
            self.ends[name] = self._far_end(name, self._chance.choice(_KINDS), channel.inbox)
        self._path = folder / f"{seed}.db"
        shutil.copyfile(ground.journal, self._path)
        self.instance = self._start()
        self.shores = Shores(
            self.instance,
            SimulatedClock(self.timeline.now),
            Random(f"{seed}: shores"),
            HABITS,
            WAYS,
            ends=self.ends,
            post=Post(Random(f"{seed}: post"), self.timeline),
            timeline=self.timeline,
        )
        self._turns = 0
        self._look_at = self.timeline.now

    def _first_day(self) -> datetime:
        """Half of the seeds live through a night in which the clocks are set."""
        if self._chance.random() < 0.4:
            return _PLAIN_DAY
        change = self._chance.choice(list(CLOCK_CHANGES.values()))
        return change - timedelta(hours=self._chance.randint(12, 72))

    def _far_end(self, name: str, kind: Kind, folder: Path) -> FarEnd:
        return FarEnd(name, kind, folder, eats_at_once=self._chance.random() < 0.5)

    def run(self) -> Outcome:
        """Live through the storm and the tail, and look at what is left."""
        started = time.perf_counter()
        found: list[str] = []
        try:
            self._live_through()
            found = [*self.shores.violations, *violations(self._remains())]
        except Exception:
            found = [traceback.format_exc()]
        seq, head = self.instance.journal.head()
        self.instance.journal.close()
        self._path.unlink()
        return Outcome(
            seed=self.seed,
            head=head,
            entries=seq,
            turns=self._turns,
            seconds=time.perf_counter() - started,
            counts=self.timeline.counts,
            violations=tuple(found),
            timeline=tuple(self.timeline.lines),
        )

    def _live_through(self) -> None:
        begins = self.timeline.now
        partners = list(self._ground.config.partners.values())
        self.shores.begin(self._chance.randint(3, 5), STORM / 2, partners)
        self.weather.is_calm = False
        self._live(begins + STORM)
        self.timeline.say("the weather clears up")
        self.weather.clear_up()
        self.shores.post.is_calm = True
        self._live(begins + STORM + DAY)
        self.shores.pay()
        self._live(begins + STORM + TAIL)
        while self.shores.next_at is not None:
            self._live(self.shores.next_at + DAY)
        for name, at in CLOCK_CHANGES.items():
            if begins <= at <= self.timeline.now:
                self.timeline.tell(name)

    def _remains(self) -> Remains:
        return Remains(
            journal=self.instance.journal,
            config=self._ground.config,
            mappings=self._ground.mappings,
            ends=self.ends,
            kept=frozenset(name for name, _, _ in self.kept),
            ordered=tuple(self.shores.ordered),
            resent=frozenset(self.shores.resent),
            now=self.timeline.now,
        )

    # Time

    def _live(self, until: datetime) -> None:
        person_at = self.timeline.now + DAY
        while (at := min(self.shores.next_at or until, self._look_at)) < until:
            self._set_time(at + _MINUTE * self._chance.randint(0, 25))
            self.shores.happen()
            if self.timeline.now >= person_at:
                person_at += DAY
                self._send_again()
            self._turn()
            self.shores.take_ours()
            self._look_at = self._next_look()
        self._set_time(until)

    def _set_time(self, at: datetime) -> None:
        self.timeline.now = max(self.timeline.now, at)
        self.shores.clock.now = self.timeline.now

    def _next_look(self) -> datetime:
        """When somebody starts the gateway although nothing comes: soon where something is to be tried again."""
        now = self.timeline.now
        at = now + 12 * _HOUR
        due = self.instance.journal.next_dispatch_at()
        if due is not None:
            pause = _MINUTE if self.weather.is_calm else _MINUTE * self._chance.randint(5, 360)
            at = min(at, max(due - self.weather.skew, now + pause))
        return at

    # The gateway

    def _start(self) -> SimulatedInstance:
        """A new process over what is there."""
        transports = {name: SimulatedTransport(far, self.weather) for name, far in self.ends.items()}
        aside = SimulatedQuarantine(self.kept, self.weather)
        journal: Journal = open_journal(self._path, self.weather)
        config, mappings = self._ground.config, self._ground.mappings
        return SimulatedInstance(config, journal, mappings, self.weather.clock, transports=transports, aside=aside)

    def _restart(self) -> None:
        self.instance.journal.close()
        self.instance = self._start()
        self.shores.instance = self.instance

    def _turn(self) -> None:
        """A turn; after a power cut another one, at once."""
        self.weather.draw(list(self.ends))
        while True:
            self._turns += 1
            try:
                Turn(self.instance).run()
            except PowerCut:
                for far in self.ends.values():
                    far.lose_power(self.weather)
                self._restart()
            except JournalError as full:
                self.timeline.tell("the journal cannot be written", str(full).rpartition(": ")[2])
                self._restart()
                return
            else:
                for far in self.ends.values():
                    far.is_written_down()
                return

    # A person

    def _send_again(self) -> None:
        """Send once more what was refused by the far end, or was never acknowledged."""
        was_calm, self.weather.is_calm = self.weather.is_calm, True
        for case in self.instance.journal.open_cases():
            if self._chance.random() < _SENDS_AGAIN.get(case.code, 0):
                self._resend(case)
        self.weather.is_calm = was_calm

    def _resend(self, case: Case) -> None:
        named = (subject.partition(":")[2] for subject in case.subjects if subject.startswith("document:"))
        document = min((self.instance.journal.document(id_) for id_ in named), key=lambda each: int(each.id))
        option = best(plan_of(document, self.instance.journal))
        if option is None or self.weather.is_full("journal"):
            return
        now = self.weather.clock()
        try:
            with self.instance.journal.transaction(now) as tx:
                desk = Desk(self.instance.config, self.instance.mappings, self.instance.catalogue, tx, now)
                resend(document, option.way, "a person", "it did not arrive", desk)
        except Conflict as conflict:
            self.shores.violations.append(f"{option.way} is open and is refused: {conflict}; {document}")
            return
        self.timeline.tell(f"a person sends again by {option.way}", document.file or document.id)
        self.shores.resent.add(document.file or "")
