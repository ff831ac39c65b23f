"""Where alerts go by the configuration."""

from gateway.alerts import LogSender, MailSender, WebhookSender, destinations, senders_of
from gateway.config import Alerts, Config, Contact, read_example

ALL = "https://chat.example.com/all"
ITEMS = "https://chat.example.com/items"


def configured(*, log: bool = True, host: str | None = "mail", webhook: str | None = ALL) -> Config:
    alerts = Alerts(log=log, smtp_host=host, smtp_from="edi@acme.example", webhook=webhook)
    owners = {
        "item data": Contact(email=("anna@acme.example", "ben@acme.example"), webhook=ITEMS),
        "IT": Contact(email=("ben@acme.example",), webhook=ALL),
    }
    return read_example().model_copy(update={"alerts": alerts, "owners": owners})


def test_nobody_is_contacted_who_is_not_configured() -> None:
    assert destinations(read_example(), "IT") == ("log",)
    assert [type(sender) for sender in senders_of(read_example(), "i").values()] == [LogSender]


def test_an_alert_goes_to_the_log_the_owners_addresses_and_the_webhooks() -> None:
    config = configured()
    to = destinations(config, "item data")
    assert to[:3] == ("log", "email:anna@acme.example", "email:ben@acme.example")
    senders = senders_of(config, "i")
    assert [senders[place].url for place in to[3:] if isinstance(senders[place], WebhookSender)] == [ALL, ITEMS]
    assert destinations(config, "finance") == ("log", to[3])


def test_two_owners_with_one_address_share_its_sender() -> None:
    config = configured()
    assert destinations(config, "IT") == ("log", "email:ben@acme.example", destinations(config, "finance")[1])
    senders = senders_of(config, "i")
    assert sum(isinstance(sender, MailSender) for sender in senders.values()) == 2
    assert sum(isinstance(sender, WebhookSender) for sender in senders.values()) == 2


def test_every_destination_has_a_sender_whatever_is_switched_off() -> None:
    for log in (True, False):
        for host in ("mail", None):
            for webhook in (ALL, None):
                config = configured(log=log, host=host, webhook=webhook)
                found = {place for owner in ("IT", "item data", "finance") for place in destinations(config, owner)}
                assert found == set(senders_of(config, "i")) - (set() if log else {"log"})
                assert ("log" in found) == log
                assert any(place.startswith("email:") for place in found) == (host is not None)


def test_a_destination_does_not_show_the_webhook() -> None:
    assert not any("chat" in place or "items" in place for place in destinations(configured(), "item data"))
