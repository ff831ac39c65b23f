"""An instance in the middle of its work: the demo's beats, then days of orders, stopped at a time of the story.

What is played is the same each time. The conversation is stopped by its clock, so that answers are awaited, ship
notices are blocked and cases are open, as on any morning.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from gateway.config import FolderChannel
from gateway.config.alerts import Alerts
from gateway.instance import locked, open_instance
from gateway.simulate.conversation import Conversation, SimulatedClock
from gateway.simulate.demo import AT, play
from gateway.simulate.stage import Stage

MORNING = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
"""When it is stopped, and what the console takes for now."""


class StopError(Exception):
    """The time of the story has come."""


class StoppingClock(SimulatedClock):
    """A clock that ends the play when it comes to a time."""

    def __init__(self, now: datetime, until: datetime) -> None:
        self._until = until
        self.now = now

    @property
    def now(self) -> datetime:
        """The time."""
        return self._now

    @now.setter
    def now(self, value: datetime) -> None:
        if value > self._until:
            raise StopError
        self._now = value


def seed(folder: Path, *, orders: int = 26, until: datetime = MORNING, beats: bool = True) -> Path:
    """Make the instance; its config.toml."""
    for _ in play(Stage(folder, AT)) if beats else ():
        pass
    config = folder / "config.toml"
    clock = StoppingClock(AT + timedelta(minutes=5), until)
    with open_instance(config, clock=clock) as instance, locked(instance):
        instance.config = instance.config.model_copy(update={"alerts": Alerts(log=False), "owners": {}})
        conversation = Conversation(instance, clock, Random(11))
        days = max(1, (until - clock.now).days + 1)
        try:
            played = list(instance.config.partners.values())
            assert all(isinstance(instance.config.channel_of(each.name), FolderChannel) for each in played)
            conversation.play(orders, days, played)
        except StopError:
            pass
    return config
