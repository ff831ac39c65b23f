"""What goes wrong in a simulation, and when: power, disks, connections, clocks. All of it is drawn from the seed.

Whatever the gateway asks of the world passes a seam, and each seam is a step. At a step the power may be cut: PowerCut
is no Exception, so that nothing in the gateway can catch it, and the process state is dropped by whoever runs the turn.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

DAY = timedelta(days=1)
_TICK = timedelta(milliseconds=1)

# The nights in which the clocks of Europe or America are set, by the instant at which they are.
CLOCK_CHANGES = {
    "Europe's clocks go back": datetime(2026, 10, 25, 1, tzinfo=UTC),
    "America's clocks go back": datetime(2026, 11, 1, 9, tzinfo=UTC),
    "America's clocks go forward": datetime(2027, 3, 14, 9, tzinfo=UTC),
    "Europe's clocks go forward": datetime(2027, 3, 28, 1, tzinfo=UTC),
}


class PowerCut(BaseException):
    """The machine stops here; what is not durable is gone."""


@dataclass
class Timeline:
    """What happened, in sentences for people, and how often which kind of it did."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def tell(self, kind: str, more: str = "") -> None:
        """Something of a kind happened."""
        self.counts[kind] += 1
        self.say(f"{kind}: {more}" if more else kind)

    def say(self, text: str) -> None:
        """Something that is no event of its own."""
        self.lines.append(f"{self.now:%m-%d %H:%M} {text}")


@dataclass
class Weather:
    """The faults that there are at this time of the simulation."""

    chance: Random
    timeline: Timeline
    is_calm: bool = True
    skew: timedelta = timedelta(0)
    _down: dict[str, datetime] = field(default_factory=dict)
    _full: dict[str, datetime] = field(default_factory=dict)
    _cut_in: int | None = None
    _jump_in: int | None = None
    _ticks: int = 0

    @property
    def now(self) -> datetime:
        """The true time."""
        return self.timeline.now

    def happens(self, per_cent: float) -> bool:
        """Whether a fault of this likelihood strikes now; never in calm weather."""
        return not self.is_calm and self.chance.random() * 100 < per_cent

    # Before a turn

    def draw(self, channels: list[str]) -> None:
        """Let something begin to go wrong before a turn, or not."""
        self._ticks = 0
        if self._cut_in is None and self.happens(22):
            self._cut_in = self.chance.randint(1, 45)
        if self._jump_in is None and self.happens(4):
            self._jump_in = self.chance.randint(1, 12)
        if self.happens(2.5):
            channel = self.chance.choice(channels)
            self._down[channel] = self.now + DAY
            self.timeline.tell("a channel is down for a day", channel)
        if self.happens(3):
            place = self.chance.choice(["disk", "journal"])
            self._full[place] = self.now + timedelta(minutes=self.chance.randint(5, 400))
            self.timeline.tell("a disk is full", f"{place} until {self._full[place]:%H:%M}")

    def clear_up(self) -> None:
        """From now on everything works, and the clock is right."""
        self.is_calm = True
        self._down.clear()
        self._full.clear()
        self._cut_in = self._jump_in = None
        self.skew = timedelta(0)

    # Asked at the seams

    def clock(self) -> datetime:
        """What the gateway's clock shows; it goes on a little whenever it is looked at, and may jump by a day."""
        self._ticks += 1
        if self._jump_in is not None:
            self._jump_in -= 1
            if self._jump_in <= 0:
                self._jump_in = None
                self._jump()
        return self.now + self.skew + self._ticks * _TICK

    def _jump(self) -> None:
        if self.skew:
            self.skew = timedelta(0)
            self.timeline.tell("the clock is set right")
            return
        self.skew = self.chance.choice([DAY, -DAY])
        self.timeline.tell(f"the clock jumps {'forward' if self.skew > timedelta(0) else 'back'} by a day")

    def step(self, where: str) -> None:
        """The gateway comes past a seam. Raises PowerCut where it goes no further."""
        if self._cut_in is None or self.is_calm:
            return
        self._cut_in -= 1
        if self._cut_in <= 0:
            self._cut_in = None
            self.timeline.tell(f"power cut {where}")
            raise PowerCut(where)

    def is_down(self, channel: str) -> bool:
        """Whether nobody answers on this channel."""
        return self._down.get(channel, self.now) > self.now

    def is_full(self, place: str) -> bool:
        """Whether the disk of this place is full."""
        return self._full.get(place, self.now) > self.now
