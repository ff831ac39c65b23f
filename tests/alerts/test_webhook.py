"""Alerts by webhook, against a web server that runs."""

import socket
from collections.abc import Callable

import pytest

from gateway.alerts import Alert, WebhookSender
from gateway.errors import Refused, Unreachable

from .conftest import NOW, Hook, make_alert

Server = Callable[..., Hook]


def test_alerts_are_posted_as_one_object(hook_server: Server, alert: Alert) -> None:
    hook = hook_server()
    other = make_alert(id="41", case="35", due_at=None, reason="overdue")
    WebhookSender(hook.url, "an-instance").send([alert, other], NOW)
    [body] = hook.bodies
    assert hook.paths == ["/hooks/secret"]
    assert hook.headers[0]["Content-Type"] == "application/json"
    assert (body["instance"], body["sent_at"]) == ("an-instance", "2026-11-20T21:02:00Z")
    assert body["alerts"][0] == {
        "id": "40",
        "reason": "opened",
        "told": "item data",
        "case": "34",
        "code": "unknown-item",
        "owner": "item data",
        "message": "order 4XK7PL2Q, line 2: no item is known for UP 614141000012",
        "remedy": "add a row for it to items.csv",
        "due_at": "2026-11-21T17:01:00Z",
        "at_stake": "435.00",
        "see": "gateway cases show 34",
    }
    assert (body["alerts"][1]["case"], body["alerts"][1]["due_at"]) == ("35", None)
    assert body["text"].startswith("case 34 opened: unknown-item (item data)\n  what: order 4XK7PL2Q")
    assert "\n\ncase 35 is overdue: " in body["text"]


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Refused), (404, Refused), (410, Refused), (429, Unreachable), (500, Unreachable), (503, Unreachable)],
)
def test_an_answer_that_is_no_yes_is_told_without_the_secret(
    hook_server: Server, alert: Alert, status: int, error: type[Exception]
) -> None:
    hook = hook_server(status=status)
    with pytest.raises(error) as caught:
        WebhookSender(hook.url, "an-instance").send([alert], NOW)
    assert caught.type is error
    assert str(caught.value) == f"webhook 127.0.0.1 answers {status}"


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_not_followed(hook_server: Server, alert: Alert, status: int) -> None:
    elsewhere = hook_server()
    hook = hook_server(status=status, location=elsewhere.url)
    with pytest.raises(Refused, match=f"answers {status}"):
        WebhookSender(hook.url, "an-instance").send([alert], NOW)
    assert elsewhere.paths == []


def test_a_server_that_is_silent_is_given_up(hook_server: Server, alert: Alert) -> None:
    hook = hook_server(silent=True)
    with pytest.raises(Unreachable, match=r"webhook 127\.0\.0\.1 does not answer") as caught:
        WebhookSender(hook.url, "an-instance", timeout=0.1).send([alert], NOW)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_unreachable(alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/secret"
        with pytest.raises(Unreachable, match="does not answer") as caught:
            WebhookSender(url, "an-instance").send([alert], NOW)
    assert "secret" not in str(caught.value)
