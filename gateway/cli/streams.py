"""Files given on the command line: `-` is standard input, everything is read in pieces.

Without an instance a file is still read as its partner means it: by the partners of the configuration there is, else by
those of the shipped example, else by the standard alone.
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.main import Shell
from gateway.errors import ConfigError, InputError
from gateway.syntax.edifact_message import EdifactMessage

if TYPE_CHECKING:
    from gateway.config import Config, Partner
    from gateway.grammar.schema import Grammar
    from gateway.mapping.library import Mappings
    from gateway.mapping.mapping import Mapping
    from gateway.syntax.envelope import InterchangeOpened, Message

_PIECE = 1 << 18
_LOOKED_AT = 1 << 16


def chunks_of(file: Path) -> Iterator[bytes]:
    """The bytes of a file, piece by piece. Raises InputError where it cannot be read."""
    try:
        if str(file) == "-":
            yield from iter(lambda: sys.stdin.buffer.read(_PIECE), b"")
            return
        with file.open("rb") as stream:
            yield from iter(lambda: stream.read(_PIECE), b"")
    except OSError as error:
        raise InputError(f"{file}: {error.strerror or error}") from error


class Input:
    """A file of the command line, looked at before it is read; of standard input no more is kept than must be."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._kept: list[bytes] = []
        self._rest = chunks_of(file) if str(file) == "-" else iter(())

    def head(self) -> bytes:
        """The first bytes, by which a file is known. Raises InputError."""
        found = b""
        for piece in self._rest if str(self.file) == "-" else chunks_of(self.file):
            self._kept.append(piece)
            found += piece
            if len(found) >= _LOOKED_AT:
                break
        return found

    def chunks(self) -> Iterator[bytes]:
        """All of it; of standard input only once, unless it was held. Raises InputError."""
        if str(self.file) != "-":
            return chunks_of(self.file)
        return chain(self._kept, self._rest)

    def hold(self) -> None:
        """It will be read more than once. Raises InputError."""
        self._kept += self._rest


@dataclass
class Readers:
    """How messages of a file are read: partner by partner, guide by guide, standard where there is neither."""

    shell: Shell
    guide: str | None = None

    @cached_property
    def own_config(self) -> "Config | None":
        """The configuration there is. One that was named must be right; one that only lies here need not be used."""
        from gateway.config import ENVIRONMENT, load

        try:
            return load(self.shell.config_file())
        except ConfigError:
            if self.shell.option is not None or os.environ.get(ENVIRONMENT):
                raise
            return None

    @cached_property
    def config(self) -> "Config":
        """The configuration there is, else the shipped example."""
        from gateway.config import read_example

        return self.own_config or read_example()

    @cached_property
    def mappings(self) -> "Mappings":
        """The shipped mappings, and those of the instance there is."""
        from gateway.resources import mappings_of

        return mappings_of(self.own_config.folder if self.own_config else None)

    def partner_of(self, opened: "InterchangeOpened") -> "Partner | None":
        """Who sent or gets an interchange: both directions are read alike, and so is test data."""
        return self._found_partner(opened.sender, opened.receiver, opened.is_test)

    @cached_property
    def _found_partner(self) -> "Callable[[str, str, bool], Partner | None]":
        """Whose message it is, is asked message by message and found once."""
        return lru_cache(maxsize=64)(self._find_partner)

    def _find_partner(self, sender: str, receiver: str, test: bool) -> "Partner | None":
        from gateway.config import Identity

        parties = tuple(Identity(*party.split(":", 1)) for party in (sender, receiver))
        for theirs, ours in (parties, parties[::-1]):
            for is_test in (test, not test):
                if found := self.config.partner_of(theirs, ours, test=is_test):
                    return found
        return None

    def guide_of(self, opened: "InterchangeOpened") -> str | None:
        """The guide by which an interchange is read; None for the standard."""
        if self.guide:
            return self.guide
        partner = self.partner_of(opened)
        return partner.guide if partner else None

    def mapping(self, message: "Message", guide: str | None) -> "Mapping | None":
        """The mapping of a message, under its guide where that has it; None where nobody has one."""
        standard = "edifact" if isinstance(message, EdifactMessage) else "x12"
        return self._found_mapping(standard, message.type, message.version, guide)

    @cached_property
    def _found_mapping(self) -> "Callable[[str, str, str, str | None], Mapping | None]":
        """What was looked for is looked for once, while few kinds of messages come."""
        return lru_cache(maxsize=64)(self._find_mapping)

    def _find_mapping(self, standard: str, kind: str, version: str, guide: str | None) -> "Mapping | None":
        if guide and kind in (use := self.mappings.guide(guide).messages):
            same = use[kind].version == version or kind == "CONTRL"
            return self.mappings.guided(guide, kind) if same else None
        if not self.mappings.has_mapping(standard, kind):
            return None
        mapping = self.mappings.standard(f"{standard}/{kind}")
        return mapping if mapping.grammar.version == version or kind == "CONTRL" else None

    def knows(self, message: "Message", guide: str | None) -> bool:
        """Whether a message is one of its standard that nobody here reads, so that it would be kept and shown."""
        standard = "edifact" if isinstance(message, EdifactMessage) else "x12"
        if message.type not in self.mappings.known_messages(standard):
            return False
        if guide:
            return not self.mappings.guide(guide).takes(message.type)
        return not self.mappings.has_mapping(standard, message.type)

    def grammar(self, message: "Message", guide: str | None) -> "Grammar | None":
        """The grammar of a message; None where there is none for its type and version."""
        mapping = self.mapping(message, guide)
        return mapping.grammar if mapping else None
