"""The console in a real browser: a newcomer's path through every screen, a case resolved, a document let go.

On every screen the browser's console stays silent, and axe-core finds nothing against WCAG 2 AA, in light, in dark, and
on a phone. Without chromium these tests are skipped; the build server has it.
"""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn

from gateway.config import load
from gateway.instance import fixed_clock
from gateway.web.app import make_app
from gateway.web.templating import NAVIGATION
from tests.conftest import House

CHROMIUM = shutil.which("chromium")
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
DEMO = Path(__file__).parents[2] / "samples" / "demo"
NOW = "2026-11-20T21:40:00Z"
SHIPPED_LATE, UNKNOWN_ITEM = "7QM3KD2A", "8RN4LE3B"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    # With CI set nothing is skipped for what is missing: the browser's own start says so.
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no chromium"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demo in the middle: an order whose ship notice is blocked, one that waits, a broken one, a settlement."""
    house = House(tmp_path_factory.mktemp("console") / "house", "--example")
    for name in ("850_cases.edi", "850_unknown_item.edi", "850_bad_quantity.edi", "orders.txt", "settlement.txt"):
        house.drop(name, (DEMO / name).read_bytes())
    house.once("2026-11-20T21:05:00Z")
    house.erp_says("order-response.json", (DEMO / "order-response.json").read_bytes())
    house.once("2026-11-20T21:10:00Z")
    for name in ("shipment.json", "invoice.json", "stock.csv"):
        house.erp_says(name, (DEMO / name).read_bytes())
    house.once(NOW)
    return house


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """Where the console of this instance answers."""
    app = make_app(load(house.config), clock=fixed_clock(datetime.fromisoformat(NOW)), local_name="ada")
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    ends = monotonic() + 20
    while not server.started and monotonic() < ends:
        sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium, started once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM or "chromium", args=["--no-sandbox"])
        yield Browser(chromium)
        chromium.close()


class Browser:
    """Opens pages whose complaints are kept."""

    def __init__(self, chromium) -> None:
        self._chromium = chromium

    def open(self, **how):
        """A page in a context of its own; what its console complains of is in `complaints`."""
        context = self._chromium.new_context(locale="en-GB", timezone_id="Europe/Berlin", **how)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type != "log" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page


@pytest.fixture
def page(browser: Browser) -> Iterator[object]:
    """A page that must not complain."""
    opened = browser.open(viewport={"width": 1280, "height": 900})
    yield opened
    assert opened.complaints == []
    opened.context.close()


def faults(page) -> list[str]:
    """What axe-core finds against WCAG 2 A and AA."""
    page.evaluate(f"() => {{ {AXE} }}")
    found = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
    )
    said = []
    for each in found["violations"]:
        node = each["nodes"][0]
        said.append(f"{page.url} {each['id']}: {each['help']}: {node['html'][:160]} {node['failureSummary']}")
    return said


def every_screen(house: House) -> list[str]:
    order = house.json("orders", "show", SHIPPED_LATE)
    return [
        *(target for _, screens in NAVIGATION for target, _ in screens),
        f"/orders/{SHIPPED_LATE}",
        f"/orders/{UNKNOWN_ITEM}",
        *(f"/documents/{each['id']}" for each in order["documents"] if each["type"] in ("850", "856")),
        *(f"/cases/{each['id']}" for each in house.cases[:2]),
        "/nowhere",
    ]


@pytest.mark.parametrize(
    "how",
    [
        {"viewport": {"width": 1280, "height": 900}},
        {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    ],
    ids=["light", "dark", "phone"],
)
def test_every_screen_is_silent_and_can_be_read_by_everybody(
    house: House, address: str, browser: Browser, how: dict
) -> None:
    page = browser.open(**how)
    found = []
    for path in every_screen(house):
        page.goto(address + path)
        found += faults(page)
        wide = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
        if wide:
            found.append(f"{path} is wider than the window")
    assert not found, "\n".join(found)
    assert [each for each in page.complaints if "404" not in each] == []  # /nowhere is not there, and chromium says so
    page.context.close()


def test_a_newcomer_finds_an_order_through_the_search_box_and_its_time_in_his_zone(page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type(SHIPPED_LATE.lower())
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/orders/{SHIPPED_LATE}"))
    received = page.locator("dt:has-text('Received') + dd time")
    assert "22:05" in received.inner_text()  # Berlin
    assert received.get_attribute("title") == "2026-11-20 21:05:00 UTC"
    assert page.get_by_text("Do:").first.is_visible()


def test_every_screen_of_the_navigation_is_reached_by_its_link(page, address: str) -> None:
    page.goto(address)
    for _, screens in NAVIGATION:
        for target, word in screens:
            page.locator("nav.side").get_by_role("link", name=word, exact=True).click()
            page.wait_for_url(address + target)
            assert page.locator("h1").first.is_visible()


def test_today_comes_anew_by_itself_and_stays_whole(page, address: str) -> None:
    page.goto(address)
    page.evaluate("() => htmx.ajax('GET', '/', {source: '.live', target: '.live', select: '.live', swap: 'outerHTML'})")
    page.wait_for_timeout(300)
    assert page.locator(".live").count() == 1
    assert page.locator("#next").is_visible()


def test_a_document_is_let_go_with_a_name_and_a_reason(page, address: str, house: House) -> None:
    page.goto(f"{address}/orders/{SHIPPED_LATE}")
    page.get_by_text("Send 856 LKW-2001 all the same").click()
    form = page.locator("details[open] form").first
    form.get_by_label("Your name").fill("Ada Lovelace")
    form.get_by_label("Why it may leave").fill("the carrier is known by phone")
    form.get_by_role("button", name=re.compile("Release document")).click()
    page.wait_for_selector(".notice")
    assert "goes with the next look" in page.locator(".notice").inner_text()
    act = house.json("audit")[0]
    assert (act["who"], act["why"]) == ("Ada Lovelace", "the carrier is known by phone")
    house.once("2026-11-20T21:41:00Z")
    assert "delivered" in [
        each["delivery"] for each in house.json("orders", "show", SHIPPED_LATE)["documents"] if each["type"] == "856"
    ]


def test_a_case_is_noted_given_put_off_and_resolved(page, address: str, house: House) -> None:
    case = next(each["id"] for each in house.cases if each["code"] == "message-refused")
    page.goto(f"{address}/cases/{case}")
    page.get_by_label("A remark").fill("the sender was called")
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_selector(".notice")
    page.get_by_label("To", exact=True).fill("finance")
    page.get_by_role("button", name="Assign").click()
    page.wait_for_selector(".notice:has-text('finance')")
    page.get_by_label("What was done").fill("it came again, whole")
    page.get_by_role("button", name="Resolve the case").click()
    page.wait_for_selector(".notice:has-text('closed')")
    shown = house.json("cases", "show", case)
    assert (shown["state"], shown["reason"], shown["owner"]) == ("closed", "it came again, whole", "finance")
    page.goto(f"{address}/audit")
    assert page.get_by_text("it came again, whole").is_visible()


def test_pages_are_read_without_scripts(browser: Browser, address: str) -> None:
    page = browser.open(java_script_enabled=False)
    page.goto(f"{address}/orders?q={SHIPPED_LATE}")
    assert page.get_by_role("link", name=SHIPPED_LATE).first.is_visible()
    assert "UTC" in page.locator("td time").first.inner_text()
    page.goto(f"{address}/orders/{SHIPPED_LATE}")
    assert page.get_by_role("heading", name="Ledger").is_visible()
    page.context.close()
