"""Every listing is a table on a terminal, plain lines in a pipe, and an array or CSV where it is asked for."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from gateway.cli.reference import commands

if TYPE_CHECKING:
    from tests.conftest import House

LISTING = {"--json", "--csv", "--limit"}
NEEDED = {"taxes": ("--month", "2026-06")}


def listings() -> list[tuple[str, ...]]:
    """The listings that need no argument."""
    found = []
    for each in commands():
        options = {name for param in each.command.params for name in param.opts}
        has_argument = any(isinstance(param, click.Argument) for param in each.command.params)
        if options >= LISTING and not has_argument:
            found.append((*each.command_path.split()[1:], *NEEDED.get(each.info_name or "", ())))
    return found


def on_a_terminal(*words: str, **environment: str) -> str:
    """What a command writes where its output is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gateway", *words]
    told = {**os.environ, "COLUMNS": "200", "TERM": "xterm-256color", **environment}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=told) as process:
        os.close(theirs)
        written = b""
        try:
            while piece := os.read(ours, 65_536):
                written += piece
        except OSError:  # Linux says so where the other end is closed
            pass
        process.wait()
    os.close(ours)
    assert process.returncode == 0, written
    return written.decode()


@pytest.fixture
def busy(house: "House") -> "House":
    house.drop("850.edi", house.interchange(house.order("A1")))
    house.once()
    return house


def test_there_are_listings() -> None:
    assert {("orders", "list"), ("cases", "list"), ("stock", "drift"), ("labels", "series")} <= set(listings())


@pytest.mark.parametrize("words", listings(), ids=" ".join)
def test_a_listing_is_plain_in_a_pipe_and_whole_for_programs(busy: "House", words: tuple[str, ...]) -> None:
    plain = busy.run(*words).stdout
    assert plain.strip()
    assert "\x1b" not in plain
    assert not set(plain) & set("─│━┃")
    rows = json.loads(busy.run(*words, "--json").stdout)
    assert isinstance(rows, list)
    lines = list(csv.reader(io.StringIO(busy.run(*words, "--csv").stdout)))
    assert len(lines) >= 1
    assert len(lines[0]) > 1
    assert len({len(line) for line in lines}) == 1
    assert len(json.loads(busy.run(*words, "--json", "--limit", "1").stdout)) <= 1


def test_a_listing_is_drawn_on_a_terminal_without_empty_columns(busy: "House") -> None:
    drawn = on_a_terminal("-c", str(busy.config), "orders", "list")
    assert "\x1b[" in drawn
    assert "─" in drawn
    assert "purchase order" in drawn
    assert "sales order" not in drawn  # nobody has booked it
    assert "sales order" in busy.run("orders", "list").stdout


def test_whoever_wants_no_colours_gets_none(busy: "House") -> None:
    drawn = on_a_terminal("-c", str(busy.config), "orders", "list", NO_COLOR="1")
    assert "─" in drawn
    assert "\x1b[3" not in drawn
    assert "\x1b[1m" in on_a_terminal("-c", str(busy.config), "documents", "list")
    assert "\x1b" not in on_a_terminal("-c", str(busy.config), "documents", "list", NO_COLOR="1")


def test_a_bar_is_for_a_terminal_alone(house: "House") -> None:
    words = ("-c", str(house.config), "simulate", "--orders", "1", "--days", "1", "--partner", "amazon-us")
    told = subprocess.run([sys.executable, "-m", "gateway", *words], capture_output=True, text=True)
    assert told.stderr == ""
    assert "playing" in on_a_terminal(*words)
