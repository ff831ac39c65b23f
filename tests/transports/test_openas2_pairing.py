"""What deploy/openas2 tells an AS2 server to do is what the gateway looks for."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gateway.config.channels import As2Channel
from gateway.transports.as2_drop import As2Arrival, As2Drop

DEPLOY = Path(__file__).parents[2] / "deploy" / "openas2"
NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
ID = "OPENAS2-20112026210100+0000-c23a02e9-e0cd-4d00-a134-ab8298a036e3@AMAZON_ACME"


def modules() -> dict[str, dict[str, str]]:
    """The modules of config-part.xml by their class."""
    root = ElementTree.parse(DEPLOY / "config-part.xml").getroot()  # noqa: S314, a file of ours
    return {module.attrib["classname"].rsplit(".", 1)[-1]: module.attrib for module in root.iter("module")}


def filled_in(template: str, base: Path, sender: str, receiver: str) -> Path:
    """A path as the server makes it of its setting."""
    values = {
        "properties.storageBaseDir": str(base),
        "msg.sender.as2_id": sender,
        "msg.receiver.as2_id": receiver,
        "date.yyyy-MM-dd": "2026-11-20",
        "date.yyyy": "2026",
        "date.MM": "11",
        "msg.content-disposition.filename": "855.edi",
        "msg.attributes.filename": "855.edi",
        "msg.headers.message-id": ID,
    }
    return Path(re.sub(r"\$(?:mdn\.)?([^$]+)\$", lambda found: values[found[1]], template))


def channel() -> dict[str, str]:
    """The channel that the page shows."""
    page = (DEPLOY / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"(?ms)^```toml\n(.*?)^```", page)
    found: dict[str, str] = tomllib.loads(block)["channels"]["amazon"]
    return found


@pytest.fixture
def drop(tmp_path: Path) -> As2Drop:
    said = channel()
    place = {key: tmp_path / Path(said[key]).relative_to("/srv/edi/as2") for key in ("in", "out", "mdn")}
    place["out"].mkdir()
    return As2Drop(
        "amazon", place["in"], place["out"], place["mdn"], ours=said["our_as2_id"], theirs=said["their_as2_id"]
    )


def test_the_channel_that_is_shown_has_the_keys_of_its_kind() -> None:
    known = {field.alias or name: field for name, field in As2Channel.model_fields.items()}
    assert set(channel()) <= set(known)
    assert {name for name, field in known.items() if field.is_required()} <= set(channel())


def test_what_the_server_writes_is_what_the_gateway_finds(drop: As2Drop, tmp_path: Path) -> None:
    messages, receipts, poller = (
        modules()[name] for name in ("MessageFileModule", "MDNFileModule", "AS2DirectoryPollingModule")
    )
    sent = poller["sentdir"] + "/" + poller["stored_sent_filename"]
    failed = poller["errordir"] + "/" + poller["stored_error_filename"]
    paths = {
        "message": filled_in(messages["filename"], tmp_path, "AMAZON", "ACME"),
        "receipt": filled_in(receipts["filename"], tmp_path, "ACME", "AMAZON"),
        "sent": filled_in(sent, tmp_path, "ACME", "AMAZON"),
        "error": filled_in(failed, tmp_path, "ACME", "AMAZON"),
    }
    for path in paths.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    found = [drop.fetch(entry, NOW) for entry in drop.list()]
    assert {each.kind: each.message_id for each in found if isinstance(each, As2Arrival)} == dict.fromkeys(paths, ID)


def test_what_the_gateway_gives_lies_where_the_server_polls(drop: As2Drop, tmp_path: Path) -> None:
    poller = modules()["AS2DirectoryPollingModule"]
    drop.publish(drop.stage("855.edi", b"ISA*"))
    assert (filled_in(poller["outboxdir"], tmp_path, "ACME", "AMAZON") / "855.edi").is_file()
    assert poller["defaults"] == "sender.as2_id=ACME, receiver.as2_id=AMAZON"


def test_both_directions_are_partnerships_of_the_same_two() -> None:
    root = ElementTree.parse(DEPLOY / "partnerships-part.xml").getroot()  # noqa: S314, a file of ours
    ids = {partner.attrib["name"]: partner.attrib["as2_id"] for partner in root.iter("partner")}
    pairs = {
        tuple(ids[one.attrib["name"]] for one in (*pair.iter("sender"), *pair.iter("receiver")))
        for pair in root.iter("partnership")
    }
    assert pairs == {("ACME", "AMAZON"), ("AMAZON", "ACME")}
