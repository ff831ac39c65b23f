"""What a run did in numbers, and the case of a channel that fails: opened with the first failure, closed by itself."""

from dataclasses import dataclass, field

from gateway.errors import TransportError
from gateway.instance import Instance
from gateway.logs import logger

CHANNEL_CASE = "channel-failed:"


@dataclass
class Tally:
    """What was done, in numbers for people."""

    files: int = 0
    quarantined: int = 0
    delivered: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)
    channels_failed: set[str] = field(default_factory=set)

    def add(self, other: "Tally") -> None:
        """Count what another has counted."""
        self.files += other.files
        self.quarantined += other.quarantined
        self.delivered += other.delivered
        self.failed += other.failed
        self.channels_failed |= other.channels_failed
        self.problems += [problem for problem in other.problems if problem not in self.problems]


def channel_fails(instance: Instance, name: str, error: TransportError, tally: Tally) -> None:
    """A channel does not do what it should: a case, and the others go on."""
    tally.channels_failed.add(name)
    said = f"channel {name}: {error}"
    if said not in tally.problems:
        tally.problems.append(said)
    logger().warning("channel.failed", channel=name, error=str(error))
    with instance.journal.transaction(instance.clock()) as tx:
        tx.open_case(
            key=f"{CHANNEL_CASE}{name}",
            code="channel-failed",
            owner="IT",
            message=said,
            remedy="mend what the message names; the files wait where they are",
            subjects=(f"channel:{name}",),
        )


def channel_works(instance: Instance, name: str) -> None:
    """Close the case of a channel that failed once and has not failed this time."""
    known = instance.journal.open_case_of(CHANNEL_CASE + name)
    if known is not None:
        with instance.journal.transaction(instance.clock()) as tx:
            tx.close_case(known.id, "the channel works again", "gateway")
