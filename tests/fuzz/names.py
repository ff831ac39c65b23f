"""Names that others give to files, in bytes, and names that we give."""

from pathlib import PurePosixPath

from gateway.erp.files import kind_of
from gateway.errors import Refused
from gateway.transports.base import Entry, check_name, is_staging_name, label_of
from tests.fuzz.mutations import Random
from tests.fuzz.reader import Reader, Took

SEEDS = (
    *(
        b"850_20261120.edi",
        b"items.csv",
        b"items-20261120.delta.csv",
        b"shipment.amazon-us.SHP-1.json",
        b"a.part",
        "İtems.csv".encode(),
    ),
    *(b"../../etc/passwd", b"-rf", b".hidden", b"name with blanks.edi", b"caf\xc3\xa9.edi", b"\xff\xfe", b"a\nb", b"~"),
    *(b"AMAZON_850_000000101.edi-<CAFE.20261120.1@as2.example>", b"%2F%2e%2E", b"x" * 255, "\u202egnp.edi".encode()),
)


def take_name(data: bytes, _: Random) -> Took:
    """A label is one printable line that is safe as a file name; a name of ours is refused or unchanged."""
    label = label_of(data)
    assert label.isprintable()
    assert len(label.encode()) <= 200
    assert not label.startswith((".", "-"))
    assert "/" not in label
    assert "\\" not in label
    if label:
        assert PurePosixPath("x", label).name == label
    assert Entry(name=data, size=len(data), mtime_ns=-(2**70)).modified_at
    assert Entry(name=data, size=len(data), mtime_ns=2**90).modified_at
    is_staging_name(data)
    kind_of(label)
    text = data.decode("utf-8", errors="replace")  # names of ours are text
    try:
        assert check_name(text) == text
    except Refused:
        return Took(label != "", 1)
    assert not is_staging_name(text.encode())
    return Took(True)


def reader_of_names() -> Reader:
    return Reader("names", SEEDS, b"/\\.-%\x00\n\r\x1b\xff\xe2\x80\xae~ ", take_name, "with a label")
