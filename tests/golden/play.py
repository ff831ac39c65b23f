"""Plays a golden conversation through an instance, turn by turn, and says where what leaves is not what is written.

A turn is one file that comes and all that follows from it. The control numbers an instance uses are its own: they are
left out of the comparison, and the partner's answers are given the numbers that were really sent.
"""

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from gateway.documents import read_erp, write_erp
from gateway.simulate.writing import JsonWriting, Writing

if TYPE_CHECKING:
    from tests.conftest import House

GOLDEN = Path(__file__).parents[2] / "samples" / "golden"
SHORES = ("amazon/out", "erp/out")

Direction = Literal["received", "sent", "from-erp", "to-erp"]


@dataclass(frozen=True)
class File:
    """One file of a conversation; `cases` are the codes of those that are open once all that follows is done."""

    path: Path
    at: datetime
    direction: Direction
    cases: tuple[str, ...] = ()

    @property
    def comes(self) -> bool:
        return self.direction in ("received", "from-erp")


@dataclass(frozen=True)
class Turn:
    """A file that comes, and what leaves because of it."""

    comes: File
    leaves: tuple[File, ...]

    @property
    def at(self) -> str:
        """When the instance looks: at the time of what leaves, else of what came."""
        moment = self.leaves[0].at if self.leaves else self.comes.at
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

    @property
    def cases(self) -> tuple[str, ...]:
        return (self.leaves or (self.comes,))[-1].cases


def names() -> list[str]:
    """The conversations by their folders."""
    return sorted(path.parent.name for path in GOLDEN.glob("*/story.toml"))


def story_of(name: str) -> dict[str, Any]:
    """What story.toml says."""
    return tomllib.loads((GOLDEN / name / "story.toml").read_text())


def files_of(name: str) -> list[File]:
    """The files of a conversation, in order."""
    return [
        File(
            GOLDEN / name / file["name"], file["at"], cast("Direction", file["direction"]), tuple(file.get("cases", ()))
        )
        for file in story_of(name)["files"]
    ]


def turns_of(name: str) -> list[Turn]:
    """The conversation as turns."""
    found: list[tuple[File, list[File]]] = []
    for file in files_of(name):
        if file.comes:
            found.append((file, []))
        else:
            found[-1][1].append(file)
    return [Turn(comes, tuple(leaves)) for comes, leaves in found]


@dataclass
class Play:
    """An instance of the golden company. `wire` is what really went between it and the partner.

    The ERP's files are written as it writes them: `writing` is its hand, `configured` makes of the golden
    config.toml the one that fits it, and `said_of` takes of a document for the ERP what its form can say.
    """

    house: "House"
    writing: Writing = field(default_factory=JsonWriting)
    configured: Callable[[str], str] = str
    said_of: Callable[[dict[str, Any]], object] = dict
    wire: list[tuple[Literal["sent", "received"], bytes]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)

    def begin(self, at: datetime) -> None:
        """Put the golden configuration and masters in."""
        config = (GOLDEN / "config.toml").read_text()
        self.house.config.write_text(self.configured(config))
        for master in sorted((GOLDEN / "masters").glob("*.csv")):
            self._put(master.name, master.read_bytes(), "erp/in", at)
        self.house.once(f"{at:%Y-%m-%dT%H:%M:%SZ}")

    def take(self, turn: Turn) -> list[str]:
        """Play one turn: what is not as it is written."""
        if turn.comes.direction == "received":
            data = self._really_answered(turn.comes.path.read_bytes())
            self.wire.append(("received", data))
            self._put(turn.comes.path.name, data, "amazon/in", turn.comes.at)
        else:
            for name, data in self._written(turn.comes.path):
                self._put(name, data, "erp/in", turn.comes.at)
        before = set(self._left())
        self.house.once(turn.at)
        left = {path: self._as_golden(path, data) for path, data in self._left().items() if path not in before}
        sent = (content for path, content in left.items() if path.startswith(SHORES[0]))
        self.wire += [("sent", content) for content in sorted(sent, key=lambda data: int(control_number(data)))]
        said = f"after {turn.comes.path.name}"
        return [f"{said}: {fault}" for fault in (*self._differences(turn, left), *self._cases(turn))]

    def _written(self, path: Path) -> Iterable[tuple[str, bytes]]:
        """A file of the ERP as it writes it; what no JSON document is comes as it is."""
        document, _ = read_erp(path.read_bytes()) if path.suffix == ".json" else (None, ())
        return [(path.name, path.read_bytes())] if document is None else self.writing.write(document, path.stem)

    def _as_golden(self, path: str, data: bytes) -> bytes:
        """A file for the ERP in the form of the golden files."""
        document = self.writing.read(data) if path.startswith("erp/out") else None
        return data if document is None else write_erp(document).encode()

    def _put(self, name: str, data: bytes, inbox: str, at: datetime) -> None:
        path = self.house.drop(name, data, inbox)
        os.utime(path, (at.timestamp(),) * 2)

    def _left(self) -> dict[str, bytes]:
        """All that lies in the folders to both shores."""
        folders = (self.house.folder / shore for shore in SHORES)
        paths = (path for folder in folders for path in sorted(folder.iterdir()) if path.is_file())
        return {str(path.relative_to(self.house.folder)): path.read_bytes() for path in paths}

    def _differences(self, turn: Turn, left: dict[str, bytes]) -> list[str]:
        """What was to leave and did not, or left and was not to; a file is known by its content."""
        waiting = {path: comparable(content, self.said_of) for path, content in left.items()}
        missing = []
        for file in turn.leaves:
            wanted = comparable(file.path.read_bytes(), self.said_of)
            found = next((path for path, content in waiting.items() if content == wanted), None)
            if found is None:
                missing.append(f"{file.path.name} did not leave:\n{wanted}")
            else:
                self._remember(file.path.read_bytes(), left[found])
                del waiting[found]
        return [*missing, *(f"{path} left:\n{content}" for path, content in waiting.items())]

    def _cases(self, turn: Turn) -> list[str]:
        found = {case["code"]: case["message"] for case in self.house.cases}
        return [] if sorted(found) == sorted(turn.cases) else [f"the cases {turn.cases} should be open: {found}"]

    def _remember(self, written: bytes, sent: bytes) -> None:
        """The number that stands in the golden file is this one here."""
        self.numbers[control_number(written)] = control_number(sent)

    def _really_answered(self, data: bytes) -> bytes:
        """The partner's answer with the number that was really sent (AK102, UCI 0020)."""
        text = data.decode()
        for pattern in (r"(?<=AK1\*..\*)\d+", r"(?<=UCI\+)\d+"):
            text = re.sub(pattern, lambda found: self.numbers.get(found.group(), found.group()), text)
        return text.encode()


def control_number(data: bytes) -> str:
    """The control number that an answer names: GS06, or UNB 0020."""
    text = data.decode()
    found = re.search(r"^GS(?:\*[^*]*){5}\*(\d+)", text, re.MULTILINE) or re.search(r"^UNB(?:\+[^+]*){4}\+(\d+)", text)
    return found.group(1) if found else ""


_OWN_NUMBERS = (
    (r"^(ISA(?:\*[^*]*){8})\*\d{6}\*\d{4}((?:\*[^*]*){2})\*\d{9}", r"\1*DATE*TIME\2*NUMBER"),
    (r"^(GS(?:\*[^*]*){3})\*\d+\*\d+\*\d+", r"\1*DATE*TIME*NUMBER"),
    (r"^(GE\*\d+)\*\d+", r"\1*NUMBER"),
    (r"^(IEA\*\d+)\*\d+", r"\1*NUMBER"),
    (r"^(UNB(?:\+[^+]*){3})\+\d{6}:\d{4}\+\d+", r"\1+DATE:TIME+NUMBER"),
    (r"^(UNZ\+\d+)\+\d+", r"\1+NUMBER"),
)


def comparable(data: bytes, said_of: Callable[[dict[str, Any]], object] = dict) -> str:
    """A file without what is an instance's own: control numbers and the times of envelopes; JSON by its values."""
    text = data.decode()
    if text.startswith("{"):
        return json.dumps(said_of(json.loads(text)), indent=1, sort_keys=True)
    for pattern, own in _OWN_NUMBERS:
        text = re.sub(pattern, own, text, flags=re.MULTILINE)
    return text
