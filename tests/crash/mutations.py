"""Seeded faults: what breaks each rule of delivering once and only once, as replacements in the shipped modules.

A piece of text must be found exactly once, so that a mutation that no longer fits says so. `by` is the harness that is
tried first.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """One fault: its name, the rule it breaks, the harness that should see it, and (file, text, text instead)."""

    name: str
    rule: str
    by: str
    edits: tuple[tuple[str, str, str], ...]


_INTAKE, _REMAINING, _COURIER = "gateway/intake.py", "gateway/remaining.py", "gateway/pipeline/courier.py"
_FOLDER, _DURABLE = "gateway/transports/folder.py", "gateway/transports/durable.py"
_UNFLUSHED = "gateway/transports/unflushed.py"
_SQLITE, _RECEIVING = "gateway/journal/connection.py", "gateway/pipeline/receiving.py"
_NOTE = "                self.underway.note(arrivals, head)\n"
_CONCLUDE = "                self.underway.conclude([each.reason for each in taken])\n"
_RENAME = "            os.rename(name, name, src_dir_fd=staging, dst_dir_fd=out)\n"
_PUBLISH = "            self.carrier.publish(token)\n"
_ASKED = "if _has_arrived(self.journal, self.carrier, dispatch, self.now, self.pace):"
_UNANSWERED = "                self._fails(dispatch, error, put_in_doubt)\n                return\n"
_SETTLE_ALL = "                [self.shore.source.settle(arrival.entry) for arrival in arrivals]\n"
_COPIED = """\
            data = _bytes_of(name, staging) or b""
            made = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666, dir_fd=out)
            os.write(made, data[:20])
            time.sleep(0.002)
            os.write(made, data[20:])
            os.close(made)
            os.unlink(name, dir_fd=staging)
"""
_KEPT = """\
        if self.reason is not None:
            pieces = partial(instance.journal.pieces_of, self.sha256)  # it may be large, and once in memory is enough
            instance.quarantine.keep(self.entry.label, pieces, self.reason)
            remaining.add([replace(self, reason=None)])  # a person may move the copy: it comes once
        source.settle(self.entry)
"""
_KEPT_LATE = """\
        source.settle(self.entry)
        if self.reason is not None:
            pieces = partial(instance.journal.pieces_of, self.sha256)
            instance.quarantine.keep(self.entry.label, pieces, self.reason)
"""
_DRAWN = "        number: int = row[0] if row else start_at\n"
_DRAWN_OUTSIDE = """\
        side = self._connection.path.with_name("numbers-" + str(sum(map(ord, series))))
        number: int = int(side.read_text()) if side.exists() else start_at
        side.write_text(str(number + 1))
"""
_TAKEN = '        interchange_id = record_interchange(interchange, partner, "taken", receipt, desk)\n'
_COMMITTED = "".join(
    f"        desk.tx._connection.rows({sql!r})\n"
    for sql in ("RELEASE part", "COMMIT", "BEGIN IMMEDIATE", "SAVEPOINT part")
)
_FAILED_TO_PUBLISH = """\
            self._fails(dispatch, error, put_off)
        else:
            return True
        return False
"""
_FSYNC = """\
    try:
        os.fsync(descriptor)
    except OSError as wrong:
"""

MUTATIONS: tuple[Mutation, ...] = (
    Mutation("the file is removed before it is read", "R7", "kill", ((_INTAKE, _NOTE, _SETTLE_ALL + _NOTE),)),
    Mutation("the file is removed before the commit", "R7", "kill", ((_INTAKE, _CONCLUDE, _SETTLE_ALL + _CONCLUDE),)),
    Mutation("the quarantine copy comes after the removal", "R7", "inject", ((_REMAINING, _KEPT, _KEPT_LATE),)),
    Mutation(
        "the quarantine copy is not made durable",
        "R7",
        "powercut",
        (
            (
                "gateway/transports/quarantine.py",
                "            make_durable(path, pieces())\n",
                "            path.write_bytes(b''.join(pieces()))\n",
            ),
        ),
    ),
    Mutation(
        "a note without its commit is believed",
        "R7",
        "kill",
        (("gateway/rehearsal.py", "file.is_concluded and _is_committed(instance.journal, file)", "file.is_concluded"),),
    ),
    Mutation(
        "a partner's repeat is taken for new",
        "R9",
        "powercut",
        ((_RECEIVING, "    elif earlier is None:\n", "    elif True:\n"),),
    ),
    Mutation(
        "a repeat is not answered",
        "R9",
        "powercut",
        ((_RECEIVING, "        answer_again(earlier.id, partner, desk)\n", ""),),
    ),
    Mutation(
        "numbers are kept beside the journal", "R11", "kill", (("gateway/journal/numbers.py", _DRAWN, _DRAWN_OUTSIDE),)
    ),
    Mutation("what follows is in a second transaction", "R12", "kill", ((_RECEIVING, _TAKEN, _TAKEN + _COMMITTED),)),
    Mutation(
        "the rename is not marked beforehand",
        "R13",
        "kill",
        ((_COURIER, "tx.mark_staged(dispatch.id)", "pass"),),
    ),
    Mutation(
        "marked as delivered before the rename",
        "R13",
        "kill",
        ((_COURIER, _PUBLISH, "            mark_delivered(self.journal, [dispatch], self.now)\n" + _PUBLISH),),
    ),
    Mutation(
        "written straight into the out folder",
        "R13",
        "kill",
        ((_FOLDER, _RENAME, _COPIED), (_FOLDER, "import stat\n", "import stat\nimport time\n")),
    ),
    Mutation(
        "after a crash everything staged goes again",
        "R13",
        "inject",
        (
            (
                _COURIER,
                _ASKED,
                "if False:",
            ),
        ),
    ),
    Mutation(
        "after a crash everything staged counts as delivered",
        "R13",
        "inject",
        (
            (
                _COURIER,
                _ASKED,
                "if True:",
            ),
        ),
    ),
    Mutation(
        "no answer to the question is taken for a no",
        "R14",
        "inject",
        ((_COURIER, _UNANSWERED, "                del error\n"),),
    ),
    Mutation(
        "tried again under another name",
        "R14",
        "inject",
        (
            (
                _COURIER,
                "self.carrier.stage(dispatch.name, _bytes",
                'self.carrier.stage(("again-" if dispatch.state == "staged" else "") + dispatch.name, _bytes',
            ),
        ),
    ),
    Mutation(
        "what could not be published counts as delivered",
        "R15",
        "inject",
        ((_COURIER, _FAILED_TO_PUBLISH, "            del error\n        return True\n"),),
    ),
    Mutation(
        "no fsync of files",
        "R13",
        "powercut",
        ((_DURABLE, "        (make_durable or fsync)(file.fileno(), path)\n", ""),),
    ),
    Mutation(
        "no fsync of the folder of a new file",
        "R13",
        "powercut",
        (
            (
                _DURABLE,
                "    write_contents(name, pieces, folder, path)\n    fsync(folder, path.parent)\n",
                "    write_contents(name, pieces, folder, path)\n",
            ),
            (_FOLDER, "                    self._late.add_folder(staging, path.parent)\n", ""),
        ),
    ),
    Mutation(
        "no fsync of the folders after the rename",
        "R13",
        "powercut",
        (
            (_FOLDER, "                self._late.add_folder(out, self._outbox)\n", "                pass\n"),
            (_FOLDER, "                self._late.add_folder(staging, self._outbox / STAGING)\n", ""),
        ),
    ),
    Mutation(
        "no fsync of the folders for all that was given together",
        "R13",
        "powercut",
        (
            (
                _UNFLUSHED,
                "        for path, descriptor in self._folders.items():\n            fsync(descriptor, path)\n",
                "",
            ),
        ),
    ),
    Mutation(
        "commits are not synced",
        "R7",
        "powercut",
        ((_SQLITE, "PRAGMA synchronous = EXTRA", "PRAGMA synchronous = OFF"),),
    ),
    Mutation(
        "the end of a commit is not synced",
        "R7",
        "powercut",
        ((_SQLITE, "PRAGMA synchronous = EXTRA", "PRAGMA synchronous = FULL"),),
    ),
    Mutation(
        "the rollback journal is kept in memory",
        "R7",
        "kill",
        (
            (
                _SQLITE,
                'if self.rows("PRAGMA journal_mode = DELETE") != [("delete",)]:',
                'if self.rows("PRAGMA journal_mode = MEMORY") != [("memory",)]:',
            ),
        ),
    ),
    Mutation(
        "a failed fsync is tried again",
        "R21",
        "inject",
        (
            (
                _DURABLE,
                _FSYNC,
                "    try:\n        os.fsync(descriptor)\n        return\n    except OSError:\n        pass\n" + _FSYNC,
            ),
        ),
    ),
    Mutation(
        "a failed fsync is passed over",
        "R21",
        "inject",
        ((_DURABLE, _FSYNC, "    try:\n        os.fsync(descriptor)\n    except OSError:\n        return\n" + _FSYNC),),
    ),
    Mutation(
        "there is no lock",
        "R22",
        "kill",
        (
            (
                "gateway/instance.py",
                "            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
                "            pass\n",
            ),
        ),
    ),
)
