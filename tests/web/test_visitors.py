"""Who asks: on this machine anybody, with tokens those who have one, behind a proxy whom it names."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gateway.config import load, read
from gateway.errors import ConfigError
from gateway.instance import fixed_clock
from gateway.web.app import make_app
from gateway.web.visitors import PASS, PASS_LASTS, read_tokens
from tests.web.conftest import Console

TOKEN = "k7Qm2Xv9Lp4Rt8Wz3Nc6"  # noqa: S105  (opens the consoles of these tests alone)
ORIGIN = {"origin": "http://127.0.0.1:8017"}


@pytest.fixture
def guarded(console: Console) -> Console:
    """A console that wants tokens."""
    file = console.house.folder / "console.tokens"
    file.write_text(f"# who may sign in\nAda Lovelace {TOKEN}\n")
    file.chmod(0o600)
    console.house.configure('# token_file  = "console.tokens"', 'token_file = "console.tokens"')
    return console


def sign_in(console: Console, token: str = TOKEN) -> int:
    console.get("/sign-in")
    state = console.client.app._app.state.console
    fields = {"token": token, "form_token": state.forms.token(console.client.cookies["gateway-visit"])}
    return console.client.post("/sign-in", data=fields, headers=ORIGIN).status_code


def test_without_a_token_nothing_is_shown_and_nothing_changed(guarded: Console) -> None:
    assert guarded.get("/orders", 303).headers["location"] == "/sign-in"
    assert guarded.client.post("/cases", data={"deed": "resolve"}, headers=ORIGIN).status_code == 401
    assert guarded.client.get("/health").json() == {"status": "ok"}


def test_a_token_opens_the_console_and_gives_the_name_that_the_journal_keeps(guarded: Console) -> None:
    assert sign_in(guarded) == 303
    case = next(each["id"] for each in guarded.house.cases if each["code"] == "message-refused")
    guarded.post(f"/cases/{case}/resolve", reason="sent again", who="Somebody else")
    assert guarded.house.json("cases", "show", case)["closed_by"] == "Ada Lovelace"
    assert guarded.client.get("/health").json()["entries"] > 0


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "Ada Lovelace"])
def test_a_wrong_token_opens_nothing(guarded: Console, token: str) -> None:
    assert sign_in(guarded, token) == 403
    guarded.get("/orders", 303)


def test_a_token_serves_programs_as_a_bearer(guarded: Console) -> None:
    guarded.get("/orders", authorization=f"Bearer {TOKEN}")
    guarded.get("/orders", 303, authorization="Bearer nothing")
    guarded.get("/orders", 303, authorization=f"Basic {TOKEN}")


@pytest.mark.parametrize(
    "forged", ["Ada%20Lovelace|9999999999|", "Ada%20Lovelace|9999999999|" + "0" * 64, "|||", "ä", ""]
)
def test_a_pass_that_we_did_not_give_is_none(guarded: Console, forged: str) -> None:
    headers = {"cookie": f"{PASS}={forged}".encode("latin-1")}
    assert guarded.client.get("/orders", headers=headers).status_code == 303


def test_a_pass_ends_by_itself_and_by_signing_out(guarded: Console) -> None:
    sign_in(guarded)
    guarded.get("/orders")
    console = guarded.client.app._app.state.console
    then = datetime.fromisoformat(guarded.house.now) + PASS_LASTS + timedelta(seconds=1)
    console.clock = fixed_clock(then)
    guarded.get("/orders", 303)
    console.clock = fixed_clock(then - PASS_LASTS)
    fields = {"form_token": console.forms.token(guarded.client.cookies["gateway-visit"])}
    assert guarded.client.post("/sign-out", data=fields, headers=ORIGIN).status_code == 303
    guarded.get("/orders", 303)


def test_a_pass_of_another_run_is_none(guarded: Console) -> None:
    sign_in(guarded)
    cookie = guarded.client.cookies[PASS]
    with guarded.open() as another:
        assert another.get("/orders", headers={"cookie": f"{PASS}={cookie}"}).status_code == 303


def behind_a_proxy(console: Console, address: str) -> TestClient:
    console.house.configure('# user_header = "X-Remote-User"', 'user_header = "X-Remote-User"')
    app = make_app(load(console.house.config), clock=fixed_clock(datetime.fromisoformat(console.house.now)))
    return TestClient(app, base_url="http://127.0.0.1", client=(address, 1), follow_redirects=False)


def test_the_proxy_names_the_user(console: Console) -> None:
    with behind_a_proxy(console, "127.0.0.1") as client:
        assert "grace" in client.get("/orders", headers={"x-remote-user": "grace"}).text
        assert client.get("/orders").status_code == 401
        assert client.get("/orders", headers={"x-remote-user": "a\tb" * 40}).status_code == 401


def test_from_elsewhere_the_header_counts_for_nothing(console: Console) -> None:
    with behind_a_proxy(console, "192.0.2.9") as client:
        assert client.get("/orders", headers={"x-remote-user": "grace"}).status_code == 401


@pytest.mark.parametrize("text", ["", "Ada short", f"{TOKEN}\n", "# nobody\n"])
def test_tokens_that_are_none_are_refused_without_their_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tokens"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ConfigError) as error:
        read_tokens(file)
    assert "short" not in str(error.value).replace("shorter", "")
    assert TOKEN not in str(error.value)


def test_tokens_that_others_can_read_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"Ada {TOKEN}\n")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_tokens(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_tokens(tmp_path / "nowhere")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "edi.example.com"])  # noqa: S104
def test_a_console_for_others_that_knows_nobody_does_not_start(console: Console, host: str) -> None:
    console.house.is_sound = False  # its config cannot be read, so that nothing can be asked of it afterwards
    console.house.configure('host          = "127.0.0.1"', f'host          = "{host}"')
    config, problems = read(console.house.config)
    assert config is None
    assert f"{host} is not this machine alone" in str(problems[0])
    assert "token_file" in console.house.run("web", "--port", "0", code=78).output


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_on_this_machine_nobody_must_sign_in(console: Console, host: str) -> None:
    console.house.configure('host          = "127.0.0.1"', f'host          = "{host}"')
    assert read(console.house.config)[1] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("allowed_hosts = []", 'allowed_hosts = ["https://edi.example.com"]'),
        ("allowed_hosts = []", 'allowed_hosts = ["*"]'),
        ('# user_header = "X-Remote-User"', 'user_header = "X Remote"'),
    ],
)
def test_a_setting_that_cannot_be_is_said(console: Console, old: str, new: str) -> None:
    console.house.is_sound = False  # its config cannot be read, so that nothing can be asked of it afterwards
    console.house.configure(old, new)
    [problem] = read(console.house.config)[1]
    assert "is no name of a" in str(problem)


def test_the_verb_says_what_it_needs(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.cli.web.find_spec", lambda name: None if name == "uvicorn" else object())
    assert "needs uvicorn, its extra [web]" in console.house.run("web", code=78).output


def test_the_verb_serves_until_it_is_told_to_end(console: Console) -> None:
    import os
    import signal
    import subprocess
    import sys
    from urllib.request import urlopen

    command = [sys.executable, "-m", "gateway", "-c", str(console.house.config), "web", "--port", "18417"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ}) as served:
        assert served.stderr is not None
        assert "http://127.0.0.1:18417/" in served.stderr.readline()
        for _ in range(200):
            try:
                with urlopen("http://127.0.0.1:18417/health") as answer:
                    assert answer.status == 200
                break
            except OSError:
                import time

                time.sleep(0.05)
        else:
            pytest.fail("it does not answer")
        taken = console.house.run("web", "--port", "18417", code=69)
        assert "cannot be had" in taken.output
        served.send_signal(signal.SIGTERM)
        assert served.wait(timeout=20) in (0, -signal.SIGTERM)
