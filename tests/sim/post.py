"""What becomes of a file between the shores: it is late, overtaken, doubled, or lost and sent again.

Both ways are the same to the post: who hands a file over gets back when copies of it come, and those may be none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from tests.sim.weather import Timeline

_MINUTE = timedelta(minutes=1)


@dataclass
class Post:
    """The ways between the shores, until they are calm."""

    chance: Random
    timeline: Timeline
    is_calm: bool = False

    def delays(self, what: str) -> Iterator[timedelta]:
        """After what time each copy of a file of theirs comes; a lost one is sent again by those who wait for it."""
        if self.is_calm:
            yield _MINUTE
            return
        drawn = self.chance.random() * 100
        if drawn < 10:
            self.timeline.tell("a file is on its way for hours", what)
            yield timedelta(minutes=self.chance.randint(60, 900))
        elif drawn < 16:
            self.timeline.tell("a file is lost and sent again", what)
            yield timedelta(minutes=self.chance.randint(240, 1200))
        elif drawn < 22:
            self.timeline.tell("a file comes twice", what)
            first = self.chance.randint(0, 5)
            yield timedelta(minutes=first)
            yield timedelta(minutes=first + self.chance.choice((0, 1, 30, 600)))
        else:
            yield timedelta(minutes=self.chance.randint(0, 20))

    def is_lost(self, what: str) -> bool:
        """Whether the far end loses a file that it has taken; nobody there knows of it then."""
        lost = not self.is_calm and self.chance.random() * 100 < 5
        if lost:
            self.timeline.tell("the far end loses a file of ours", what)
        return lost
