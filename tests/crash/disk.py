"""A disk that forgets: from the calls of one run, every image that a power cut could leave behind.

Names and data are written back apart. A change of a name (create, rename, unlink, mkdir) lasts once its folder was
fsynced, written data once the file was; what is pending may be there or not. Two models of file systems: one in which
the fsync of a file keeps its name too and a rename lasts with either of its folders, and a stricter one in which
neither holds. Pending names are kept in their order, as journalling file systems do; pending data in any of a few ways.
Writes through mmap are not seen: SQLite is used without.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from tests.crash.strace import Call

_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_PATH = re.compile(r"<((?:\\x[0-9a-f]{2})+)>")


@dataclass(frozen=True)
class Step:
    """One thing that a call did to the disk; paths are relative to the instance."""

    kind: str
    path: str
    other: str = ""
    offset: int = 0
    data: bytes = b""


def _text(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def steps(calls: Iterable[Call], folder: Path) -> list[Step]:
    """What a trace did to the instance in a folder, in its order."""
    found: list[Step] = []
    positions: dict[int, int] = {}
    for call in calls:
        if call.value is None or call.value < 0:
            continue
        if call.name == "openat":
            positions[call.value] = 0
        found += [step for step in _steps(call, folder, positions) if not step.path.startswith("..")]
    return found


def _steps(call: Call, folder: Path, positions: dict[int, int]) -> Iterator[Step]:
    strings = [_text(each) for each in _STRING.findall(call.arguments)]
    paths = [os.fsdecode(_text(each)) for each in _PATH.findall(call.arguments)]

    def place(base: int, name: bytes) -> str:
        return os.path.relpath(Path(paths[base], os.fsdecode(name)) if paths else os.fsdecode(name), folder)

    match call.name:
        case "openat" if "O_CREAT" in call.arguments:
            yield Step("create", place(0, strings[0]))
            if "O_TRUNC" in call.arguments:
                yield Step("truncate", place(0, strings[0]))
        case "write" | "pwrite64":
            number = int(re.match(r"\d+", call.arguments)[0])  # type: ignore[index]
            offset = positions.get(number, 0)
            if call.name == "pwrite64":
                offset = int(call.arguments.rsplit(",", 1)[1])
            else:
                positions[number] = offset + (call.value or 0)
            data = strings[0][: call.value]
            yield Step("write", os.path.relpath(paths[0], folder), offset=offset, data=data)
        case "ftruncate":
            size = int(call.arguments.rsplit(",", 1)[1])
            yield Step("truncate", os.path.relpath(paths[0], folder), offset=size)
        case "fsync" | "fdatasync":
            yield Step("sync", os.path.relpath(paths[0], folder))
        case "rename":
            yield Step("rename", place(0, strings[0]), place(0, strings[1]))
        case "renameat" | "renameat2":
            yield Step("rename", place(0, strings[0]), place(1, strings[1]))
        case "unlink" | "unlinkat":
            yield Step("unlink", place(0, strings[0]))
        case "mkdir" | "mkdirat":
            yield Step("mkdir", place(0, strings[0]))
        case "link" | "linkat" | "pwritev" | "writev":
            raise RuntimeError(f"the model does not know {call.name}: {call.arguments[:200]}")


Image = dict[str, bytes | None]
"""A disk: what lies under each relative path, None for a folder."""


@dataclass
class _Change:
    """A change of names that is not durable yet: what goes, what comes, and which folders' fsync it waits for."""

    gone: str
    come: str
    node: int
    waits_for: set[str]


@dataclass
class Disk:
    """The disk in one model: what lasts, and what is pending."""

    keeps_names: bool
    names: dict[str, int] = field(default_factory=dict)
    live: dict[str, int] = field(default_factory=dict)
    data: dict[int, bytes | None] = field(default_factory=dict)
    pending_names: list[_Change] = field(default_factory=list)
    pending_data: list[tuple[int, Step]] = field(default_factory=list)
    digests: dict[int, tuple[bytes | None, str]] = field(default_factory=dict)

    def load(self, folder: Path) -> None:
        """Begin with a folder as it is, all of it durable."""
        for node, path in enumerate(sorted(folder.rglob("*"))):
            self.names[str(path.relative_to(folder))] = node
            self.data[node] = None if path.is_dir() else path.read_bytes()
        self.live = dict(self.names)

    def take(self, step: Step) -> bool:
        """Let a step happen; whether it changed anything."""
        node = self.live.get(step.path)
        if step.kind in ("create", "mkdir"):
            if node is not None:
                return False
            node = len(self.data)
            self.data[node] = None if step.kind == "mkdir" else b""
            self.live[step.path] = node
            self._rename(_Change("", step.path, node, {_parent(step.path)}))
        elif step.kind == "rename" and node is not None:
            self.live[step.other] = self.live.pop(step.path)
            self._rename(_Change(step.path, step.other, node, {_parent(step.path), _parent(step.other)}))
        elif step.kind == "unlink" and node is not None:
            del self.live[step.path]
            self._rename(_Change(step.path, "", node, {_parent(step.path)}))
        elif step.kind == "sync":
            self._sync(step.path, node)
        elif step.kind in ("write", "truncate") and node is not None:
            self.pending_data.append((node, step))
        else:
            return False
        return True

    def _rename(self, change: _Change) -> None:
        self.pending_names.append(change)

    def _sync(self, path: str, node: int | None) -> None:
        if node is not None and self.data[node] is not None:
            own = [each for each in self.pending_data if each[0] == node]
            self.data |= self._with(own)
            self.pending_data = [each for each in self.pending_data if each[0] != node]
            if self.keeps_names:
                for change in self.pending_names:
                    if change.node == node and change.come:
                        change.waits_for.clear()
        for change in self.pending_names:
            if path in change.waits_for:
                change.waits_for = set() if self.keeps_names else change.waits_for - {path}
        for change in self.pending_names:
            if not change.waits_for:
                _apply(self.names, change)
        self.pending_names = [change for change in self.pending_names if change.waits_for]

    def images(self) -> Iterator[tuple[bytes, Image]]:
        """Everything that could be found after a power cut now, each with a fingerprint of its content."""
        contents = [({node: _digest(data) for node, data in content.items()}, content) for content in self._contents()]
        names = dict(self.names)
        for change in (None, *self.pending_names):
            if change is not None:
                _apply(names, change)
            found = {path: node for path, node in names.items() if _has_parents(path, names)}
            for digests, content in contents:
                lines = [f"{path}\0{digests.get(node) or self._known(node)}\n" for path, node in sorted(found.items())]
                image = {path: content.get(node, self.data[node]) for path, node in found.items()}
                yield blake2b("".join(lines).encode(errors="surrogateescape"), digest_size=16).digest(), image

    def _known(self, node: int) -> str:
        """The digest of durable data, computed once for each content."""
        data, digest = self.digests.get(node, (b"", ""))
        if data is not self.data[node] or not digest:
            digest = _digest(self.data[node])
            self.digests[node] = (self.data[node], digest)
        return digest

    def _contents(self) -> Iterator[dict[int, bytes | None]]:
        """The ways in which pending data may be there: of the nodes that have any, their bytes."""
        pending = self.pending_data
        yield self._with(pending)
        if not pending:
            return
        yield {}
        yield self._with(pending[:-1])
        node, last = pending[-1]
        half = Step(last.kind, last.path, offset=last.offset, data=last.data[: len(last.data) // 2])
        if last.kind == "write":
            yield self._with([*pending[:-1], (node, half)])
        yield self._with(pending[-1:])
        nodes = {node for node, _ in pending}
        if len(nodes) > 1:
            yield from (self._with([each for each in pending if each[0] != node]) for node in sorted(nodes))

    def _with(self, some: list[tuple[int, Step]]) -> dict[int, bytes | None]:
        found: dict[int, bytearray] = {}
        for node, step in some:
            if node not in found:
                found[node] = bytearray(self.data[node] or b"")
            _write(found[node], step)
        return {node: bytes(data) for node, data in found.items()}


def _write(data: bytearray, step: Step) -> None:
    if step.kind == "truncate":
        del data[step.offset :]
    data.extend(bytes(max(step.offset - len(data), 0)))
    data[step.offset : step.offset + len(step.data)] = step.data


def _digest(data: bytes | None) -> str:
    return "folder" if data is None else blake2b(data, digest_size=16).hexdigest()


def _apply(names: dict[str, int], change: _Change) -> None:
    if change.gone and names.get(change.gone) == change.node:
        del names[change.gone]
    if change.come:
        names[change.come] = change.node


def _parent(path: str) -> str:
    return str(Path(path).parent)


def _has_parents(path: str, names: dict[str, int]) -> bool:
    """Whether a file can be reached: what lies in a folder that was never kept is gone with it."""
    while path := path.rpartition("/")[0]:
        if path not in names:
            return False
    return True
