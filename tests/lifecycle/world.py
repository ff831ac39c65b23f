"""A gateway whose history can be taken back: one journal in memory-backed storage, one transaction that never commits.

A turn runs as it always does, over transports in memory. What it writes lies behind a savepoint of SQLite, so a state
that was reached can be left for another and come back to, at the cost of neither a copy nor a replay.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from pydantic import BaseModel

from gateway import config as configuration
from gateway.config import Config, Partner
from gateway.erp.files import FilesErp
from gateway.errors import Conflict
from gateway.instance import create, mappings_of
from gateway.journal import Transaction
from gateway.journal.connection import Connection
from gateway.lifecycle.order_problems import problems
from gateway.lifecycle.orders import OrderState
from gateway.mapping.library import Mappings
from gateway.pipeline import orders, outgoing
from gateway.pipeline.chronicle import state_of
from gateway.pipeline.desk import Catalogue, Desk, policy_for
from gateway.pipeline.dispatching import Composed, compose
from gateway.transports.memory import MemoryTransport
from gateway.transports.quarantine import Reason
from gateway.turn import Turn

PARTNER = "amazon-us"
STARTS_AT = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
_CHANNEL = "amazon"


class Held(Transaction):
    """The journal as a turn sees it: what it takes for transactions of its own are parts of the one that is held."""

    def __init__(self, connection: Connection, at: datetime, folds: dict[str, tuple[int, Any]]) -> None:
        super().__init__(connection, at)
        self.held, self.folds = connection, folds

    @contextmanager
    def transaction(self, at: datetime) -> Iterator["Held"]:
        """A part of the one transaction, at this instant; what was folded in it is known to the next."""
        yield Held(self.held, at, self.folds)


class Composer:
    """`compose` that writes and reads back a document once, however often a draft is looked at.

    It follows from the document and its message alone, as long as there is one partner and one configuration.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[BaseModel, str], Composed] = {}

    def __call__(self, document: BaseModel, message: str, partner: Partner, desk: Desk) -> Composed:
        """What `compose` says of it."""
        about = document, message
        if about not in self._known:
            self._known[about] = compose(document, message, partner, desk)
        return self._known[about]


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

    def tell_people(self) -> None:
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
        self._folds: dict[str, tuple[int, Any]] = {}
        self._composing = patch.object(outgoing, "compose", Composer())
        self._composing.start()
        self.run(STARTS_AT - timedelta(minutes=1), from_erp={name: text.encode() for name, text in masters.items()})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._composing.stop()
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
        held = Held(self._connection, now, self._folds)
        instance = Instance(self.config, self.mappings, self._catalogue, held, now, *sides, NoQuarantine())
        tally = QuietTurn(instance).run()
        assert not tally.problems, tally.problems
        sent = sorted(sides[1].outbox.items(), key=lambda file: file[0].rsplit("_", 1)[-1])
        posted = (json.loads(data) for _, data in sorted(sides[0].outbox.items()))
        return Delivered(tuple(data for _, data in sent), tuple(posted))

    def can_release(self, document: str) -> bool:
        """Whether a person may let go what holds this draft."""
        with self._desk(STARTS_AT) as desk:
            try:
                return bool(outgoing.overridable(desk.tx.document(document), desk))
            except Conflict:
                return False

    def release(self, document: str, now: datetime) -> None:
        """A person lets it go."""
        with self._desk(now) as desk:
            outgoing.release(desk.tx.document(document), "it was agreed by telephone", "ann", desk)

    @contextmanager
    def _desk(self, now: datetime) -> Iterator[Desk]:
        with self.look(now).transaction(now) as tx:
            yield Desk(self.config, self.mappings, self._catalogue, tx, now)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What happens in the block is taken back at its end."""
        self._marks += 1
        mark = f"mark_{self._marks}"
        folds = dict(self._folds)
        self._connection.rows(f"SAVEPOINT {mark}")
        try:
            yield
        finally:
            self._connection.rows(f"ROLLBACK TO {mark}")
            self._connection.rows(f"RELEASE {mark}")
            self._marks -= 1
            self._folds = folds

    def look(self, now: datetime = STARTS_AT) -> Held:
        """The journal as it is now."""
        return Held(self._connection, now, self._folds)

    def state(self, order: str) -> OrderState:
        """The order as it is now."""
        state = state_of(self.look(), PARTNER, order)
        assert state is not None
        return state

    def contradictions(self, order: str) -> Iterator[str]:
        """Where the journal is not at one with itself: the state folded anew is another, or the cases are not its."""
        journal, state = self.look(), self.state(order)
        if state != state_of(Held(self._connection, STARTS_AT, {}), PARTNER, order):
            yield "the state that was folded on is not the fold of all events"
        policy = policy_for(self.config.partners[PARTNER], state.ship_to, self.mappings, journal)
        wanted = {problem.key: problem.code for problem in problems(state, policy)}
        opened = {case.key: case.code for prefix in orders.OPEN for case in journal.open_cases(key_prefix=prefix)}
        yield from (f"problem {code} has no case" for key, code in wanted.items() if key not in opened)
        yield from (f"case {code} has no problem" for key, code in opened.items() if key not in wanted)
