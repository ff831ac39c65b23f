"""After a crash: what was in hand is taken once more by a child process, and set apart if the child dies of it (R23).

What was committed already, and only not removed, is remembered and removed, without a second answer. For the rest the
child does all that taking the file would do, in a transaction that it never commits, within limits of memory and
time. Where it dies, the file is poison: it goes to quarantine unread, with a case. Where it lives the crash had another
cause (a power cut, somebody's kill) and the file is taken as usual; only one that was in hand at very many crashes
since it was last taken is not believed any more. Each verdict is in the journal as it falls, so that a start that is
killed meanwhile goes on where it was. Children are forked before the process has threads of its own.
"""

import ctypes
import os
import resource
import select
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from gateway.instance import Instance
from gateway.journal import Journal
from gateway.pipeline import Desk
from gateway.remaining import Remaining, Taken, is_committed
from gateway.transports.quarantine import Reason
from gateway.underway import Left, Underway

Work = Callable[[Left, Desk], object]
"""All that taking a file does."""

# Bytes of address space that a child may have beyond what it begins with: well below the MemoryMax= of the unit, or the
# kernel would end it for the whole service before it is told by its own limit.
_MEMORY = 1 << 30
_CRASHES = 20  # what was in hand at so many is set apart, whatever its rehearsals said
_CRASHED, _REHEARSED = "arrival-crashed", "arrival-rehearsed"
_NO_MEMORY = 3
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
_REMEDY = "ask who sent it for a sound file, and report this one: no file should be able to do that"


@dataclass(frozen=True)
class Recovered:
    """What a crash left in hand: files that must not be read, by their SHA-256, and files that are taken already."""

    remaining: Remaining
    poison: Mapping[str, Reason] = field(default_factory=dict)


def nothing() -> None:
    """For who needs no sign of life."""


def recover(
    instance: Instance, channel: str, underway: Underway, work: Work, beat: Callable[[], object] = nothing
) -> Recovered:
    """Find out what became of the files that were in hand when the process died, if it did.

    What was being read is counted in the journal, then rehearsed; `beat` is called before each. What was taken before,
    then or earlier, and still lies in its inbox is remembered. Raises JournalError, and TransportError where the note
    is unreadable.
    """
    remaining = Remaining(instance.config.paths.journal, channel)
    remaining.read(instance.journal)
    left = underway.left()
    taken = tuple(file for file in left if file.is_concluded and _is_committed(instance.journal, file))
    remaining.add(_taken(file) for file in taken)
    remaining.save()
    read = [file for file in left if file not in taken]
    if read and not underway.is_counted:
        with instance.journal.transaction(instance.clock()) as tx:
            for file in read:
                about = (f"bytes:{file.sha256}", f"channel:{channel}")
                tx.append(_CRASHED, {"sha256": file.sha256, "channel": channel, "name": file.entry.label}, about)
        underway.count()
    found: dict[str, Reason | None] = {}
    for file in read:
        beat()
        found[file.sha256] = _judge(instance, channel, file, work)
    underway.forget()
    return Recovered(remaining, {digest: reason for digest, reason in found.items() if reason is not None})


def _is_committed(journal: Journal, file: Left) -> bool:
    """Whether the journal has these bytes since they were noted."""
    return is_committed(journal, _taken(file))


def _taken(file: Left) -> Taken:
    return Taken(file.entry, file.head, file.sha256, file.reason)


def _judge(instance: Instance, channel: str, file: Left, work: Work) -> Reason | None:
    journal, subject = instance.journal, f"bytes:{file.sha256}"
    last_taken = max((int(known.id) for known in journal.files_of(file.sha256) if known.direction == "in"), default=0)
    # The same bytes come again and again, as a master that does not change: what was survived counts no more.
    crashes = len(journal.events(subject, last_taken, _CRASHED))
    said = journal.events(subject, last_taken, "arrival-")
    if said and said[-1].kind == _REHEARSED:  # by a start that was killed before it had come to its end
        died = said[-1].body["died"]
    else:
        died = rehearse(partial(_try, instance, file, work), instance.config.daemon.parse_limit)
        with journal.transaction(instance.clock()) as tx:
            about = {"sha256": file.sha256, "channel": channel, "name": file.entry.label, "died": died}
            tx.append(_REHEARSED, about, (subject, f"channel:{channel}"))
    if died is None and crashes >= _CRASHES:
        died = f"was in hand when the gateway died, {crashes} times"
    if died is None:
        return None
    label = file.entry.label
    return Reason(code="file-poisonous", message=f"{label} {died}", place=label, remedy=_REMEDY)


def rehearse(work: Callable[[], object], limit: timedelta) -> str | None:
    """Do this in a child process, within `limit` of processor time and twice as much by the clock.

    Answers with what the child died of, as the end of a sentence, or None where it did not. An exception is no death:
    it is met again, and dealt with, when the file is taken.
    """
    parent, child = os.getpid(), os.fork()
    if child == 0:
        _be_the_child(work, limit, parent)
    descriptor = os.pidfd_open(child)
    try:
        ended, _, _ = select.select([descriptor], [], [], 2 * limit.total_seconds())
        if not ended:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(descriptor)
    code = os.waitstatus_to_exitcode(status)
    if not ended or code == -signal.SIGXCPU:
        return f"cannot be read within {limit.total_seconds():g} seconds"
    if code == _NO_MEMORY:
        return f"cannot be read with {_MEMORY >> 20} MB of memory"
    return f"ends the process that reads it ({signal.Signals(-code).name})" if code < 0 else None


def _be_the_child(work: Callable[[], object], limit: timedelta, parent: int) -> None:
    status = 0
    try:
        # It must hold nothing that the next start needs: not the instance's lock, and not its own life.
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            return  # it died before it could be said
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        seconds = max(int(limit.total_seconds()), 1)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + _MEMORY,) * 2)
        work()
    except MemoryError:
        status = _NO_MEMORY
    except BaseException:  # the real taking meets it again, and says what it is
        status = 0
    finally:
        os._exit(status)  # nothing of the parent's may be flushed, closed or rolled back by its copy


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()


def _try(instance: Instance, file: Left, work: Work) -> None:
    # A connection must not be carried over a fork (sqlite.org/howtocorrupt.html, 2.6): the child opens its own.
    now = instance.clock()
    journal = Journal.open(instance.config.paths.journal, check=False)
    with journal.transaction(now) as tx:
        work(file, Desk(instance.config, instance.mappings, instance.catalogue, tx, now))
        raise _TakenBackError


class _TakenBackError(Exception):
    """The end of a rehearsal: nothing of it stays."""
