"""The nearest right word, where somebody asks for a partner, an order or a number that there is not.

Names are compared by their letters. A number that is no case may be a document, and the other way round: all of them
are numbers of one history, so it is said what it is.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gateway.errors import GatewayError, NotFound

if TYPE_CHECKING:
    from gateway.instance import Instance
    from gateway.journal import Journal

_LATEST = 20_000  # documents: whoever mistypes a number means one that he has before him


def hint(message: str, words: Iterable[str], instance: "Instance") -> str | None:
    """What was probably meant by the one of the words that a message complains of; None where nothing is near."""
    asked = [
        word for word in words if not word.startswith("-") and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", message)
    ]
    return next((said for word in asked for said in _hints(word, message, instance)), None)


def _hints(word: str, message: str, instance: "Instance") -> Iterator[str]:
    from gateway.pipeline.nearest import nearest

    config, journal = instance.config, instance.journal
    if word.isdecimal() and (said := _of_number(word, message, journal)):
        yield said
        return
    names = {*config.partners, *config.sellers}
    numbers = {document.business_number for document in journal.documents(limit=_LATEST)}
    for known in (names, numbers):
        for near in nearest(word, known):
            yield f"did you mean {near!r}?"


def _of_number(word: str, message: str, journal: "Journal") -> str | None:
    """What a number is, if not what was asked for; else the open case whose number is most like it."""
    for kind, ask in (("document", journal.document), ("case", journal.case)):
        try:
            ask(word)
        except NotFound:
            continue
        except (GatewayError, ValueError, OverflowError):
            return None
        return f"{word} is a {kind}: `gateway {kind}s show {word}`"
    if "case" not in message:
        return None
    from gateway.pipeline.nearest import nearest

    near = nearest(word, (case.id for case in journal.open_cases()))
    listed = "`gateway cases list` shows those that are open"
    return f"did you mean {near[0]}? {listed}" if near else listed


def check_names(params: dict[str, object], instance: "Instance") -> None:
    """Raises NotFound where a listing is asked for of a partner or a seller whom nobody knows.

    One who is not in config.toml any more is still known by his documents.
    """
    known = {*instance.config.partners, *instance.config.sellers}
    for what in ("partner", "seller"):
        name = params.get(what)
        if isinstance(name, str) and name not in known and not instance.journal.documents(partner=name, limit=1):
            table = instance.config.partners if what == "partner" else instance.config.sellers
            raise NotFound(f"there is no {what} {name}; config.toml has {', '.join(table) or 'none'}")
