"""What people write: times and sizes, config.toml, guides and mappings."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from gateway import config as configuration
from gateway.cli.main import Instant as InstantOption
from gateway.config.values import Duration, Email, Silence, Size, Url
from gateway.documents.base import Count, Day, Instant, Number
from gateway.errors import ConfigError
from gateway.grammar.sources import Source
from gateway.mapping.guides import parse_duration, read_guide
from gateway.mapping.library import Mappings
from gateway.resources import SHIPPED, example_config, new_config
from tests.fuzz.mutations import Random
from tests.fuzz.reader import Reader, Took

TOML_MARKS = b"=\"\n[].{}#\\',-_0\t\r\xc3\xa0\x00"

# Guides and the mappings of guides, with the message that each is about; all of them for the guide itself.
OWN = {
    "mappings/guides/amazon-us/guide.toml": None,
    "mappings/guides/amazon-us/810.mapping.toml": ("amazon-us", "810"),
    "mappings/guides/amazon-us/850.schema.toml": ("amazon-us", "850"),
    "mappings/guides/amazon-us/855.mapping.toml": ("amazon-us", "855"),
    "mappings/guides/amazon-eu/guide.toml": None,
    "mappings/guides/amazon-eu/ORDERS.schema.toml": ("amazon-eu", "ORDERS"),
    "mappings/guides/amazon-eu/ORDRSP.mapping.toml": ("amazon-eu", "ORDRSP"),
    "mappings/x12/997.toml": ("amazon-us", "997"),
    "mappings/edifact/CONTRL.toml": ("amazon-eu", "CONTRL"),
}

KINDS: tuple[Any, ...] = (Duration, Email, Silence, Size, Url, Instant, Day, Number, Count)


def reader_of_times() -> Reader:
    """One text for everything that is a time, a length, a size, a number or an address."""
    adapters: list[TypeAdapter[Any]] = [TypeAdapter(kind) for kind in KINDS]
    option = InstantOption()

    def tries(text: str) -> Mapping[str, Callable[[], object]]:
        as_json = TypeAdapter(str).dump_json(text)
        each = {f"{n}": (lambda a=adapter: a.validate_python(text)) for n, adapter in enumerate(adapters)}
        same = {f"json {n}": (lambda a=adapter: a.validate_json(as_json)) for n, adapter in enumerate(adapters)}
        return {**each, **same, "option": lambda: option.convert(text, None, None)}

    def take(data: bytes, _: Random) -> Took:
        text = data.decode("utf-8", errors="replace")
        good = 0
        for attempt in tries(text).values():
            try:
                attempt()
                good += 1
            except (ValidationError, click.UsageError):
                continue
        parse_duration(text)
        return Took(good > 0, len(KINDS) - good)

    seeds = (b"90s", b"30 m", b"4h", b"2d", b"32 MB", b"1 KiB", b"2026-11-20T21:02:00Z", b"2026-11-20T21:02:00+14:00")
    more = (b"2026-11-20", b"43.50", b"-1", b"12", b"habit", b"https://hooks.example/T0/x?token=1", b"a.b@example.com")
    return Reader("times", (*seeds, *more), b"0123456789:-+TZ.smhd /@[]%", take, "read as something", 0.1)


def reader_of_config() -> Reader:
    folder = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
    file = Path(folder.name) / "config.toml"

    def take(data: bytes, _: Random, keep: object = folder) -> Took:  # noqa: ARG001  (the folder lives as long)
        file.write_bytes(data)
        config, problems = configuration.read(file)
        if config is None:
            assert problems
            return Took(
                not any("not TOML" in each.message or "UTF-8" in each.message for each in problems), len(problems)
            )
        return Took(True, len(configuration.check_folders(config)))

    texts = [example_config().text, new_config().text]
    bare = ["\n".join(line for line in text.splitlines() if line and not line.startswith("#")) for text in texts]
    return Reader("config", [text.encode() for text in (*bare, texts[0])], TOML_MARKS, take, "are TOML", 0.2)


def reader_of_guides() -> Reader:
    """The shipped files, one of them damaged; its name stands in its first line."""

    def take(data: bytes, _: Random) -> Took:
        first, _line_break, rest = data.partition(b"\n")
        name = first.removeprefix(b"# ").decode(errors="replace")
        name = name if name in OWN else next(iter(OWN))
        source = Source(name, rest.decode("utf-8", errors="replace"))
        try:
            source.parse(ConfigError)
        except ConfigError:
            return Took(False, 1)
        mappings = Mappings(lambda wanted: source if wanted == name else SHIPPED.read_text(wanted), SHIPPED.exists)
        about = OWN[name]
        if about is None:
            guide, problems = read_guide(name.split("/")[2], source)
            assert (guide is None) == bool(problems)
            return Took(True, len(problems))
        try:
            mappings.guided(*about)
        except ConfigError:
            return Took(True, 1)
        return Took(True)

    seeds = [f"# {name}\n{SHIPPED.read_text(name).text}".encode() for name in OWN]
    return Reader("guides", seeds, TOML_MARKS, take, "are TOML", 0.2)
