"""The manual has a schedule of checks, and all that it says to look at is there to be looked at."""

import re

import click
import pytest

from gateway.cli.main import gateway
from tests.requirements.page import ROOT

MANUAL = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.requirement("V19")
def test_the_manual_has_checks_for_every_day_and_every_week() -> None:
    schedule = schedule_of()
    assert len(re.findall(r"(?m)^\d+\. ", schedule)) >= 5
    assert "Every week " in schedule


@pytest.mark.requirement("V19")
def test_every_command_of_the_schedule_exists() -> None:
    commands = re.findall(r"`gateway ([a-z]+)", schedule_of())
    assert len(commands) >= 5
    context = click.Context(gateway)
    assert [name for name in commands if gateway.get_command(context, name) is None] == []


def schedule_of() -> str:
    """The part of the manual about every day."""
    [found] = re.findall(r"(?ms)^## Every day\n(.*?)(?=^## )", MANUAL)
    return str(found)
