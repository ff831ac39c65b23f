"""What somebody would try who may write orders, or type into forms: nothing of it is ever more than text."""

import pytest

from tests.web.conftest import Console

SCRIPT = "<img src=x onerror=a>"  # 21 characters: it fits a purchase order's number
LONG = "<script>alert(1)</script>"

# Where an order has free text: the part of the example that is replaced.
PLACES = {
    "its number": ("BEG*00*NE*4XK7PL2Q*", f"BEG*00*NE*{SCRIPT}*"),
    "the account": ("REF*CR*ACME1", f"REF*CR*{LONG}"),
    "the ship-to": ("N1*ST**92*PHX6", f"N1*ST*{LONG}*92*{SCRIPT}"),
    "an item id": ("UP*614141000012", f"VN*{LONG}"),
    "the line's number": ("PO1*1*", f"PO1*{SCRIPT[:20]}*"),
    "the unit": ("24*EA*7.25", "24*<b*7.25"),
    "the price": ("24*EA*7.25", "24*EA*<b>7.7</b>"),
    "the quantity": ("24*EA*7.25", f"{LONG}*EA*7.25"),
    "the date": ("DTM*064*20261125", "DTM*064*<b>61125"),
    "the sender's group": ("GS*PO*AMAZON", f"GS*PO*{LONG[:15]}"),
    "the control number": ("ST*850*0001", "ST*850*<i>1</i>"),
}
LISTS = (
    "/",
    "/orders",
    "/documents",
    "/cases",
    "/cases?state=closed",
    "/audit",
    "/channels",
    "/partners",
    "/stock",
    "/finance",
)


def order_with(console: Console, old: str, new: str) -> str:
    """An interchange whose separator is not the sign that the attack needs."""
    house = console.house
    text = house.interchange(house.order(), control=777).replace("*P*>~", "*P*:~")
    assert old in text
    return text.replace(old, new)


def pages_about(console: Console) -> list[str]:
    """Every page that may speak of what came: the lists, and each order, document and case."""
    from urllib.parse import quote

    house = console.house
    orders = [f"/orders/{quote(row['purchase_order'], safe='')}" for row in house.json("orders", "list")]
    documents = [f"/documents/{row['id']}" for row in house.json("documents", "list")]
    cases = [f"/cases/{row['id']}" for row in house.json("cases", "list", "--state", "all")]
    return [*LISTS, *orders, *documents, *cases]


def nothing_is_markup(console: Console, *signs: str) -> int:
    """No page has any of these as markup; on how many one stands as text."""
    shown = 0
    for path in pages_about(console):
        page = console.get(path).text
        for sign in signs:
            assert sign not in page, path
        shown += any(sign.replace("<", "&lt;").replace(">", "&gt;") in page for sign in signs)
    return shown


@pytest.mark.parametrize("place", PLACES)
def test_a_script_in_a_free_text_of_an_order_is_text(console: Console, place: str) -> None:
    console.house.drop("attack.edi", order_with(console, *PLACES[place]))
    console.house.once("2026-11-20T21:03:00Z")
    shown = nothing_is_markup(console, SCRIPT, LONG, "<b>7.7</b>", "<i>1</i>", "<b>61125", SCRIPT[:20] + "<")
    if place not in (
        "the line's number",
        "the unit",
        "the sender's group",
    ):  # what is wrong with them is said otherwise
        assert shown


def test_a_script_in_the_name_of_a_file_is_text(console: Console) -> None:
    console.house.drop(
        "<img src=x onerror=a>.edi", console.house.interchange(console.house.order("2TQ6NG5D"), control=9)
    )
    console.house.once("2026-11-20T21:03:00Z")
    assert nothing_is_markup(console, "<img src=x")


def test_a_script_in_what_the_erp_says_is_text(console: Console) -> None:
    console.house.erp_says(
        "posting-result.1.json",
        {
            "document": "posting-result",
            "version": 1,
            "id": "amazon-us:4XK7PL2Q",
            "result": "refused",
            "number": None,
            "message": LONG,
        },
    )
    console.house.once("2026-11-20T21:03:00Z")
    assert nothing_is_markup(console, LONG)


def test_a_script_that_a_person_types_is_text(console: Console) -> None:
    case = next(each["id"] for each in console.house.cases if each["code"] == "message-refused")
    console.name = "<b>Eve</b>"
    console.post(f"/cases/{case}/note", text=LONG)
    console.post(f"/cases/{case}/assign", owner="<i>finance</i>")
    console.post(f"/cases/{case}/snooze", for_="1h", reason=LONG)
    assert nothing_is_markup(console, LONG, "<b>Eve", "<i>finance") >= 3
    console.post(f"/cases/{case}/resolve", reason=SCRIPT)
    assert nothing_is_markup(console, LONG, SCRIPT, "<b>Eve", "<i>finance") >= 2


@pytest.mark.parametrize(
    "path", ["/orders?q=", "/search?q=", "/orders?ship_to=", "/cases?owner=", "/audit?who=", "/?done="]
)
def test_a_script_in_the_address_is_text(console: Console, path: str) -> None:
    answer = console.client.get(f"{path}%3Cscript%3Ealert(1)%3C/script%3E", headers={"accept": "text/html"})
    assert LONG not in answer.text
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/config.toml",
        "/static//etc/passwd",
        "/static/....//config.toml",
        "/orders/..%2f..%2fconfig.toml",
        "/documents/..%2fconfig.toml",
        "/documents/..%2f..%2fetc%2fpasswd/raw",
        "/cases/%00",
        "/orders/%00",
        "/documents/1%00",
        "/documents/-1",
        "/documents/9999999999999999999999",
        "/cases/9223372036854775808",
        "/cases/1",
    ],
)
def test_no_address_leads_out_of_the_pages(console: Console, path: str) -> None:
    answer = console.client.get(path, headers={"accept": "text/html"})
    assert answer.status_code in (400, 404), (path, answer.status_code)
    assert "root:" not in answer.text
    assert "[partners" not in answer.text


def test_a_form_that_is_too_large_is_not_read(console: Console) -> None:
    case = console.house.cases[0]["id"]
    fields = {"form_token": console.form_token(), "who": "Eve", "text": "x" * 70_000}
    answer = console.client.post(f"/cases/{case}/note", data=fields, headers={"origin": "http://127.0.0.1:8017"})
    assert answer.status_code == 413
    assert console.house.json("cases", "show", case)["notes"] == []


def test_a_form_that_hides_its_size_is_not_read_either(console: Console) -> None:
    def endless():
        for _ in range(2_000):
            yield b"a" * 1_000

    answer = console.client.post("/cases", content=endless(), headers={"origin": "http://127.0.0.1:8017"})
    assert answer.status_code == 413


def test_a_form_with_too_many_fields_is_not_read(console: Console) -> None:
    body = "&".join(f"f{n}=1" for n in range(500))
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": "http://127.0.0.1:8017"}
    assert console.client.post("/cases", content=body, headers=headers).status_code == 400


def test_a_field_that_is_too_long_is_a_sentence(console: Console) -> None:
    case = console.house.cases[0]["id"]
    assert "longer than 60" in console.post(f"/cases/{case}/assign", 400, owner="x" * 61).text


def test_a_fault_of_ours_tells_nothing_of_the_inside(console: Console, capsys: pytest.CaptureFixture[str]) -> None:
    from starlette.testclient import TestClient

    client = TestClient(console.client.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    register = console.client.app._app.state.console.register
    register.orders = lambda **_: 1 / 0
    answer = client.get("/orders")
    assert answer.status_code == 500
    assert "ZeroDivisionError" in answer.text
    assert "Traceback" not in answer.text
    assert "Traceback" in capsys.readouterr().err
