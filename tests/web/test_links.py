"""Every link that a page of the console shows leads somewhere."""

import html
import re
import shlex

from click.testing import CliRunner

from gateway.cli import main
from tests.web.conftest import Console


def links(page: str) -> set[str]:
    """The addresses of our own that a page links to, without their anchors."""
    found = (html.unescape(each).partition("#")[0] for each in re.findall(r'href="([^"]*)"', page))
    return {each for each in found if each.startswith("/")}


def test_no_link_is_dead_and_every_command_at_the_foot_of_a_page_works(console: Console) -> None:
    house = console.house
    house.erp_says("refused.json", result("4XK7PL2Q", "refused", "customer is blocked"))
    house.erp_says("unknown.json", result("NOBODY", "booked", None))
    house.once()
    assert house.json("orders", "show", "4XK7PL2Q")["stage"] == "refused"
    waiting, seen, commands = ["/", "/cases?state=open&code=message-refused"], {"/"}, set()
    while waiting:
        address = waiting.pop()
        answer = console.client.get(address, headers={"accept": "text/html"})
        assert answer.status_code in (200, 303), (address, answer.status_code)
        if answer.headers.get("content-type", "").startswith("text/html"):
            new = {each for each in links(answer.text) if each not in seen}
            seen |= new
            waiting += sorted(new)
            commands |= set(re.findall(r'data-copy="gateway ([^"]*)" aria-label="Copy the command"', answer.text))
    kinds = {"orders", "cases", "documents", "channels", "partners", "mappings", "finance", "stock", "audit", "health"}
    assert kinds <= {each.split("/")[1].partition("?")[0] for each in seen}
    for command in sorted(each for each in commands if not each.startswith("trace FILE")):
        told = CliRunner().invoke(main, ["-c", str(house.config), *shlex.split(html.unescape(command))])
        assert told.exit_code == 0 or command in ("doctor", "status"), (command, told.output)
    assert {"cases list --state snoozed", "cases list --state open --code message-refused"} <= commands


def test_an_order_that_was_refused_leads_to_the_case_that_says_why(console: Console) -> None:
    (case,) = [each["id"] for each in console.house.cases if each["code"] == "message-refused"]
    for address in ("/orders/9SP5MF4C", "/orders/9SP5MF4C?partner=amazon-us", "/search?q=9SP5MF4C"):
        assert console.get(address, 303).headers["location"] == f"/cases/{case}"
    assert "Order 9SP5MF4C was never taken" in console.page(f"/cases/{case}")
    assert "There is no order 9SP5MF4D" in console.get("/orders/9SP5MF4D", 404).text
    assert "9SP5MF4C" in console.get("/orders/9SP5MF4C?partner=amazon-eu", 404).text


def result(order: str, said: str, message: str | None) -> dict[str, object]:
    number = "SO-1" if said == "booked" else None
    head = {"document": "posting-result", "version": 1, "id": f"amazon-us:{order}"}
    return {**head, "result": said, "number": number, "message": message}
