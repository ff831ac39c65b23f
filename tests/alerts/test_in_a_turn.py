"""A whole instance that tells people of its cases, by the settings of its config.toml."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from .conftest import Hook, Mailbox

if TYPE_CHECKING:
    from tests.conftest import House


def test_people_are_told_by_mail_and_webhook_as_configured(
    house: "House", mail_server: Callable[..., Mailbox], hook_server: Callable[..., Hook]
) -> None:
    box, hook = mail_server(), hook_server()
    mail = f'smtp_host = "127.0.0.1"\nsmtp_port = {box.port}\nsmtp_from = "edi@acme.example"\nsmtp_tls = "none"\n'
    house.configure("log = true ", f'{mail}webhook = "{hook.url}"\nlog = false ')
    house.configure('[owners."item data"]\n', '[owners."item data"]\nemail = ["anna@acme.example"]\n')
    house.run("check")
    unknown = ("4*EA*12*PE*VN*NEW-1", "4*EA*12*PE*VN*NEW-2")
    house.drop("held.edi", house.interchange(house.order("HELD", *unknown)))
    house.drop("junk.edi", "junk")
    told = house.once()
    assert '"event": "alert"' not in told.stderr
    [(recipients, mail_sent)] = box.mails
    assert recipients == ["anna@acme.example"]
    assert mail_sent["Subject"].startswith("gateway: 2 alerts, first case ")
    assert mail_sent.get_content().count("opened: unknown-item (item data)") == 2
    [body] = hook.bodies
    assert sorted(alert["owner"] for alert in body["alerts"]) == ["IT", "item data", "item data"]
    assert {alert["case"] for alert in body["alerts"]} == {case["id"] for case in house.cases}
    house.once("2026-11-20T21:03:00Z")
    assert (len(box.mails), len(hook.bodies)) == (1, 1)
    assert "secret" not in str([entry.body for entry in house.history("alert-")])


def test_a_mail_server_that_is_gone_holds_nothing_up(house: "House", mail_server: Callable[..., Mailbox]) -> None:
    box = mail_server(says={"CONNECT": "421 too busy"})
    mail = f'smtp_host = "127.0.0.1"\nsmtp_port = {box.port}\nsmtp_from = "edi@acme.example"\nsmtp_tls = "none"\n'
    house.configure("log = true ", f"{mail}log = true ")
    house.configure('[owners."item data"]\n', '[owners."item data"]\nemail = ["anna@acme.example"]\n')
    house.drop("held.edi", house.interchange(house.order("HELD", "4*EA*12*PE*VN*NEW-1")))
    house.drop("good.edi", house.interchange(house.order("GOOD"), control=102))
    house.once()
    assert list(house.sales_orders) == ["sales-order.amazon-us.GOOD.json"]
    for minute in (3, 6, 11, 20):
        house.once(f"2026-11-20T21:{minute:02}:00Z")
    assert [case["code"] for case in house.cases] == ["unknown-item", "alert-failed"]
    box.says.clear()
    house.once("2026-11-20T22:20:00Z")
    assert len(box.mails) == 1
    assert [case["code"] for case in house.cases] == ["unknown-item"]
