"""What every request must pass: the name asked for, the site a form came from; and what every answer carries."""

import pytest

from tests.web.conftest import Console, said

ORIGIN = "http://127.0.0.1:8017"


@pytest.mark.parametrize("host", ["127.0.0.1:8017", "localhost", "LOCALHOST:80", "[::1]:8017"])
def test_this_machine_is_known_by_its_own_names(console: Console, host: str) -> None:
    console.get("/health", host=host)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8017", "", "localhost.", "[::1"]
)
def test_a_name_that_is_not_ours_is_refused_so_that_none_can_be_bound_to_this_machine(
    console: Console, host: str
) -> None:
    assert "does not answer to that name" in console.get("/", 421, host=host).text
    assert console.client.post("/cases", headers={"host": host, "origin": ORIGIN}).status_code == 421


def test_a_name_of_the_configuration_is_answered(console: Console) -> None:
    console.house.configure("allowed_hosts = []", 'allowed_hosts = ["edi.example.com"]')
    console.get("/health", host="edi.example.com")


@pytest.mark.parametrize("path", ["/", "/orders", "/static/style.css", "/nowhere", "/health"])
def test_every_answer_forbids_foreign_scripts_frames_and_guesses(console: Console, path: str) -> None:
    headers = console.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_pages_are_kept_by_no_cache_and_static_files_are(console: Console) -> None:
    page = console.get("/")
    assert page.headers["cache-control"] == "no-store"
    address = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert "immutable" in console.get(address).headers["cache-control"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_pages_are_only_read_and_posted_to(console: Console, method: str) -> None:
    assert console.client.request(method, "/cases").status_code == 405


def test_an_endless_address_is_refused(console: Console) -> None:
    assert console.client.get(f"/orders?q={'x' * 5000}").status_code == 414


def post(console: Console, token: str, **headers: str) -> tuple[int, str]:
    case = console.house.cases[0]["id"]
    fields = {"form_token": token, "who": "Eve", "owner": "finance"}
    answer = console.client.post(f"/cases/{case}/assign", data=fields, headers=headers)
    return answer.status_code, said(answer.text)


def test_a_form_of_ours_is_believed(console: Console) -> None:
    assert post(console, console.form_token(), origin=ORIGIN)[0] == 303
    assert console.house.cases[0]["owner"] == "finance"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"referer": "https://evil.example/form"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:9999"},
    ],
)
def test_a_form_from_another_site_changes_nothing(console: Console, headers: dict[str, str]) -> None:
    owner = console.house.cases[0]["owner"]
    status, text = post(console, console.form_token(), **headers)
    assert status == 403
    assert "another site" in text
    assert console.house.cases[0]["owner"] == owner


@pytest.mark.parametrize("token", ["", "0" * 64, "ä"])
def test_a_form_without_its_token_changes_nothing(console: Console, token: str) -> None:
    console.get("/")
    status, text = post(console, token, origin=ORIGIN)
    assert (status, "load it again" in text) == (403, True)


def test_the_token_of_one_visitor_is_none_of_another(console: Console) -> None:
    token = console.form_token()
    console.client.cookies.clear()
    console.get("/")
    assert post(console, token, origin=ORIGIN)[0] == 403


def test_the_cookie_of_a_visit_is_for_us_alone(console: Console) -> None:
    cookie = console.get("/").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
