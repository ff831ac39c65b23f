"""Mappings and guides by name, each made once. Files come from whoever asks: this module opens none.

The standard's mapping of an 850 is `mappings/x12/850.toml` over the grammar its `message` names; under a guide it is
that, changed by `mappings/guides/NAME/850.mapping.toml`, over the grammar narrowed by `850.schema.toml`, where there
are such files.
"""

from collections.abc import Callable, Iterable

from gateway.errors import MappingError, SchemaError
from gateway.grammar.library import Library
from gateway.grammar.schema import Grammar
from gateway.grammar.sources import Problem, Source
from gateway.mapping.guides import Guide, read_guide
from gateway.mapping.layers import Layers
from gateway.mapping.mapping import Mapping, make_mapping

Fetch = Callable[[str], Source]


class Mappings:
    """The mappings and guides that files hold. `exists` tells whether a file is there at all."""

    def __init__(self, fetch: Fetch, exists: Callable[[str], bool]) -> None:
        self._fetch, self._exists = fetch, exists
        self.grammars = Library(fetch)
        self._mappings: dict[tuple[str, str], Mapping] = {}
        self._guides: dict[str, Guide] = {}
        self._narrowed: dict[tuple[str, str], Grammar] = {}

    def guide(self, name: str) -> Guide:
        """The guide of this name. Raises MappingError, naming file and line, where it is wrong or absent."""
        if name not in self._guides:
            guide, problems = read_guide(name, self._fetch(f"mappings/guides/{name}/guide.toml"))
            _refuse(problems)
            assert guide is not None  # noqa: S101  (no problems, so there is one)
            self._guides[name] = guide
        return self._guides[name]

    def standard(self, name: str) -> Mapping:
        """The standard's mapping of a message, `x12/850`. Raises MappingError or SchemaError."""
        return self._mapping("", name, [f"mappings/{name}.toml"])

    def guided(self, guide: str, message: str) -> Mapping:
        """The mapping of a message under a guide. Raises MappingError or SchemaError."""
        name = f"{self.guide(guide).standard}/{message}"
        own = f"mappings/guides/{guide}/{message}.mapping.toml"
        return self._mapping(guide, name, [f"mappings/{name}.toml", *([own] if self._exists(own) else [])])

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

    def has_mapping(self, standard: str, message: str) -> bool:
        """Whether there is a mapping for this message at all."""
        return self._exists(f"mappings/{standard}/{message}.toml")

    def _mapping(self, guide: str, name: str, files: list[str]) -> Mapping:
        if (guide, name) not in self._mappings:
            layers = Layers()
            for file in files:
                layers.lay(self._fetch(file))
            message = name.rpartition("/")[2]
            grammar = self.grammar(guide, message) if guide else self.grammars.grammar(self._message(layers, files[0]))
            mapping, problems = make_mapping(layers, grammar)
            _refuse(problems)
            assert mapping is not None  # noqa: S101  (no problems, so there is one)
            self._mappings[guide, name] = mapping
        return self._mappings[guide, name]

    def _message(self, layers: Layers, file: str) -> str:
        entry = layers.head.get("message")
        if entry is None:
            raise MappingError('a mapping begins with `message = "x12/004010/850"`', file=file, line=1)
        return str(entry.value)

    def problems(self, guides: Iterable[str]) -> list[Problem]:
        """Everything wrong with these guides and the standard's files they stand on."""
        found: list[Problem] = []
        for name in guides:
            try:
                guide = self.guide(name)
            except MappingError as wrong:
                found.append(_problem(wrong))
                continue
            for message in guide.messages:
                if not self.has_mapping(guide.standard, message):
                    continue
                try:
                    self.guided(name, message)
                except (MappingError, SchemaError) as wrong:
                    found.append(_problem(wrong))
        return list(dict.fromkeys(found))


def _problem(error: MappingError | SchemaError) -> Problem:
    place = f"{error.file}:{error.line}: " if error.line else f"{error.file}: "
    return Problem(error.file or "", error.line, str(error).removeprefix(place))


def _refuse(problems: list[Problem]) -> None:
    """Raise all problems at once, at the place of the first."""
    if problems:
        text = "\n".join([problems[0].message, *(str(problem) for problem in problems[1:])])
        raise MappingError(text, file=problems[0].file, line=problems[0].line)
