"""Mappings and guides by name, each made once. Files come from whoever asks: this module opens none.

The standard's mapping of an 850 is `mappings/x12/850.toml` over the grammar its `message` names; under a guide it is
that, changed by `mappings/guides/NAME/850.mapping.toml`, over the grammar narrowed by `850.schema.toml`, where there
are such files.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import BaseModel

from gateway.errors import MappingError, SchemaError
from gateway.grammar.library import Library
from gateway.grammar.schema import Grammar
from gateway.grammar.sources import Problem, Source
from gateway.mapping.guides import Guide, read_guide, unsaid_problems
from gateway.mapping.idocs import Idocs
from gateway.mapping.layers import Layers
from gateway.mapping.making import make_mapping
from gateway.mapping.mapping import Mapping

if TYPE_CHECKING:
    from gateway.mapping.reports import Reports

Fetch = Callable[[str], Source]


class Mappings:
    """The mappings and guides that files hold. `exists` tells whether a file is there at all."""

    def __init__(
        self, fetch: Fetch, exists: Callable[[str], bool], reports: Iterable[str] = (), idocs: Iterable[str] = ()
    ) -> None:
        """`reports` are the names of the reports that there are mappings for, `idocs` those of the segments' files."""
        self._fetch, self._exists = fetch, exists
        self._reports = tuple(reports)
        self.idocs = Idocs(fetch, idocs)
        self.grammars = Library(fetch)
        self._mappings: dict[tuple[str, str], Mapping] = {}
        self._guides: dict[str, Guide] = {}
        self._known: dict[str, frozenset[str]] = {}
        self._narrowed: dict[tuple[str, str], Grammar] = {}

    @cached_property
    def reports(self) -> "Reports":
        """The reports of marketplaces; who reads messages alone does not load what reads them."""
        from gateway.mapping.reports import Reports

        return Reports(self._fetch, self._reports)

    def guide(self, name: str) -> Guide:
        """The guide of this name. Raises MappingError, naming file and line, where it is wrong or absent."""
        if name not in self._guides:
            guide, problems = read_guide(name, self._fetch(_guide_file(name)))
            if guide is None:
                raise _refusal(problems)
            self._guides[name] = guide
        return self._guides[name]

    def standard(self, name: str) -> Mapping:
        """The standard's mapping of a message, `x12/850`. Raises MappingError or SchemaError."""
        return self._mapping("", name)

    def guided(self, guide: str, message: str) -> Mapping:
        """The mapping of a message under a guide. Raises MappingError or SchemaError."""
        return self._mapping(guide, message)

    def grammar(self, guide: str, message: str) -> Grammar:
        """The grammar of a message as a guide narrows it. Raises SchemaError."""
        key = (guide, message)
        if key not in self._narrowed:
            own = f"mappings/guides/{guide}/{message}.schema.toml"
            if self._exists(own):
                self._narrowed[key] = self.grammars.narrowed(self._fetch(own))
            else:
                self._narrowed[key] = self.grammars.grammar(self.guide(guide).messages[message].grammar)
        return self._narrowed[key]

    def known_messages(self, standard: str) -> frozenset[str]:
        """The message types of a standard that we know by name, whether or not anything maps them."""
        if standard not in self._known:
            table = self._fetch(f"schemas/{standard}/messages.toml").parse(SchemaError)
            self._known[standard] = frozenset(table)
        return self._known[standard]

    def has_mapping(self, standard: str, message: str) -> bool:
        """Whether there is a mapping for this message at all."""
        return self._exists(f"mappings/{standard}/{message}.toml")

    def problems(self, guides: Iterable[str]) -> list[Problem]:
        """Everything wrong with these guides and the standard's files they stand on, each with its file and line."""
        found: list[Problem] = []
        for name in guides:
            guide, wrong = self._read_guide(name)
            found += wrong
            for message in guide.messages if guide else ():
                found += self._problems_of(name, message)
            if guide and not found:
                found += unsaid_problems(guide, self._fetch(_guide_file(name)), self._documents(name))
        found += [_problem(wrong) for wrong in self.reports.problems()]
        return list(dict.fromkeys(found))

    def _problems_of(self, guide: str, message: str) -> list[Problem]:
        try:
            self.grammar(guide, message)
            return self._make(guide, message)[1] if self.has_mapping(self.guide(guide).standard, message) else []
        except (MappingError, SchemaError) as wrong:
            return [_problem(wrong)]

    def _documents(self, guide: str) -> dict[str, type[BaseModel]]:
        """The document class of each message of a guide that has a mapping."""
        standard = self.guide(guide).standard
        mapped = [message for message in self.guide(guide).messages if self.has_mapping(standard, message)]
        return {message: self.guided(guide, message).document for message in mapped}

    def _read_guide(self, name: str) -> tuple[Guide | None, list[Problem]]:
        try:
            return read_guide(name, self._fetch(_guide_file(name)))
        except MappingError as wrong:
            return None, [_problem(wrong)]

    def _make(self, guide: str, message: str) -> tuple[Mapping | None, list[Problem]]:
        """The mapping of a message under a guide, or of the standard's `x12/850` where that is no guide's name."""
        name = f"{self.guide(guide).standard}/{message}" if guide else message
        own = f"mappings/guides/{guide}/{message}.mapping.toml"
        layers = Layers()
        layers.lay(self._fetch(f"mappings/{name}.toml"))
        if guide and self._exists(own):
            layers.lay(self._fetch(own), extends=name)
        return make_mapping(layers, self.grammar(guide, message) if guide else self._standard_grammar(layers))

    def _mapping(self, guide: str, message: str) -> Mapping:
        if (guide, message) not in self._mappings:
            mapping, problems = self._make(guide, message)
            if mapping is None:
                raise _refusal(problems)
            self._mappings[guide, message] = mapping
        return self._mappings[guide, message]

    def _standard_grammar(self, layers: Layers) -> Grammar:
        entry = layers.head.get("message")
        if entry is None:
            raise MappingError(
                'a mapping begins with `message = "x12/004010/850"`', file=layers.sources[0].name, line=1
            )
        return self.grammars.grammar(str(entry.value))


def _guide_file(name: str) -> str:
    return f"mappings/guides/{name}/guide.toml"


def _problem(error: MappingError | SchemaError) -> Problem:
    place = f"{error.file}:{error.line}: " if error.line else f"{error.file}: "
    return Problem(error.file or "", error.line, str(error).removeprefix(place))


def _refusal(problems: list[Problem]) -> MappingError:
    """All problems at once, at the place of the first."""
    text = "\n".join([problems[0].message, *(str(problem) for problem in problems[1:])])
    return MappingError(text, file=problems[0].file, line=problems[0].line)
