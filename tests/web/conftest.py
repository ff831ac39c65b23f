"""The console over an instance that tests drive, asked without a network: pages are read, forms sent as people do."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from gateway.config import load
from gateway.instance import fixed_clock
from gateway.web.app import make_app
from tests.conftest import House


@dataclass
class Console:
    """A browser without scripts, and the instance behind the pages."""

    house: House
    name: str = "Ada"
    at: str | None = None
    _client: TestClient | None = field(default=None, init=False)

    @property
    def client(self) -> TestClient:
        """The browser; it knows this machine as 127.0.0.1."""
        if self._client is None:
            self._client = self.open()
        return self._client

    def open(self) -> TestClient:
        """Another browser, with the configuration as it is now; the time is that of the instance's last turn."""
        clock = fixed_clock(datetime.fromisoformat(self.at or self.house.now))
        app = make_app(load(self.house.config), clock=clock, local_name="ops")
        return TestClient(app, base_url="http://127.0.0.1:8017", follow_redirects=False)

    def get(self, path: str, code: int = 200, **headers: str):
        """An answer with this status."""
        answer = self.client.get(path, headers={"accept": "text/html", **headers})
        assert answer.status_code == code, (path, answer.status_code, said(answer.text))
        return answer

    def page(self, path: str, code: int = 200) -> str:
        """The text of a page as a reader sees it: no tags, one blank between words."""
        return text_of(self.get(path, code).text)

    def post(self, path: str, code: int = 303, **fields: str):
        """Send a form as the page would: with its token, a name, and the Origin of our own site."""
        data = {
            "form_token": self.form_token(),
            "who": self.name,
            **{name.rstrip("_"): value for name, value in fields.items()},
        }
        answer = self.client.post(path, data=data, headers={"origin": "http://127.0.0.1:8017"})
        assert answer.status_code == code, (path, answer.status_code, said(answer.text))
        return answer

    def form_token(self) -> str:
        """The token of this browser's visit."""
        self.get("/")
        console = self.client.app._app.state.console
        return console.forms.token(self.client.cookies["gateway-visit"])


def text_of(page: str) -> str:
    """The words of a page: `main` alone where there is one."""
    body = page.partition("<main")[2].partition("</main>")[0] or page
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def said(page: str) -> str:
    """The sentence of an error page."""
    found = re.search(r'class="said"[^>]*>(.*?)</p>', page, re.DOTALL)
    return html.unescape(found[1]) if found else page[:300]


def an_answered_order(console: Console) -> House:
    """The console's instance after an order of 24 pieces has come and the ERP has answered all of it."""
    house = console.house
    house.drop("850_6.edi", house.interchange(house.order("A1", "24*EA*7.25*PE*UP*614141000012"), control=107))
    house.once()
    response = {"document": "order-response", "version": 1, "partner": "amazon-us", "purchase_order": "A1"}
    line = {"line": "1", "accepted": "24", "ships_on": "2026-11-26"}
    house.erp_says("response.json", {**response, "revision": 0, "sales_order": "SO-1", "lines": [line]})
    house.once()
    return house


@pytest.fixture
def make_console(make_house: Callable[..., House]) -> Iterator[Callable[..., Console]]:
    """A maker of consoles over instances of their own."""
    made: list[Console] = []

    def make(name: str = "house") -> Console:
        made.append(Console(make_house(name)))
        return made[-1]

    yield make
    for each in made:
        if each._client is not None:
            each._client.close()


@pytest.fixture
def console(make_console: Callable[..., Console]) -> Console:
    """The console of the shipped examples with three orders: one that went on, one that is held, one refused."""
    made = make_console()
    house = made.house
    house.drop("850_1.edi", house.interchange(house.order("4XK7PL2Q")))
    held = house.order("8RN4LE3B", "24*EA*7.25*PE*UP*614141000012", "6*EA*12*PE*VN*ACM-UNKNOWN")
    house.drop("850_2.edi", house.interchange(held, control=102))
    broken = house.order("9SP5MF4C", "1X*EA*7.25*PE*UP*614141000012")
    house.drop("850_3.edi", house.interchange(broken, control=103))
    house.once()
    return made
