"""What a monitor may ask: whether it is well, and figures; of this machine alone."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gateway.config import load
from gateway.daemon.health import HealthServer, Vitals
from gateway.journal import Journal

if TYPE_CHECKING:
    from tests.conftest import House

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)


@pytest.fixture
def vitals() -> Vitals:
    return Vitals()


@pytest.fixture
def server(house: "House", vitals: Vitals) -> Iterator[HealthServer]:
    with HealthServer(load(house.config), vitals, lambda: AT, 0) as server:
        yield server


def ask(server: HealthServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def figures(server: HealthServer) -> dict[str, float]:
    lines = ask(server, "/metrics")[1].splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def test_it_is_well_while_the_journal_can_be_read(house: "House", server: HealthServer) -> None:
    status, said = ask(server, "/health")
    with house.journal() as journal:
        entries = journal.head()[0]
    assert (status, json.loads(said)) == (200, {"status": "ok", "troubles": {}, "entries": entries, "open_cases": 0})


def test_a_job_that_cannot_work_is_named_and_it_is_degraded(server: HealthServer, vitals: Vitals) -> None:
    vitals.trouble("take amazon", "the disk is full")
    status, said = ask(server, "/health")
    told = json.loads(said)
    assert (status, told["status"], told["troubles"]) == (200, "degraded", {"take amazon": "the disk is full"})
    vitals.done("take amazon", AT)
    assert json.loads(ask(server, "/health")[1])["status"] == "ok"


def test_a_job_that_is_no_more_troubles_nobody(server: HealthServer, vitals: Vitals) -> None:
    vitals.trouble("take eu", "nobody answers")
    vitals.done("take amazon", AT)
    vitals.keep({"take amazon"})
    assert json.loads(ask(server, "/health")[1])["status"] == "ok"
    assert 'gateway_degraded{job="take eu"}' not in figures(server)
    assert set(vitals.done_at) == {"take amazon"}


def test_a_pause_is_told_and_it_is_degraded(house: "House", server: HealthServer) -> None:
    with Journal.open(house.folder / "journal.db") as journal, journal.transaction(AT) as tx:
        tx.pause("ops", "the disk was lost")
    status, said = ask(server, "/health")
    assert (status, json.loads(said)["status"]) == (200, "degraded")
    assert json.loads(said)["paused"] == "nothing leaves since 2026-11-20T21:02Z: the disk was lost"


def test_it_is_not_well_without_a_journal_that_can_be_read(house: "House", server: HealthServer) -> None:
    house.is_sound = False
    (house.folder / "journal.db").rename(house.folder / "away.db")
    status, said = ask(server, "/health")
    assert (status, json.loads(said)["status"]) == (503, "failed")
    assert "there is no journal here" in json.loads(said)["journal"]
    assert figures(server)["gateway_journal_readable"] == 0


def test_the_figures_of_the_work_are_those_that_were_counted(server: HealthServer, vitals: Vitals) -> None:
    vitals.count("files_taken", "amazon", 3)
    vitals.count("files_taken", "amazon", 2)
    vitals.count("files_taken", "erp", 1)
    vitals.count("deliveries_failed", "amazon", 0)
    vitals.done("due", AT)
    vitals.trouble("take amazon", "nobody answers")
    found = figures(server)
    assert found['gateway_files_taken_total{channel="amazon"}'] == 5
    assert found['gateway_files_taken_total{channel="erp"}'] == 1
    assert 'gateway_deliveries_failed_total{channel="amazon"}' not in found
    assert found['gateway_job_done_timestamp_seconds{job="due"}'] == AT.timestamp()
    assert found['gateway_degraded{job="due"}'] == 0
    assert found['gateway_degraded{job="take amazon"}'] == 1  # which has never come to an end


def test_the_figures_of_the_journal_are_asked_of_it_each_time(house: "House", server: HealthServer) -> None:
    assert figures(server)["gateway_overdue_cases"] == 0
    house.drop("bad.edi", "junk")
    house.once()
    found = figures(server)
    assert found['gateway_open_cases{owner="IT"}'] == len(house.cases) == 1
    assert found["gateway_journal_readable"] == 1
    assert {name for name in found if name.startswith("gateway_dispatches")} == {
        "gateway_dispatches_waiting",
        "gateway_dispatches_in_doubt",
        "gateway_dispatches_held",
    }


def test_every_family_has_its_type_and_its_help(server: HealthServer) -> None:
    lines = ask(server, "/metrics")[1].splitlines()
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    helps = [line.split()[2] for line in lines if line.startswith("# HELP")]
    assert types == helps
    assert {name for name in types if not name.startswith("gateway_")} == set()


def test_nothing_else_is_served(server: HealthServer) -> None:
    assert ask(server, "/")[0] == 404
    assert ask(server, "/health/../../etc/passwd")[0] == 404


def test_nothing_can_be_changed_through_it(server: HealthServer) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/health", data=b"x", method="POST")
    with pytest.raises(urllib.error.HTTPError, match="501") as refused:
        urllib.request.urlopen(request, timeout=20)  # noqa: S310, it is our own
    refused.value.close()


def test_it_listens_on_the_loopback_address_alone(server: HealthServer) -> None:
    assert server._server.server_address[0] == "127.0.0.1"
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", server.port))


def test_its_port_is_free_again_afterwards(house: "House", vitals: Vitals) -> None:
    with HealthServer(load(house.config), vitals, lambda: AT, 0) as server:
        port = server.port
        assert ask(server, "/health")[0] == 200
    with HealthServer(load(house.config), vitals, lambda: AT, port) as server:
        assert ask(server, "/health")[0] == 200


def test_a_port_that_is_taken_is_an_error(house: "House", server: HealthServer, vitals: Vitals) -> None:
    with pytest.raises(OSError, match="in use"):
        HealthServer(load(house.config), vitals, lambda: AT, server.port)
