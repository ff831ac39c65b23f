"""Bad input: each is told with its code, costs little time and memory, and stops nothing that lies beside it.

Every input goes through `gateway once` in a process of its own, which says at its end how much memory it ever held, and
beside each lies a good order that must go through.
"""

import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import House

SECONDS = 5.0
MEGABYTES = 100.0
ROOT = Path(__file__).parents[2]

# Runs the command line and writes the peak of its memory, in kB: of this process alone, unlike ru_maxrss, which a child
# inherits from whoever started it.
MEASURED = """
import atexit, os, re, sys
def tell():
    status = open("/proc/self/status").read()
    open(os.environ["PEAK"], "w").write(re.search(r"VmHWM:\\s+(\\d+)", status)[1])
if os.path.exists("/proc/self/status"):
    atexit.register(tell)
from gateway.cli import main
main(prog_name="gateway")
"""


def run_measured(house: "House", *arguments: str) -> tuple["subprocess.CompletedProcess[str]", float, float]:
    """Run a command in a process of its own: what it said, its seconds of the processor, its megabytes."""
    peak = house.folder.parent / "peak"
    environment = {**os.environ, "PEAK": str(peak), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MEASURED, "-c", str(house.config), *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done, seconds, int(peak.read_text()) / 1024 if peak.exists() else 0.0


def order(house: "House", **more: Any) -> bytes:
    return house.interchange(house.order("B1"), control=555, **more).encode()


def cut(mark: bytes) -> Callable[["House"], bytes]:
    return lambda house: order(house).partition(mark)[0]


def changed(old: bytes, new: bytes) -> Callable[["House"], bytes]:
    def change(house: "House") -> bytes:
        data = order(house)
        assert old in data
        return data.replace(old, new)

    return change


def one_segment(size: int) -> Callable[["House"], bytes]:
    return lambda house: order(house).partition(b"PO1")[0] + b"PO1*1*" + b"A" * size


# Input -> the code it is told by.
FILES: dict[str, tuple[Callable[["House"], bytes], str]] = {
    "an empty file": (lambda _: b"", "file-empty"),
    "a file of blanks": (lambda _: b" \r\n\t\n", "file-empty"),
    "a file of zero bytes": (lambda _: bytes(4096), "file-empty"),
    "binary": (lambda _: bytes(range(255, -1, -1)) * 64, "not-edi"),
    "HTML": (lambda _: b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "not-edi"),
    "UTF-16": (lambda house: order(house).decode().encode("utf-16"), "not-edi"),
    "EBCDIC": (lambda house: order(house).decode().encode("cp037"), "ebcdic"),
    "cut in the ISA": (lambda house: order(house)[:60], "isa-truncated"),
    "cut in a segment": (cut(b"*UK*"), "interchange-unfinished"),
    "cut before the GE": (cut(b"GE*"), "interchange-unfinished"),
    "cut before the IEA": (cut(b"IEA*"), "interchange-unfinished"),
    "a wrong SE count": (changed(b"SE*13", b"SE*99"), "segment-count-differs"),
    "a wrong GE count": (changed(b"GE*1*", b"GE*7*"), "message-count-differs"),
    "a wrong IEA count": (changed(b"IEA*1*", b"IEA*3*"), "group-count-differs"),
    "another number in the IEA": (changed(b"IEA*1*000000555", b"IEA*1*000000556"), "interchange-reference-differs"),
    "an unknown sender": (changed(b"ZZ*AMAZON  ", b"ZZ*NOBODY  "), "sender-unknown"),
    "an unknown receiver": (changed(b"ZZ*5551234567", b"ZZ*5550000000"), "receiver-unknown"),
    "test data in a live channel": (lambda house: order(house, flag="T"), "test-flag-differs"),
    "an unknown message type": (changed(b"ST*850", b"ST*8ZZ"), "message-type-unknown"),
    "another version": (changed(b"X*004010", b"X*003020"), "version-unknown"),
    "two equal delimiters": (changed(b"*P*>~", b"*P**~"), "component-separator-unusable"),
    "a letter as delimiter": (lambda house: order(house).replace(b"*", b"A"), "delimiters-unusable"),
    "a segment of 30 MB": (one_segment(30_000_000), "message-too-large"),
    "more than the channel takes": (one_segment(33_000_000), "file-too-large"),
    "a million terminators": (
        lambda house: order(house).partition(b"BEG")[0] + b"~" * 1_000_000,
        "interchange-unfinished",
    ),
    "half a million ISAs": (lambda _: b"ISA*" * 500_000, "component-separator-unusable"),
}


def is_told(house: "House", name: str, code: str) -> None:
    """The quarantine says what is wrong, where and what to do, and a case has the same code."""
    reason = house.quarantine[name]
    assert reason["code"] == code
    assert all(reason[part] for part in ("message", "place", "remedy"))
    cases = house.json("cases", "list")
    told = [case["code"] for case in cases]
    evidence = [house.json("cases", "show", case["id"])["evidence"].get("code") for case in cases]
    assert code in (*told, *evidence)


def the_good_order_went(house: "House") -> None:
    assert "sales-order.amazon-us.GOOD.json" in house.sales_orders
    assert "AK1*PO*101 AK2*850*0001 AK5*A AK9*A*1*1*1" in house.answers


@pytest.fixture
def beside(house: "House") -> "House":
    """An instance with a good order in its inbox."""
    house.drop("good.edi", house.interchange(house.order("GOOD")))
    return house


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_told_and_costs_little(beside: "House", name: str) -> None:
    make, code = FILES[name]
    data = make(beside)
    beside.drop("bad.edi", data)
    done, seconds, megabytes = run_measured(beside, "once", "--at", "2026-11-20T21:02:00Z")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
    is_told(beside, "bad.edi", code)
    the_good_order_went(beside)
    assert beside.waiting == []
    if code != "file-too-large":  # that one is not even read
        assert (beside.folder / "quarantine" / "bad.edi").read_bytes() == data
        with beside.journal() as journal:
            [kept] = [file.id for file in journal.files() if file.name == "bad.edi"]
            assert journal.bytes_of(kept) == data


def test_a_hundred_megabytes_of_one_segment_cost_no_more_than_the_file(beside: "House") -> None:
    beside.configure('max_file = "32 MB"                # a larger', 'max_file = "200 MB"  # a larger')
    data = one_segment(100_000_000)(beside)
    beside.drop("bad.edi", data)
    done, seconds, megabytes = run_measured(beside, "once", "--at", "2026-11-20T21:02:00Z")
    assert done.returncode == 0, done.stderr
    assert seconds < SECONDS
    assert megabytes < MEGABYTES + len(data) / 1024**2  # a file that is taken is read whole: max_file is the bound
    is_told(beside, "bad.edi", "message-too-large")
    the_good_order_went(beside)


def test_all_of_them_at_once_stop_nothing(beside: "House") -> None:
    for number, (make, _) in enumerate(FILES.values()):
        beside.drop(f"bad{number:02}.edi", make(beside))
    beside.once()
    the_good_order_went(beside)
    assert beside.waiting == []
    assert len(beside.quarantine) == len(FILES)


# What is no plain file


def _symlink(place: Path) -> None:
    place.symlink_to("/etc/passwd")


def _dangling(place: Path) -> None:
    place.symlink_to("nowhere")


def _folder(place: Path) -> None:
    place.mkdir()
    (place / "inside.edi").write_text("ISA")


def _hard_link(place: Path) -> None:
    original = place.parent.parent / "elsewhere.edi"
    original.write_text("ISA")
    os.link(original, place)


def _socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(place.parent)  # the path of a socket must be short
        try:
            listener.bind(place.name)
        finally:
            os.chdir(here)


@pytest.mark.parametrize("make", [_symlink, _dangling, os.mkfifo, _folder, _hard_link, _socket])
def test_what_is_no_plain_file_is_set_aside_as_it_is(beside: "House", make: Callable[[Path], None]) -> None:
    make(beside.folder / "amazon" / "in" / "odd.edi")
    done, seconds, _ = run_measured(beside, "once", "--at", "2026-11-20T21:02:00Z")
    assert done.returncode == 0, done.stderr
    assert seconds < SECONDS
    is_told(beside, "odd.edi", "file-unreadable")
    the_good_order_went(beside)
    assert beside.waiting == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file: run the tests as another user to see this one")
def test_a_file_that_we_may_not_read_is_set_aside(beside: "House") -> None:
    beside.drop("odd.edi", "ISA").chmod(0)
    beside.once()
    assert beside.quarantine["odd.edi"]["code"] == "file-unreadable"
    the_good_order_went(beside)


# Names


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (b"two\nlines.edi", "two%0Alines.edi"),
        (b"caf\xe9\xff.edi", "caf%E9%FF.edi"),
        (b"-rf.edi", "%2Drf.edi"),
        ("Bestellung für Köln.edi".encode(), "Bestellung für Köln.edi"),
        (b"bell\x07\x1b[31m.edi", "bell%07%1B[31m.edi"),
        (b"order.reason.json", "order.reason.json.file"),
    ],
)
def test_a_name_is_a_label_and_nothing_else(beside: "House", name: bytes, label: str) -> None:
    beside.drop(name, b"no EDI at all")
    beside.once()
    assert beside.quarantine[label]["code"] == "not-edi"
    the_good_order_went(beside)
    assert beside.waiting == []


def test_a_good_order_under_a_bad_name_is_taken(house: "House") -> None:
    house.drop(b"new\nline\xff.edi", house.interchange(house.order("GOOD")))
    house.once()
    the_good_order_went(house)
    [document] = house.json("documents", "list", "--type", "850")
    assert document["file"] == "new%0Aline%FF.edi"


def test_names_of_unfinished_uploads_are_passed_over(beside: "House") -> None:
    names = {".hidden", "a.part", "b.filepart", "c.tmp", "d.partial", "e.crdownload", "f~"}
    for name in names:
        beside.drop(name, "ISA")
    beside.once()
    assert set(beside.waiting) == names
    assert beside.quarantine == {}


# The other shore


def said_of(order: str, partner: str = "amazon-us") -> bytes:
    """An answer of the ERP to the first line of an order."""
    line = {"line": "1", "accepted": "24"}
    said = {"document": "order-response", "version": 1, "partner": partner, "purchase_order": order, "lines": [line]}
    return json.dumps(said).encode()


ERP_FILES: dict[str, tuple[str, bytes, str]] = {
    "no JSON": ("result.json", b"{'document': 'posting-result'}", "erp-document-unreadable"),
    "an empty document": ("result.json", b"", "erp-document-unreadable"),
    "a document nobody knows": ("result.json", b'{"document": "letter"}', "erp-document-unreadable"),
    "an unknown field": (
        "result.json",
        b'{"document": "posting-result", "id": "amazon-us:GOOD", "result": "booked", "colour": "red"}',
        "erp-document-unreadable",
    ),
    "an answer to an order nobody knows": ("response.json", said_of("NONE"), "erp-document-unreadable"),
    "an answer to a partner nobody knows": ("response.json", said_of("GOOD", "nobody"), "erp-document-unreadable"),
    "a document that goes the other way": (
        "sales-order.json",
        json.dumps(
            {
                "document": "sales-order",
                "version": 1,
                "id": "amazon-us:GOOD",
                "partner": "amazon-us",
                "account": "ACME1",
                "purchase_order": "GOOD",
                "ordered_on": "2026-11-20",
                "currency": "USD",
                "customer": "AMAZON-US",
                "lines": [
                    {
                        "line": "1",
                        "sku": "ACME-1",
                        "ordered": {"value": "24", "unit": "each"},
                        "base": {"value": "24"},
                        "price": {"amount": "7.25", "per": "1", "unit": "each"},
                        "amount": "174.00",
                    }
                ],
            }
        ).encode(),
        "erp-document-unreadable",
    ),
    "deeply nested": ("deep.json", b"[" * 100_000, "erp-document-unreadable"),
    "a name that says nothing": ("stuff.txt", b"hello", "erp-document-unreadable"),
    "a master without its columns": ("items.csv", b"a,b\n1,2\n", "row-unreadable"),
    "a binary master": ("items.csv", bytes(range(256)) * 20, "row-unreadable"),
    "an empty master": ("stock.csv", b"", "row-unreadable"),
}


@pytest.mark.parametrize("name", ERP_FILES)
def test_a_bad_file_of_the_erp_is_told(beside: "House", name: str) -> None:
    beside.once()
    file, data, code = ERP_FILES[name]
    beside.erp_says(file, data)
    done, seconds, megabytes = run_measured(beside, "once", "--at", "2026-11-20T21:02:00Z")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
    is_told(beside, file, code)
    assert beside.waiting == []
