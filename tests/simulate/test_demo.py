"""The demo is what a newcomer sees first: it must be short, true, and end in commands that work when pasted."""

import json
import os
import pty
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import CannotCreate
from gateway.simulate.demo import AT, BEATS
from gateway.simulate.stage import SAMPLES, PlayFailed, Stage, expect

ROOT = Path(__file__).parents[2]
PLAY = [sys.executable, "-m", "gateway.simulate.demo"]


@dataclass(frozen=True)
class Played:
    """A demo that has been played: its folder, its output, and that output beat by beat."""

    folder: Path
    output: str

    def beat(self, number: int) -> str:
        """The lines of one beat; the number after the last is that of the commands."""
        parts = re.split(r"(?m)^(?:\d  .*|Look for yourself)\n", self.output)
        return parts[number]

    @property
    def commands(self) -> list[str]:
        return self.beat(len(BEATS) + 1).splitlines()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("demo") / "made" / "demo"
    done = subprocess.run([*PLAY, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return Played(folder, done.stdout)


def test_it_is_under_ninety_lines_of_which_none_is_coloured_in_a_pipe(played: Played) -> None:
    # One more is scripts/demo's own, on a machine where it has to install.
    assert len(played.output.splitlines()) < 89
    assert "\x1b" not in played.output


def test_there_are_nine_beats_each_with_a_title(played: Played) -> None:
    assert re.findall(r"(?m)^(\d)  ", played.output) == [str(number) for number in range(1, 10)]
    assert all(title in played.output for title, _ in BEATS)


def test_ten_cases_are_120_pieces_for_the_same_money(played: Played) -> None:
    sales_order = played.folder / "erp/out/sales-order.amazon-us.7QM3KD2A.json"
    (line,) = json.loads(sales_order.read_text())["lines"]
    assert (line["base"]["value"], line["amount"]) == ("120", "435.00")
    assert "850, the order 7QM3KD2A: 10 case at 43.5 = 435.00 USD" in played.beat(1)
    assert "120 each of ACME-26 at 43.50 per 12 = 435.00 USD, unchanged" in played.beat(1)
    assert str(sales_order) in played.beat(1)


def test_the_partner_is_told_by_a_997(played: Played) -> None:
    (answer,) = played.folder.glob("amazon/out/*_997_501_*.edi")
    segments = "AK1*PO*501 AK2*850*0001 AK5*A AK9*A*1*1*1"
    assert segments.replace(" ", "~\n") in answer.read_text()
    assert "997, the functional acknowledgement: group 501 accepted" in played.beat(2)
    assert segments in played.beat(2)


def test_an_order_with_an_unknown_item_waits_and_then_goes_by_itself(played: Played) -> None:
    said = played.beat(3)
    assert "850, the order 8RN4LE3B, line 2: no item is known for VN/SA ACM-004; the order is held" in said
    assert "unknown-item: owner item data, due 2026-11-21 17:01 UTC, at stake 198.00" in said
    assert "24 of ACME-1, 20 of ACME-4. The order is posted" in said
    assert "is closed by the gateway" in said
    assert (played.folder / "erp/out/sales-order.amazon-us.8RN4LE3B.json").is_file()


def test_a_broken_file_is_refused_at_its_element_and_the_one_beside_it_goes_through(played: Played) -> None:
    reason = json.loads((played.folder / "quarantine/850_bad_quantity.edi.reason.json").read_text())
    (answer,) = played.folder.glob("amazon/out/*_997_503_*.edi")
    assert "AK3*PO1*10**8~\nAK4*2*330*6*1X~\nAK5*R*5" in answer.read_text()
    assert reason["place"] == "850 0001, segment 10, PO102, byte 326"
    assert "850, the order 9SP5MF4C: refused. PO1 in segment 10: PO102 is '1X'" in played.beat(4)
    assert reason["place"] in played.beat(4)
    assert "850, the order 2TQ6NG5D beside it: posted" in played.beat(4)
    assert (played.folder / "erp/out/sales-order.amazon-us.2TQ6NG5D.json").is_file()


def test_a_value_is_traced_to_its_bytes(played: Played) -> None:
    (first, last, text) = re.findall(
        r"bytes (\d+) to (\d+) of 850_cases.edi say '(.*)': segment 9, PO102", played.output
    )[0]
    assert (SAMPLES / "850_cases.edi").read_bytes()[int(first) : int(last) + 1] == text.encode() == b"10"
    row = re.findall(r"of (mappings/x12/850.toml):(\d+)", played.beat(5))[0]
    assert "PO102" in (ROOT / row[0]).read_text().splitlines()[int(row[1]) - 1]


def test_a_lorry_without_its_carrier_is_held_until_one_line_mends_it(played: Played) -> None:
    said = played.beat(6)
    assert "its 856 is blocked, no carrier is named (carrier-missing)" in said
    assert "owner operations, due 21:33 UTC, and late it costs 26.10 USD" in said
    assert "invoice INV-3001: parked, the ship notice for order 7QM3KD2A" in said
    assert "the 856 leaves, TD5**2*ODFL" in said
    sent = {kind: list(played.folder.glob(f"amazon/out/*_{kind}_*")) for kind in ("855", "856", "810")}
    assert [len(files) for files in sent.values()] == [1, 1, 1]
    assert "TDS*43500~" in sent["810"][0].read_text()


def test_it_ends_with_commands_that_work_when_pasted(played: Played) -> None:
    shown, cases, trace, settlements, lines = (
        subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, text=True)
        for command in played.commands
    )
    done_all = (shown, cases, trace, settlements, lines)
    assert [(done.returncode, done.stderr) for done in done_all] == [(0, "")] * 5
    assert "order 8RN4LE3B of amazon-us, account ACME1: posted" in shown.stdout
    assert "message-refused" in cases.stdout
    assert "lines[0].ordered.value" in trace.stdout
    assert "41007700001" in settlements.stdout
    assert "RefundCommission" in lines.stdout


def test_it_leaves_a_folder_alone_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    done = subprocess.run([*PLAY, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == CannotCreate.exit_code
    assert "that no demo made" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_it_stops_where_something_did_not_go_as_it_says(tmp_path: Path) -> None:
    with pytest.raises(PlayFailed, match="expected a posted order; there was held"):
        expect(False, "a posted order", "held")
    with pytest.raises(PlayFailed, match=r"gateway -c .*orders.* ended with"):
        Stage(tmp_path, AT).order("7QM3KD2A")


def test_the_clock_of_the_demo_lies_just_after_the_envelopes_of_its_samples() -> None:
    for sample in SAMPLES.glob("850_*.edi"):
        elements = sample.read_text().split("~")[0].split("*")
        written_at = datetime.strptime(elements[9] + elements[10], "%y%m%d%H%M").replace(tzinfo=UTC)
        assert 0 < (AT - written_at).total_seconds() < 600


def test_an_order_that_amazon_ships_is_never_picked(played: Played) -> None:
    said = played.beat(7)
    assert "2 of ACME-1 from FBA-US, AMAZON-US-BUYERS, no-pick" in said
    assert "1 of ACME-26 from ACME1, AMAZON-US-BUYERS, to be picked" in said


def test_only_what_we_ship_is_offered(played: Played) -> None:
    (feed,) = (played.folder / "amazon" / "out").glob("inventory.*.json")
    assert [message["sku"] for message in json.loads(feed.read_text())["messages"]] == ["ACME-26"]
    assert "ACME-26" in played.beat(8)
    assert "ACME-1 " not in played.beat(8)


def test_a_settlement_is_booked_to_the_cent_and_suspense_is_cleared(played: Played) -> None:
    said = played.beat(9)
    assert "debits 429.17 = credits 429.17" in said
    assert "bank 1010: 63.89 USD" in said
    assert "unmapped-fee: owner finance, at stake 3.15" in said
    assert "suspense is 0.00" in said


# The last one, for it leaves the folder half played.
def test_it_plays_again_over_its_own_folder_and_on_a_terminal(played: Played) -> None:
    own = pty.openpty()
    with subprocess.Popen([*PLAY, str(played.folder)], cwd=ROOT, stdin=own[1], stdout=own[1], stderr=own[1]) as playing:
        os.close(own[1])
        seen = b""
        while seen.count(b"\n") < 20 and (piece := os.read(own[0], 4096)):  # the beginning shows it: it goes as before
            seen += piece
        playing.terminate()
    os.close(own[0])
    whole_lines = seen.decode().replace("\r\n", "\n").rpartition("\n")[0]
    assert "\x1b[" in whole_lines
    assert played.output.startswith(re.sub(r"\x1b\[[0-9;]*m", "", whole_lines))
