"""A document in a real browser: a value points at its bytes by mouse and by keyboard, in light and in dark."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import uvicorn

from gateway.config import load
from gateway.instance import fixed_clock
from gateway.web.app import make_app
from tests.web.conftest import Console

CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")]
VALUE = 'a.v[data-field="lines[1].ordered.value"]'


@pytest.fixture
def tab(console: Console) -> Iterator[tuple[Any, str, list[str]]]:
    """A tab of a browser, the address of the console, and what the browser complained of."""
    playwright = pytest.importorskip("playwright.sync_api")
    app = make_app(load(console.house.config), clock=fixed_clock(datetime.fromisoformat(console.house.now)))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        complaints: list[str] = []
        with playwright.sync_playwright() as p:
            browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1360, "height": 900})
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            yield page, f"http://127.0.0.1:{listening.getsockname()[1]}", complaints
            browser.close()
        server.should_exit = True
        thread.join(10)


def test_a_value_lights_its_bytes_and_the_other_way_round(tab: tuple[Any, str, list[str]], console: Console) -> None:
    page, address, complaints = tab
    (document,) = console.house.json("documents", "list", "--type", "850", "--number", "4XK7PL2Q")
    page.goto(f"{address}/documents/{document['id']}")
    in_document, in_bytes = page.locator(f".tree {VALUE}"), page.locator(f".bytes {VALUE}")

    in_document.hover()
    assert "lit" in in_bytes.get_attribute("class")
    assert "PO102 in segment 10, byte" in page.inner_text(".pointed")
    assert page.locator(".same-line").count() > 5  # the line on the other shore too

    in_bytes.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.tree') !== null")
    page.keyboard.press("ArrowUp")
    assert "lit" not in in_bytes.get_attribute("class")
    assert page.evaluate("document.activeElement.dataset.field") != "lines[1].ordered.value"
    assert complaints == []


def test_one_cell_that_became_two_fields_lights_both(tab: tuple[Any, str, list[str]], console: Console) -> None:
    page, address, _ = tab
    (document,) = console.house.json("documents", "list", "--type", "850", "--number", "4XK7PL2Q")
    page.goto(f"{address}/documents/{document['id']}")
    page.locator('.bytes a.v[data-field="lines[1].ordered.unit"]').hover()
    lit = page.eval_on_selector_all(".tree .lit", "found => found.map(each => each.dataset.field)")
    assert sorted(lit) == ["lines[1].ordered.code", "lines[1].ordered.unit"]


def test_names_can_be_put_away_without_a_script(tab: tuple[Any, str, list[str]], console: Console) -> None:
    page, address, _ = tab
    (document,) = console.house.json("documents", "list", "--type", "850", "--number", "4XK7PL2Q")
    page.goto(f"{address}/documents/{document['id']}")
    caption = page.locator(".cap").nth(3)
    assert caption.is_visible()
    page.uncheck("#names")
    assert not caption.is_visible()
