"""The folders of an AS2 server as OpenAS2 lays them out: all that comes is told apart, and leaves only when settled."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Refused, Unreachable
from gateway.transports import Arrival, Entry, Refusal, put
from gateway.transports.as2_drop import As2Arrival, As2Drop, message_id_of

NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
ID = "OPENAS2-20112026210100+0000-c23a02e9-e0cd-4d00-a134-ab8298a036e3@AMAZON_ACME"


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """The data folder of a server that has just been set up: nothing has come yet."""
    (tmp_path / "data" / "toAMAZON").mkdir(parents=True)
    return tmp_path / "data"


@pytest.fixture
def drop(server: Path) -> As2Drop:
    mdn = server / "ACME-AMAZON" / "mdn"
    return As2Drop("amazon", server, server / "toAMAZON", mdn, ours="ACME", theirs="AMAZON", max_file=1000)


def lay(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def taken(drop: As2Drop) -> dict[str, As2Arrival]:
    found = [drop.fetch(entry, NOW) for entry in drop.list()]
    return {f"{each.kind} {each.name}": each for each in found if isinstance(each, As2Arrival)}


def test_a_server_that_has_made_no_folder_yet_has_nothing(drop: As2Drop) -> None:
    assert drop.list() == ()


def test_a_data_folder_that_is_gone_is_told(drop: As2Drop, server: Path) -> None:
    server.rename(server.with_name("away"))
    with pytest.raises(Unreachable, match="cannot look into"):
        drop.list()


def test_messages_receipts_copies_and_failures_are_told_apart(drop: As2Drop, server: Path) -> None:
    lay(server / "AMAZON-ACME" / "inbox" / f"po.edi-{ID}")
    lay(server / "ACME-AMAZON" / "mdn" / "2026-11-20" / f"855.edi-{ID}")
    lay(server / "ACME-AMAZON" / "sent" / "2026" / "11" / f"855.edi-{ID}")
    lay(server / "toAMAZON" / "error" / "855.edi")
    found = taken(drop)
    assert {name: each.message_id for name, each in found.items()} == {
        f"message po.edi-{ID}": ID,
        f"receipt 855.edi-{ID}": ID,
        f"sent 855.edi-{ID}": ID,
        "error 855.edi": None,
    }
    assert [entry.label for entry in drop.waiting()] == [f"po.edi-{ID}"]


def test_each_leaves_its_folder_when_it_is_settled_and_not_before(drop: As2Drop, server: Path) -> None:
    files = [
        lay(server / "AMAZON-ACME" / "inbox" / f"po.edi-{ID}"),
        lay(server / "ACME-AMAZON" / "mdn" / "2026-11-20" / f"855.edi-{ID}"),
        lay(server / "toAMAZON" / "error" / "2026" / "11" / "855.edi"),
    ]
    for entry in drop.list():
        assert isinstance(drop.fetch(entry, NOW), Arrival)
    assert all(file.exists() for file in files)
    for entry in drop.list():
        assert drop.settle(entry)
    assert not any(file.exists() for file in files)
    assert drop.list() == ()


def test_nobody_elses_folders_are_looked_into(drop: As2Drop, server: Path) -> None:
    for folder in ("WALMART-ACME/inbox", "AMAZON-OTHER/inbox", "ACME-WALMART/mdn/2026-11-20", "AMAZON-ACME/mdn/x"):
        lay(server / folder / f"po.edi-{ID}")
    assert drop.list() == ()


def test_the_same_file_that_comes_again_under_its_name_is_another_entry(drop: As2Drop, server: Path) -> None:
    file = lay(server / "AMAZON-ACME" / "inbox" / f"po.edi-{ID}", b"ISA*")
    (entry,) = drop.list()
    file.unlink()
    lay(file, b"ISA*00*")
    assert not drop.settle(entry)
    assert file.exists()


def test_what_is_no_file_is_refused_and_can_be_set_aside(drop: As2Drop, server: Path, tmp_path: Path) -> None:
    inbox = server / "AMAZON-ACME" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "link").symlink_to("/etc/hostname")
    (inbox / "2026").mkdir()
    refusals = [drop.fetch(entry, NOW) for entry in drop.list()]
    assert [type(each) for each in refusals] == [Refusal, Refusal]
    for number, refusal in enumerate(refusals):
        drop.set_aside(refusal.entry, tmp_path / f"aside {number}")
    assert drop.list() == ()


@pytest.mark.parametrize("folder", ["ACME-AMAZON/mdn", "ACME-AMAZON/sent", "toAMAZON/error"])
def test_folders_of_days_are_gone_through_but_no_links_and_not_without_end(
    drop: As2Drop, server: Path, tmp_path: Path, folder: str
) -> None:
    elsewhere = lay(tmp_path / "elsewhere" / f"no.edi-{ID}").parent
    lay(server / folder / f"a.edi-{ID}")
    lay(server / folder / "2026" / "11" / "20" / f"b.edi-{ID}")
    lay(server / folder / "2026" / "11" / "20" / "deeper" / f"no.edi-{ID}")
    lay(server / folder / ".hidden" / f"no.edi-{ID}")
    (server / folder / "2025").symlink_to(elsewhere)
    assert {name.split()[1] for name in taken(drop)} == {f"a.edi-{ID}", f"b.edi-{ID}"}


def test_what_we_give_appears_whole_in_the_folder_that_the_server_polls(drop: As2Drop, server: Path) -> None:
    staged = drop.stage("855.edi", b"ISA*")
    seen = [path.name for path in (server / "toAMAZON").iterdir() if path.is_file()]  # it passes over folders
    assert seen == []
    drop.publish(staged)
    assert (server / "toAMAZON" / "855.edi").read_bytes() == b"ISA*"
    (server / "toAMAZON" / "855.edi").unlink()
    assert drop.is_published(staged)


def test_names_that_are_no_text_are_taken(drop: As2Drop, server: Path) -> None:
    inbox = server / "AMAZON-ACME" / "inbox"
    inbox.mkdir(parents=True)
    Path(os.fsdecode(os.fsencode(inbox) + b"/\xff.edi-1@b")).write_bytes(b"ISA*")
    (found,) = taken(drop).values()
    assert found.message_id == "1@b"
    assert drop.settle(found.entry)


@pytest.mark.parametrize("identity", ["", "..", ".", "a/b", "../x"])
def test_an_id_that_would_lead_elsewhere_is_refused(server: Path, identity: str) -> None:
    for ours, theirs in ((identity, "A"), ("A", identity)):
        with pytest.raises(Refused, match="cannot be an AS2 id"):
            As2Drop("amazon", server, server, server, ours=ours, theirs=theirs)


def test_an_entry_that_was_never_listed_is_refused(drop: As2Drop) -> None:
    with pytest.raises(Refused):
        drop.settle(Entry(name=b"elsewhere/x", size=1, mtime_ns=1))


@pytest.mark.parametrize(
    ("name", "message_id"),
    [
        (f"po.edi-{ID}", ID),
        (f"po-850.edi-{ID}", ID),
        (f"9f3Kq-{ID}", ID),  # a file that came without a name gets one by chance
        (f"po.edi-<{ID}>", ID),
        ("po.edi-1932.1.16@as2.host.example", "1932.1.16@as2.host.example"),
        ("2026.11.20.x12-a-b@c", "a-b@c"),
        ("po.edi", None),
        ("po.edi-no-message-id", None),
        ("po.edi-@host", None),
        ("po.edi-x@", None),
        ("", None),
    ],
)
def test_the_message_id_is_what_stands_behind_the_name_of_the_file(name: str, message_id: str | None) -> None:
    assert message_id_of(name) == message_id


def test_putting_is_as_into_any_folder(drop: As2Drop) -> None:
    put(drop, "855.edi", b"ISA*")
    put(drop, "855.edi", b"ISA*")
    with pytest.raises(Refused, match="is there already"):
        put(drop, "855.edi", b"ISA*00*")


@given(st.text(alphabet="a.-@<>1", max_size=255))
def test_any_name_has_a_message_id_or_none(name: str) -> None:
    found = message_id_of(name)
    assert found is None or (found in name and "@" in found)
