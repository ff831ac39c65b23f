"""What is no plain file, and names that want to be more than names."""

import os
import socket
from pathlib import Path

from tests.hostile.hostile import ERP, Hostile, x12

UNREADABLE = ("file-unreadable",)


def bind(path: Path) -> None:
    """A socket; its path may be longer than a socket's address, so it is bound beside and moved."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def link_in_quarantine(path: Path) -> None:
    """A link that waits in quarantine under the name that a bad file will get there."""
    outside = path.parents[2] / "outside.txt"
    outside.write_text("untouched")
    (path.parents[2] / "quarantine" / path.name).symlink_to(outside)
    path.write_text("junk")


def planted(rule: str, plant: object, name: bytes = b"%.edi", folder: str = "amazon/in") -> Hostile:
    return Hostile(rule, None, "quarantined", UNREADABLE, folder, name, plant)  # type: ignore[arg-type]


def named(name: bytes, rule: str = "a name is a label, never a path", outcome: str = "neutralised") -> Hostile:
    return Hostile(rule, x12, outcome, (), "amazon/in", name)  # type: ignore[arg-type]


def hard_link(path: Path) -> None:
    target = path.parents[2] / f"second-name-of-{path.name}"
    target.write_text("ISA*")
    os.link(target, path)


PLANTED = {
    "a link to a secret": planted("links are not followed", lambda path: path.symlink_to("/etc/passwd")),
    "a link to itself": planted("links are not followed", lambda path: path.symlink_to(path.name)),
    "a link to nothing": planted("links are not followed", lambda path: path.symlink_to("/nowhere")),
    "a link to a device": planted("links are not followed", lambda path: path.symlink_to("/dev/zero")),
    "a link to a folder": planted("links are not followed", lambda path: path.symlink_to("/etc")),
    "a link to the journal": planted("links are not followed", lambda path: path.symlink_to("../../journal.db")),
    "a pipe": planted("nobody waits for a pipe", os.mkfifo),
    "a socket": planted("a socket is no file", bind),
    "a folder": planted("a folder is no file", lambda path: path.mkdir()),
    "a folder full of files": planted(
        "a folder is no file", lambda path: (path.mkdir(), [(path / f"{n}.edi").write_text("ISA*") for n in range(50)])
    ),
    "a hard link": planted("a file has one name", hard_link),
    "a pipe from the ERP": planted("nobody waits for a pipe", os.mkfifo, b"%.json", ERP),
    "a link as a master": planted(
        "links are not followed", lambda path: path.symlink_to("/etc/passwd"), b"items.%.csv", ERP
    ),
    "a folder as a document": planted("a folder is no file", lambda path: path.mkdir(), b"%.json", ERP),
    "a link that waits in quarantine": Hostile(
        "quarantine never writes through a link", None, codes=("not-edi",), plant=link_in_quarantine
    ),
}

NAMES = {
    "a name with a line break": named(b'%\n{"event": "forged"}.edi'),
    "a name with a carriage return": named(b"%\rFORGED.edi"),
    "a name with an escape": named(b"%\x1b[31mRED\x1b[0m.edi"),
    "a name that is not UTF-8": named(b"%\xff\xfe.edi"),
    "a name with a bidi override": named("%\u202eide.edi".encode()),
    "a name with a zero width blank": named("%\u200b.edi".encode()),
    "a name with a leading dash": named(b"-rf %.edi"),
    "a name with two dots": named(b"%..edi"),
    "a name of an encoded path": named(b"x%..&2F..&2Fetc&2Fpasswd".replace(b"&", b"\x25\x25")),
    "a name with a backslash": named(rb"C:\..\..\%.edi"),
    "a name with quotes": named(b"%'\"`$(id);.edi"),
    "a name with markup": named(b"%<script>.edi"),
    "a name of 250 bytes": named(b"%" + b"n" * 240 + b".edi"),
    "a name of blanks": named(b"   %   "),
    "a name with a formula": named(b"=1+1+%"),
    "a name of a reason": Hostile(
        "no file passes for a reason", lambda _: "junk", "quarantined", ("not-edi",), name=b"%.reason.json"
    ),
    "a name of the journal": named(b"%.journal.db"),
    "a name with a tilde": named(b"~root%.edi"),
    "a name of a path upwards": named(rb"..\..\%.edi", "a name that begins with a dot is hidden", "ignored"),
    "a hidden name": named(b".%.edi", "a hidden name is of somebody's unfinished file", "ignored"),
    "an unfinished name": named(b"%.edi.part", "an unfinished name is passed over", "ignored"),
    "a backup's name": named(b"%.edi~", "an unfinished name is passed over", "ignored"),
}
