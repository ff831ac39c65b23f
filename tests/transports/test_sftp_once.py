"""A whole turn of the gateway over SFTP: an order is taken from the server, its acknowledgement lies there then."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sshd import Server, needs_sshd, new_key, serving

if TYPE_CHECKING:
    from tests.conftest import House

pytestmark = needs_sshd


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("sshd")) as server:
        yield server


def use(house: "House", server: Server, known_hosts: Path | None = None) -> None:
    """Let the channel of the instance be this server."""
    settings = server.channel()
    house.configure('kind     = "folder"', 'kind     = "sftp"')
    house.configure('in       = "amazon/in"', f'in       = "{server.inbox}"')
    table = {
        "host": settings.host,
        "host_keys": known_hosts or settings.host_keys,
        "in_user": settings.in_user,
        "in_key_file": settings.in_key_file,
        "out_user": settings.out_user,
        "out_key_file": settings.out_key_file,
    }
    rows = "".join(f'{key} = "{value}"\n' for key, value in table.items())
    house.configure('out      = "amazon/out"', f'out      = "{server.outbox}"\nport = {server.port}\n{rows}')
    for key in ('trigger         = ""', 'checksum        = ""'):
        house.configure(key, "#")


def test_an_order_comes_and_its_acknowledgement_goes(house: "House", server: Server) -> None:
    use(house, server)
    assert house.run("check").exit_code == 0
    (server.inbox / "850.edi").write_text(house.interchange(house.order("4XK7PL2Q")))
    house.run("once")
    assert list(server.inbox.iterdir()) == []
    assert list(house.sales_orders) == ["sales-order.amazon-us.4XK7PL2Q.json"]
    (answer,) = server.outbox.iterdir()
    assert "_997_" in answer.name
    assert answer.read_text().startswith("ISA*")
    house.run("once")
    assert list(server.outbox.iterdir()) == [answer]
    # The clock is real beside a server, and the order is of a fixed day: that its answer is due is no news here.
    assert [case for case in house.cases if not case["code"].startswith(("answer-", "cancellation-"))] == []


def test_a_server_that_is_not_the_pinned_one_gets_nothing_and_is_a_case(house: "House", server: Server) -> None:
    use(house, server, server.pin(key=new_key(server.home / "other")))
    (server.inbox / "850.edi").write_text(house.interchange(house.order("4XK7PL2Q")))
    house.run("once")
    [case] = house.cases
    assert case["code"] == "channel-failed"
    assert "shows another host key" in case["message"]
    assert house.sales_orders == {}
    assert [path.name for path in server.inbox.iterdir()] == ["850.edi"]
