"""Partners: all of them in a list, and each with ids, accounts, rows, numbers, keys and habits."""

from starlette.responses import Response

from gateway.queries.partner_views import partner as one_partner
from gateway.queries.partner_views import partner_lines
from gateway.web.screen import Screen, shows


def partners(screen: Screen) -> Response:
    """The list."""
    rows = partner_lines(screen.instance)
    sellers = list(screen.config.sellers.values())
    return screen.page("partners.html", title="Partners", command="partners list", rows=rows, sellers=sellers)


def partner(screen: Screen) -> Response:
    """One of them; of a seller, what the list says of him is all there is."""
    name = screen.path("name")
    if name in screen.config.sellers and name not in screen.config.partners:
        return screen.go("/partners#sellers")
    found = one_partner(screen.instance, name)
    return screen.page(
        "partner.html",
        title=name,
        command=f"partners show {name}",
        trail=[("/partners", "Partners")],
        partner=found,
    )


ADDRESSES = (shows("/partners", partners), shows("/partners/{name}", partner))
