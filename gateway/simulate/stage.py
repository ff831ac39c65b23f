"""An instance made anew in a folder of its own, and worked as a person works it.

Files are dropped into its folders, verbs of the command line are run as programs, and what happened is read from the
JSON that they print and from the files that they leave. The clock stands still, so that a play is the same on any day.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from textwrap import shorten
from typing import Any

from gateway.errors import CannotCreate, GatewayError

SAMPLES = Path(__file__).parents[2] / "samples" / "demo"
MARK = ".made-by-the-demo"
"""The file by which a folder that a play has made is known."""

Json = dict[str, Any]


class PlayFailed(GatewayError):
    """Something did not go as the play says; the message names what was seen instead."""


class Stage:
    """The instance in `folder`, at a fixed instant."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self.folder = folder
        self._at = at
        self._config = folder / "config.toml"

    def set_up(self) -> None:
        """Make the instance anew. Raises CannotCreate where the folder holds what no play has made."""
        if not SAMPLES.is_dir():
            raise CannotCreate(f"there is no folder {SAMPLES}: a play needs the whole project, not the package alone")
        if (self.folder / MARK).is_file():
            shutil.rmtree(self.folder)
        elif self.folder.is_dir() and any(self.folder.iterdir()):
            raise CannotCreate(f"{self.folder} holds something that no demo made: move it away, or name another folder")
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._run("init", str(self.folder), "--example", "--at", self._at.isoformat())
        (self.folder / MARK).touch()

    def ask(self, *words: str) -> Any:
        """What a verb prints as JSON. Raises PlayFailed where it ends in an error."""
        return json.loads(self._run("-c", str(self._config), *words))

    def order(self, number: str) -> Json:
        """Everything about an order."""
        shown: Json = self.ask("orders", "show", number, "--json")
        return shown

    def document(self, document: Json) -> Json:
        """A document of a listing with all that it says."""
        shown: Json = self.ask("documents", "show", document["id"], "--json")
        return shown

    def case(self, case_id: str) -> Json:
        """A case with its evidence."""
        shown: Json = self.ask("cases", "show", case_id, "--json")
        return shown

    def drop(self, sample: str, inbox: str) -> None:
        """Put a sample into a folder of the instance, as old as the clock says."""
        target = self.folder / inbox / sample
        shutil.copyfile(SAMPLES / sample, target)
        os.utime(target, (self._at.timestamp(), self._at.timestamp()))

    def write(self, name: str, text: str, inbox: str) -> None:
        """Put a file of this text into a folder of the instance, as old as the clock says."""
        target = self.folder / inbox / name
        target.write_text(text, encoding="ascii")
        os.utime(target, (self._at.timestamp(), self._at.timestamp()))

    def append(self, name: str, text: str) -> None:
        """Add lines to a file of the instance, as a person does."""
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def once(self) -> None:
        """Let the gateway take what waits and send what is due."""
        self._run("-c", str(self._config), "once", "--at", self._at.isoformat())

    def file_of(self, folder: str, document: Json) -> Path:
        """The file that carried a document, as it lies in one of the instance's folders."""
        path: Path = self.folder / folder / str(document["file"])
        expect(path.is_file(), f"a file {path}", document)
        return path

    def command(self, *words: str) -> str:
        """A command over this instance, to be pasted into a shell in the folder where this process runs."""
        program = Path(sys.executable).with_name("gateway")
        called = [shown(program)] if program.is_file() else [shown(Path(sys.executable)), "-m", "gateway"]
        return shlex.join([*called, "-c", shown(self._config), *words])

    def _run(self, *words: str) -> str:
        command = [sys.executable, "-m", "gateway", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = done.stderr.strip() or done.stdout.strip()
            raise PlayFailed(f"`gateway {shlex.join(words)}` ended with {done.returncode}: {said}")
        return done.stdout


def shown(path: Path) -> str:
    """A path as short as it is right from here."""
    place = Path.cwd()
    return str(path.relative_to(place) if path.is_relative_to(place) else path)


def expect(holds: bool, what: str, seen: object) -> None:
    """Go on only where it went as the play says. Raises PlayFailed."""
    if not holds:
        raise PlayFailed(f"expected {what}; there was {shorten(str(seen), 300)}")
