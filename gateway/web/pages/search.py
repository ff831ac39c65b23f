"""The search box: a number leads straight to what it names, anything else to the list in which it occurs."""

from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse, Response

from gateway.errors import NotFound
from gateway.web.pages.order import case_instead
from gateway.web.screen import Screen, shows


def search(screen: Screen) -> Response:
    """Go where the words point."""
    asked = screen.query("q", at_most=80)
    if not asked:
        return RedirectResponse("/orders", 303)
    target = _order(screen, asked) or _refused(screen, asked) or _of_the_journal(screen, asked) or _list(screen, asked)
    if target is not None:
        return RedirectResponse(target, 303)
    return screen.page("nothing_found.html", title="Nothing found", asked=asked, status=404)


def _order(screen: Screen, asked: str) -> str | None:
    """The one order of this number."""
    found = screen.register.orders(search=asked, limit=3)
    same = [row for row in found if row["purchase_order"].casefold() == asked.casefold()]
    if len(same) == 1:
        return f"/orders/{quote(same[0]['purchase_order'], safe='')}?{urlencode({'partner': same[0]['partner']})}"
    return None


def _refused(screen: Screen, asked: str) -> str | None:
    """The case of an order that was never taken."""
    case_id = case_instead(screen, asked, None)
    return f"/cases/{case_id}" if case_id else None


def _of_the_journal(screen: Screen, asked: str) -> str | None:
    """The case or document of this id: the number of the entry that began it."""
    if not asked.isdecimal() or len(asked) > 18:
        return None
    try:
        kind = screen.journal.entry(asked).kind
    except NotFound:
        return None
    return {"case-opened": f"/cases/{asked}", "document-stored": f"/documents/{asked}"}.get(kind)


def _list(screen: Screen, asked: str) -> str | None:
    if screen.register.orders(search=asked, limit=1):
        return f"/orders?{urlencode({'q': asked})}"
    if screen.register.documents(search=asked, limit=1):
        return f"/documents?{urlencode({'q': asked})}"
    return None


ADDRESSES = (shows("/search", search),)
