"""All we know of IDocs, from schemas/idoc/: basic types by name, and how their records lie in the flat form.

Everything is read at once and everything wrong with it is gathered, for `gateway check`. A type that has a problem is
there all the same as far as it could be read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.grammar.idoc_segments import CONTROL, Segment, read_segments
from gateway.grammar.idoc_types import IDOC, IdocType, TypeFile, read_type
from gateway.grammar.sources import Problem, Source
from gateway.syntax.idoc_flat import FlatSegment, Layout, Layouts

_SEGMENTS = "/segments/"  # the folder that tells a file of segments from one of a type


@dataclass(frozen=True)
class IdocCatalogue:
    """The basic types, every segment of them, and what is wrong in the files they were read from."""

    types: Mapping[str, TypeFile]
    segments: Mapping[str, Segment]
    problems: tuple[Problem, ...] = field(default=())

    def type(self, name: str, message: str = "") -> IdocType | None:
        """A basic type (IDOCTYP) as a message (MESTYP) has it; None for one that we do not know."""
        file = self.types.get(name)
        return file.variants.get(message, file.type) if file else None

    def layouts(self, versions: Mapping[str, str] | None = None, release: str = "") -> Layouts:
        """How the records of each type lie in the flat form.

        The names of segments are those of a release of SAP; `versions` come first, `{"E1EDP01": "E2EDP01011"}`.
        Records are read under any version of a name; only what is written depends on these.
        """
        made: dict[tuple[str, str], Layout] = {}

        def layout_of(name: str, message: str) -> Layout | None:
            if (file := self.types.get(name)) is None:
                return None
            key = (name, message if message in file.variants else "")
            if key not in made:
                made[key] = _layout(file.variants.get(message, file.type), versions or {}, release)
            return made[key]

        return layout_of


def read_catalogue(sources: Iterable[Source]) -> IdocCatalogue:
    """The catalogue that the files of schemas/idoc make together; files of segments lie in its folder `segments`."""
    files = list(sources)
    problems: list[Problem] = []
    segments: dict[str, Segment] = {}
    types: dict[str, TypeFile] = {}
    for source in files:
        if _SEGMENTS in source.name:
            read, wrong = read_segments(source)
            for name in sorted(set(read) & set(segments)):
                wrong.append(Problem(source.name, source.line_of_key(name), f"{name}: another file has it already"))
            segments |= read
            problems += wrong
    for source in files:
        if _SEGMENTS not in source.name:
            made, wrong = read_type(source, segments)
            problems += wrong
            if made:
                types[made.type.name] = made
    return IdocCatalogue(types, segments, tuple(problems))


def _layout(found: IdocType, versions: Mapping[str, str], release: str) -> Layout:
    parents: dict[str, set[str]] = {}
    for parent, place in found.root.walk():
        parents.setdefault(place.name, set()).add("" if parent == IDOC else parent)
    return {
        name: FlatSegment(
            name,
            versions.get(name, segment.flat_name(release)),
            tuple((item.name, item.longest) for item in segment.fields),
            frozenset(parents[name]),
        )
        for name, segment in found.segments.items()
        if name != CONTROL
    }
