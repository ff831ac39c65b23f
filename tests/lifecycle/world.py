"""A gateway whose history can be taken back: one journal in memory-backed storage, one transaction that never commits.

A turn runs as it always does, over transports in memory. What it writes lies behind a savepoint of SQLite, so a state
that was reached can be left for another and come back to, at the cost of neither a copy nor a replay.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from gateway import config as configuration
from gateway.config import Config
from gateway.erp.files import FilesErp
from gateway.instance import create, mappings_of
from gateway.journal import Journal, Transaction
from gateway.journal.connection import Connection
from gateway.lifecycle.history import read_event
from gateway.lifecycle.orders import OrderState, fold
from gateway.lifecycle.problems import problems
from gateway.lifecycle.subjects import subject_of
from gateway.mapping.library import Mappings
from gateway.pipeline import judging, orders, outgoing, shore
from gateway.pipeline.chronicle import PREFIX, state_of
from gateway.pipeline.desk import Catalogue, policy_for
from gateway.transports.memory import MemoryTransport
from gateway.transports.quarantine import Reason
from gateway.turn import Turn

PARTNER = "amazon-us"
STARTS_AT = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
_CHANNEL = "amazon"
_FOLDING = (orders, outgoing, judging, shore)


class Held(Transaction):
    """The journal as a turn sees it: what it takes for transactions of its own are parts of the one that is held."""

    def __init__(self, connection: Connection, at: datetime) -> None:
        super().__init__(connection, at)
        self.held = connection

    @contextmanager
    def transaction(self, at: datetime) -> Iterator["Held"]:
        """A part of the one transaction, at this instant."""
        yield Held(self.held, at)


class Folded:
    """`state_of` that folds on from what it has folded before, where the history has gone on from there."""

    def __init__(self) -> None:
        self._known: list[tuple[int, str, OrderState | None]] = []

    def __call__(self, journal: Journal | Transaction, partner: str, purchase_order: str) -> OrderState | None:
        """The state of the one order that there is."""
        while self._known and not self._stands(journal, *self._known[-1][:2]):
            self._known.pop()
        after, _, state = self._known[-1] if self._known else (0, "", None)
        entries = journal.events(subject_of(partner, purchase_order), after=after, prefix=PREFIX)
        for entry in entries:
            state = fold(state, read_event(entry.kind.removeprefix(PREFIX), entry.body))
        if entries:
            self._known.append((entries[-1].seq, entries[-1].hash, state))
        return state

    @staticmethod
    def _stands(journal: Journal | Transaction, seq: int, digest: str) -> bool:
        head, _ = journal.head()
        return seq <= head and journal.entry(seq).hash == digest


class NoQuarantine:
    """What cannot be taken is in the journal already; a savepoint could not take a file back."""

    def keep(self, label: str, data: bytes, reason: Reason) -> None:
        """Nothing."""


@dataclass
class Instance:
    """What a turn needs of an instance, for one turn."""

    config: Config
    mappings: Mappings
    catalogue: Catalogue
    journal: Held
    now: datetime
    erp_side: MemoryTransport
    partner_side: MemoryTransport
    quarantine: NoQuarantine

    def clock(self) -> datetime:
        """The time stands still while a turn runs."""
        return self.now

    @property
    def erp(self) -> FilesErp:
        """The other shore."""
        return FilesErp(self.erp_side)

    @property
    def channels(self) -> Mapping[str, MemoryTransport]:
        """The partner's channel."""
        return {_CHANNEL: self.partner_side}


class QuietTurn(Turn):
    """A turn that tells people nothing: alerts follow from cases, and the cases are looked at themselves."""

    def __init__(self, instance: "Instance") -> None:
        super().__init__(instance)  # type: ignore[arg-type]  # all that a turn asks of an instance
        self.log = Silence()  # type: ignore[assignment]

    def _tell_people(self) -> None:
        pass


class Silence:
    """A log that keeps nothing, but lets no fault of the gateway pass for a case."""

    def info(self, *_: object, **__: object) -> None:
        """Nothing."""

    warning = info

    def exception(self, *_: object, **__: object) -> None:
        """Raise what is being handled."""
        raise  # noqa: PLE0704


@dataclass(frozen=True)
class Delivered:
    """What a turn brought: files for the partner in the order of their control numbers, and those for the ERP."""

    sent: tuple[bytes, ...]
    posted: tuple[dict[str, Any], ...]


class World:
    """One instance with the partner amazon-us and the masters given. Use it in a `with` statement."""

    def __init__(self, masters: Mapping[str, str]) -> None:
        memory = Path("/dev/shm")
        self._folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.config = configuration.load(create(self._folder / "house", example=True, at=STARTS_AT))
        self.mappings = mappings_of(self.config.folder)
        self._catalogue = Catalogue()

        self._connection = Connection(self.config.paths.journal, read_only=False)
        self._connection.rows("BEGIN IMMEDIATE")
        self._marks = 0
        self._folding = ExitStack()
        self._folded = Folded()
        for module in _FOLDING:
            self._folding.enter_context(patch.object(module, "state_of", self._folded))
        self.run(STARTS_AT - timedelta(minutes=1), from_erp={name: text.encode() for name, text in masters.items()})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folding.close()
        self._connection.close()
        shutil.rmtree(self._folder)

    def run(
        self,
        now: datetime,
        *,
        from_erp: Mapping[str, bytes] | None = None,
        from_partner: Mapping[str, bytes] | None = None,
    ) -> Delivered:
        """One turn at this time, over these files."""
        sides = MemoryTransport("erp"), MemoryTransport(_CHANNEL)
        for side, files in zip(sides, (from_erp or {}, from_partner or {}), strict=True):
            for name, data in files.items():
                side.drop(name, data, mtime_ns=int(now.timestamp()) * 10**9)
        held = Held(self._connection, now)
        instance = Instance(self.config, self.mappings, self._catalogue, held, now, *sides, NoQuarantine())
        tally = QuietTurn(instance).run()
        assert not tally.problems, tally.problems
        sent = sorted(sides[1].outbox.items(), key=lambda file: file[0].rsplit("_", 1)[-1])
        posted = (json.loads(data) for _, data in sorted(sides[0].outbox.items()))
        return Delivered(tuple(data for _, data in sent), tuple(posted))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What happens in the block is taken back at its end."""
        self._marks += 1
        mark = f"mark_{self._marks}"
        self._connection.rows(f"SAVEPOINT {mark}")
        try:
            yield
        finally:
            self._connection.rows(f"ROLLBACK TO {mark}")
            self._connection.rows(f"RELEASE {mark}")
            self._marks -= 1

    def look(self, now: datetime = STARTS_AT) -> Held:
        """The journal as it is now."""
        return Held(self._connection, now)

    def state(self, order: str) -> OrderState:
        """The order as it is now."""
        state = state_of(self.look(), PARTNER, order)
        assert state is not None
        return state

    def contradictions(self, order: str) -> Iterator[str]:
        """Where the journal is not at one with itself: the state folded anew is another, or the cases are not its."""
        journal, state = self.look(), self.state(order)
        if state != self._folded(journal, PARTNER, order):
            yield "the state that was folded on is not the fold of all events"
        policy = policy_for(self.config.partners[PARTNER], state.ship_to, self.mappings, journal)
        wanted = {problem.key: problem.code for problem in problems(state, policy)}
        opened = {case.key: case.code for prefix in orders.OPEN for case in journal.open_cases(key_prefix=prefix)}
        yield from (f"problem {code} has no case" for key, code in wanted.items() if key not in opened)
        yield from (f"case {code} has no problem" for key, code in opened.items() if key not in wanted)
