"""`python -m tests.sftp_cuts -n 1000`: the connection to a real OpenSSH server is cut, and nothing may come of it.

A proxy before the server cuts each transfer once, every so many bytes of it, n times in each direction: it ends the
connection, resets it, or falls silent. Three kinds of transfer take turns: taking files in and removing them, sending
with `.part` and renaming, and sending in place. The sending is the courier's with a journal of its own; every other
time the partner takes away at once what is whole, and answers later. In the end nothing may be cut short, doubled or
lost, on neither side.
"""

import argparse
import hashlib
import logging
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from gateway.errors import Refused, TransportError
from gateway.journal import Journal
from gateway.pipeline.courier import Pace, deliver
from gateway.pipeline.deliveries import prove_arrival
from gateway.transports import Arrival
from gateway.transports.sftp import SftpTransport
from tests.cutting_proxy import Direction, Manner, Plan, Proxy, proxied
from tests.sshd import Server, new_key, serving

AT = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
_END = b"~IEA*1*000000001~"
_MANNERS: tuple[Manner, ...] = ("end", "reset")
_SILENCE_EVERY = 50  # cuts; each costs a time-out
_TURNS = 15
_ANSWERS_AFTER = timedelta(minutes=40)  # later than we ask again, sooner than we send again
_WRONG = ("truncated", "doubled", "lost")


@dataclass
class Outcome:
    """What was cut, by kind and direction, and what came of it."""

    seed: int
    cuts: Counter[tuple[str, Direction]] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    is_swapped_key_refused: bool = False
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether everything was cut, and nothing was cut short, doubled or lost."""
        return (
            not self.wrong
            and self.is_swapped_key_refused
            and all(self.cuts[(kind, direction)] for kind in KINDS for direction in ("up", "down"))
        )

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"seed {self.seed}, {self.seconds:.0f} s"
        for (kind, direction), count in sorted(self.cuts.items()):
            yield f"{kind:9} cut {direction:4} {count:6}"
        for what in ("files", *_WRONG, "told again", "in doubt", "sent again", "never reached"):
            yield f"{what:18} {self.seen[what]:6}"
        yield f"swapped host key   {'refused' if self.is_swapped_key_refused else 'ACCEPTED'}"
        yield from self.wrong[:20]


def run(count: int, seed: int = 1) -> Outcome:
    """Cut so many times in each direction, the kinds of transfer side by side. Raises RuntimeError without a server."""
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # its threads tell of every cut
    outcome, started = Outcome(seed), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server, ThreadPoolExecutor() as pool:
        outcome.is_swapped_key_refused = _is_swapped_key_refused(server)
        shares = {kind: (count + len(KINDS) - 1 - number) // len(KINDS) for number, kind in enumerate(KINDS)}
        for part in pool.map(lambda kind: _run_kind(kind, shares[kind], seed, server.within(kind)), KINDS):
            outcome.cuts += part.cuts
            outcome.seen += part.seen
            outcome.wrong += part.wrong
    outcome.seconds = time.monotonic() - started
    return outcome


def _run_kind(kind: str, count: int, seed: int, server: Server) -> Outcome:
    outcome = Outcome(seed)
    with proxied(server.port) as proxy, KINDS[kind](server, proxy, outcome) as transfer:
        _cut_all(transfer, kind, count, outcome, random.Random(f"{seed}:{kind}"), proxy)
    return outcome


Transfer = Callable[[str, Plan, str, bool], None]
"""One transfer: its name, the plan of the proxy, the time-out, and whether the partner takes away what is whole."""


def _cut_all(transfer: Transfer, kind: str, count: int, outcome: Outcome, chance: random.Random, proxy: Proxy) -> None:
    whole = proxy.follow(Plan())
    transfer(f"{kind}-whole", whole, "10s", True)
    for direction in ("up", "down"):
        total = whole.passed[direction]
        for number in range(count):
            plan = Plan(
                direction=direction,
                after=(total * number + chance.randrange(total)) // count,
                manner="silence" if number % _SILENCE_EVERY == _SILENCE_EVERY - 1 else _MANNERS[number % 2],
            )
            is_silent = plan.manner == "silence"
            transfer(f"{kind}-{direction}-{number}", plan, "2s" if is_silent else "10s", bool(number // 2 % 2))
            if plan.is_done:
                outcome.cuts[(kind, direction)] += 1
            else:
                outcome.seen["never reached"] += 1


def _content(name: str, size: int) -> bytes:
    seed = hashlib.sha256(name.encode()).digest()
    return b"ISA*" + (seed * (size // len(seed) + 1))[:size] + _END


@contextmanager
def _taking(server: Server, proxy: Proxy, outcome: Outcome) -> Iterator[Transfer]:
    """Take files in as the gateway does: store, and only then remove; bytes that are known are a repeat."""

    def transfer(name: str, plan: Plan, timeout: str, _: bool) -> None:
        sent = {f"{name}-{size}.edi": _content(f"{name}-{size}", size) for size in (100, 70_000, 2_000)}
        for label, data in sent.items():
            (server.inbox / label).write_bytes(data)
        proxy.follow(plan)
        sftp = SftpTransport(server.channel(port=proxy.port, timeout=timeout))
        stored: dict[str, bytes] = {}
        removed: set[str] = set()
        for _turn in range(_TURNS):
            try:
                _take(sftp, stored, removed, outcome)
                break
            except TransportError:
                continue
        sftp.close()
        outcome.seen["files"] += len(sent)
        left = {path.name for path in server.inbox.iterdir()}
        for label, data in sent.items():
            if label in stored and stored[label] != data:
                _note(outcome, "truncated", f"{label}: {len(stored[label])} of {len(data)} bytes were taken")
            if label not in stored or label in left:
                _note(outcome, "lost", f"{label}: stored {label in stored}, still there {label in left}")
            (server.inbox / label).unlink(missing_ok=True)

    yield transfer


def _take(sftp: SftpTransport, stored: dict[str, bytes], removed: set[str], outcome: Outcome) -> None:
    for entry in sftp.list():
        found = sftp.fetch(entry, AT)
        if isinstance(found, Arrival):
            if found.label in removed:
                _note(outcome, "doubled", f"{found.label} came again after it was removed")
            if found.label in stored:
                outcome.seen["told again"] += 1
            if stored.setdefault(found.label, found.data) != found.data:
                _note(outcome, "truncated", f"{found.label} came twice with different bytes")
            if sftp.settle(found.entry):
                removed.add(found.label)


@dataclass
class _Partner:
    """The far end of what we send: takes away what is whole and answers it; what it took twice is doubled."""

    outbox: Path
    eaten: dict[str, list[bytes]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def eat(self) -> None:
        """Take what is whole. A partner that lets us write in place has to look for the end itself."""
        with self.lock:
            for path in sorted(self.outbox.iterdir()):
                data = b"" if path.suffix == ".part" else path.read_bytes()
                if data.endswith(_END) or (data and path.name.endswith(".whole.edi")):
                    path.unlink()
                    self.eaten.setdefault(path.name, []).append(data)

    def eat_soon(self) -> None:
        """Take what is whole, once the server has done what it was asked before the cut."""
        time.sleep(0.01)
        self.eat()


class _Sending:
    """Send files as the gateway does, by its courier, until the journal says that they are delivered."""

    def __init__(self, rename: str, server: Server, proxy: Proxy, outcome: Outcome) -> None:
        self._server, self._proxy, self._outcome, self._rename = server, proxy, outcome, rename
        # What is renamed appears whole: the partner takes whatever has a name of its own.
        self._ending = "whole.edi" if rename == "part" else "edi"
        self._folder = tempfile.TemporaryDirectory()
        self._now = AT

    def __enter__(self) -> Transfer:
        self._journal = Journal.create(Path(self._folder.name) / "journal.db", AT)
        return self._transfer

    def __exit__(self, *_: object) -> None:
        self._journal.close()
        self._folder.cleanup()

    def _transfer(self, name: str, plan: Plan, timeout: str, takes_away: bool) -> None:
        sent = {f"{name}-{size}.{self._ending}": _content(f"{name}-{size}", size) for size in (40_000, 500)}
        partner = _Partner(self._server.outbox)
        plan.then = partner.eat_soon if takes_away else plan.then
        self._proxy.follow(plan)
        settings = self._server.channel(
            port=self._proxy.port, rename=self._rename, takes_away=takes_away, timeout=timeout
        )
        sftp = SftpTransport(settings)
        documents = {label: self._queue(label, data) for label, data in sent.items()}
        taken_at: dict[str, datetime] = {}
        for _ in range(_TURNS):
            self._now += timedelta(minutes=20)
            deliver(self._journal, {"amazon": sftp}, self._now, {"amazon": Pace(doubt=timedelta(hours=1))})
            if takes_away:
                partner.eat()
                taken_at = {label: taken_at.get(label, self._now) for label in partner.eaten}
                self._answer([documents[label] for label, at in taken_at.items() if self._now - at >= _ANSWERS_AFTER])
            if all(self._journal.document(each).delivery == "delivered" for each in documents.values()):
                break
        sftp.close()
        partner.eat()
        self._judge(sent, documents, partner)

    def _queue(self, label: str, data: bytes) -> str:
        with self._journal.transaction(self._now) as tx:
            document = tx.store_document(
                type="997", direction="out", partner="amazon-us", business_number=label, body={}, delivery="queued"
            )
            tx.queue(channel="amazon", name=label, data=data, document_id=document)
            return document

    def _answer(self, documents: list[str]) -> None:
        with self._journal.transaction(self._now) as tx:
            for document in documents:
                prove_arrival(tx, document)

    def _judge(self, sent: dict[str, bytes], documents: dict[str, str], partner: _Partner) -> None:
        seen = self._outcome.seen
        seen["files"] += len(sent)
        for label, data in sent.items():
            came = partner.eaten.get(label, [])
            if any(each != data for each in came):
                _note(
                    self._outcome, "truncated", f"{label}: {[len(each) for each in came]} of {len(data)} bytes arrived"
                )
            if len(came) > 1:
                _note(self._outcome, "doubled", f"{label} arrived {len(came)} times")
            if not came or self._journal.document(documents[label]).delivery != "delivered":
                state = self._journal.document(documents[label]).delivery
                _note(self._outcome, "lost", f"{label} arrived {len(came)} times and is {state}")
            kinds = self._history(documents[label])
            seen["in doubt"] += "dispatch-in-doubt" in kinds
            seen["sent again"] += kinds.count("dispatch-staged") > 1
        for path in self._server.outbox.iterdir():
            path.unlink()

    def _history(self, document: str) -> list[str]:
        (dispatch,) = self._journal.dispatches(document_id=document)
        return [entry.kind for entry in self._journal.events(f"dispatch:{dispatch.id}")]


KINDS: dict[str, Callable[[Server, Proxy, Outcome], AbstractContextManager[Transfer]]] = {
    "take": _taking,
    "part": partial(_Sending, "part"),
    "in-place": partial(_Sending, "in-place"),
}


def _note(outcome: Outcome, what: str, message: str) -> None:
    outcome.seen[what] += 1
    outcome.wrong.append(f"{what}: {message}")


def _is_swapped_key_refused(server: Server) -> bool:
    """Whether a server that has not the pinned key is refused, on both ways."""
    other = new_key(server.home / "other")
    sftp = SftpTransport(server.channel(host_keys=str(server.pin(key=other))))
    refused = 0
    for verb in (sftp.list, lambda: sftp.stage("one.edi", b"ISA*")):
        try:
            verb()
        except Refused:
            refused += 1
    sftp.close()
    return refused == 2


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=1000, help="cuts in each direction")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    outcome = run(arguments.n, arguments.seed)
    print("\n".join(outcome.lines()))
    return 0 if outcome.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
