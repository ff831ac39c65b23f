"""The only reader of schemas/, mappings/ and the shipped examples: text by name, wherever it lies.

A name is the path people see, `schemas/x12/004010/850.toml`. In an installed wheel the files lie in gateway/data, in a
checkout at its root. An instance may bring guides of its own: a file in `mappings/guides/` beside its config.toml comes
before the shipped one, file by file, and its Source says so by its name. What a guide may change in the standard is
decided by the grammar and the mapping, not here.
"""

from pathlib import Path, PurePosixPath

from gateway.errors import ConfigError, MappingError, SchemaError
from gateway.grammar.sources import Source
from gateway.mapping.library import Mappings

_DATA = Path(__file__).parent / "data"
_CHECKOUT = Path(__file__).parent.parent
_GUIDES = ("mappings", "guides")

_ERRORS: dict[str, type[ConfigError]] = {"schemas": SchemaError, "mappings": MappingError}


class Resources:
    """The shipped files, and before them the guides of one instance."""

    def __init__(self, instance: Path | None = None) -> None:
        """instance is the folder of config.toml; None where there is no instance."""
        self._instance = instance

    def read_text(self, name: str) -> Source:
        """The text of a file.

        Raises SchemaError, MappingError or, for other files, ConfigError when it is missing or is not UTF-8.
        """
        error = _ERRORS.get(name.partition("/")[0], ConfigError)
        path = self._find(name)
        if path is None:
            raise error("there is no such file among those shipped or in this instance", file=name)
        seen = str(path) if self._instance is not None and path.is_relative_to(self._instance) else name
        try:
            return Source(seen, path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError as wrong:
            raise error(f"not UTF-8 at byte {wrong.start}: save it as UTF-8", file=seen) from wrong
        except OSError as wrong:
            raise error(f"cannot be read: {wrong.strerror}", file=seen) from wrong

    def exists(self, name: str) -> bool:
        """Whether a file of this name is shipped or in the instance."""
        return self._find(name) is not None

    def list(self, prefix: str) -> tuple[str, ...]:
        """The names of all files in a folder and below it, sorted; empty where there is no such folder."""
        names = {
            str(PurePosixPath(prefix, *path.relative_to(folder).parts))
            for folder in self._places(prefix)
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }
        return tuple(sorted(names))

    def guides(self) -> tuple[str, ...]:
        """The names of the guides, each a folder with a guide.toml: what a partner's `guide` may be."""
        files = (PurePosixPath(name) for name in self.list("/".join(_GUIDES)))
        return tuple(path.parent.name for path in files if path.name == "guide.toml" and len(path.parts) == 4)

    def reports(self) -> tuple[str, ...]:
        """The names of the reports of marketplaces that there are mappings for."""
        return tuple(PurePosixPath(name).stem for name in self.list("mappings/delimited"))

    def _find(self, name: str) -> Path | None:
        return next((path for path in self._places(name) if path.is_file()), None)

    def _places(self, name: str) -> tuple[Path, ...]:
        """Where a name may lie, the nearest first; nowhere for a name that would climb out of these folders."""
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or parts[0] == "/" or "\\" in name or "\0" in name:
            return ()
        places = [_DATA.joinpath(*parts)]
        # Beside an installed package stand other people's packages: the root counts only where it is our checkout.
        if (_CHECKOUT / "pyproject.toml").is_file():
            places.append(_CHECKOUT.joinpath(*(("samples", *parts) if parts[0] == "masters" else parts)))
        if self._instance is not None and parts[:2] == _GUIDES:
            places.insert(0, self._instance.joinpath(*parts))
        return tuple(places)


SHIPPED = Resources()


def example_config() -> Source:
    """The config.toml of `gateway init --example`, with every key explained."""
    return SHIPPED.read_text("config.example.toml")


def new_config() -> Source:
    """The config.toml of a plain `gateway init`: placeholders that `gateway check` asks to fill in."""
    return SHIPPED.read_text("config.new.toml")


def default_chart() -> Source:
    """The chart of accounts that an instance begins with."""
    return SHIPPED.read_text("mappings/finance/chart.csv")


def example_masters() -> tuple[Source, ...]:
    """The master files of `gateway init --example`; a Source's name is the bare file name, `items.csv`."""
    names = (name for name in SHIPPED.list("masters") if name.endswith(".csv"))
    return tuple(Source(PurePosixPath(name).name, SHIPPED.read_text(name).text) for name in names)


def mappings_of(folder: Path | None) -> Mappings:
    """The shipped mappings and guides, and before them those of an instance's folder."""
    resources = Resources(folder)
    return Mappings(resources.read_text, resources.exists, resources.reports(), resources.list("schemas/idoc"))
