"""From config.toml to a Config, or to everything that is wrong with it.

The text is parsed, the models judge each value, and the checks judge what must hold across tables, on all parts that
are right in themselves. Everything found comes at once, each with its line, in the order of the file. A message says
which key, what is wrong, and what the key is for, because whoever reads it is about to type the answer.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import ConfigDict, Discriminator, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from gateway.config.channels import Channel
from gateway.config.charts import charted
from gateway.config.checks import CHECKS, CHECKS_OF_THIS_MACHINE, Complaint, Draft, nearest
from gateway.config.erp import Erp
from gateway.config.keys import KeyPath, keys
from gateway.config.partners import Partner
from gateway.config.positions import line_of, positions
from gateway.config.sellers import Seller
from gateway.config.settings import Config, Paths
from gateway.errors import ConfigError
from gateway.grammar.sources import Problem
from gateway.resources import Resources, example_config

ENVIRONMENT = "GATEWAY_CONFIG"

Part = TypeVar("Part")

_CHANNEL: TypeAdapter[Channel] = TypeAdapter(
    Annotated[Channel, Discriminator("kind")], config=ConfigDict(defer_build=True)
)
_KINDS = tuple(get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(Channel))


def locate(option: str | Path | None = None, environment: Mapping[str, str] = os.environ) -> Path:
    """The config.toml to use: the one given with -c, else $GATEWAY_CONFIG, else ./config.toml.

    Raises ConfigError when there is no such file.
    """
    path = Path(option or environment.get(ENVIRONMENT) or "config.toml")
    if not path.is_file():
        raise ConfigError(
            f"there is no {path}: name one with -c or ${ENVIRONMENT}, or make one with `gateway init DIR`"
        )
    return path


def load(path: Path) -> Config:
    """The config, or a ConfigError that lists every problem, a line each."""
    config, problems = read(path)
    if config is None:
        raise ConfigError("\n".join(str(problem) for problem in problems))
    return config


def read(path: Path) -> tuple[Config | None, list[Problem]]:
    """The config and no problem, or no config and all problems in the order of the file.

    Raises ConfigError when the file itself cannot be read.
    """
    try:
        text = _text(path)
    except UnicodeDecodeError as wrong:
        return None, [Problem(str(path), None, f"not UTF-8 at byte {wrong.start}: save it as UTF-8")]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        return None, [_unparsed(path, str(wrong))]

    file = Path(os.path.normpath(Path.cwd() / path))
    context = {"file": file, "folder": file.parent}
    # All of [paths] has defaults, yet they too have to be set against the folder of this file.
    data = {"paths": {}, **data}
    config, complaints = _validate(data, context)
    draft = _draft(data, context, file.parent)
    said = {key for key, _ in complaints}  # a table that is wrong in itself is not also said to be empty
    complaints += [complaint for check in CHECKS for complaint in check(draft) if complaint[0] not in said]
    if config is None or complaints:
        return None, _problems(path, text, complaints)
    for seller in config.sellers.values():
        seller.take_chart(charted(seller))  # what is wrong with it is said by chart_problems, and stops nothing else
    return config, []


def read_example() -> Config:
    """The settings of the shipped example, for reading files where there is no instance."""
    folder = Path.cwd()
    data = {"paths": {}, **tomllib.loads(example_config().text)}
    config, _ = _validate(data, {"file": folder / "config.toml", "folder": folder})
    if config is None:  # a test reads it, so this is a broken installation
        raise ConfigError("the shipped example cannot be read: install the gateway again")
    return config


def check_folders(config: Config) -> list[Problem]:
    """What is not right on this machine: folders that are missing or closed to this user, and files with secrets.

    Those must be readable for this user, and for nobody else.

    Raises ConfigError when config.toml, read again for its lines, has gone.
    """
    draft = Draft(
        names=tuple(config.partners),
        partners=config.partners,
        channels=config.channels,
        erp=config.erp,
        paths=config.paths,
        resources=Resources(config.folder),
        alerts=config.alerts,
    )
    found = [complaint for check in CHECKS_OF_THIS_MACHINE for complaint in check(draft)]
    return _problems(config.file, _text(config.file), found)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as wrong:
        raise ConfigError(f"cannot be read: {wrong.strerror}", file=str(path)) from wrong


def _problems(path: Path, text: str, complaints: list[Complaint]) -> list[Problem]:
    lines = positions(text)
    problems = [Problem(str(path), line_of(key, lines), f"{'.'.join(key)}: {said}") for key, said in complaints]
    return sorted(problems, key=lambda problem: problem.line or 0)


def _unparsed(path: Path, message: str) -> Problem:
    """A syntax error; tomllib gives its line in words only, "... (at line 3, column 7)"."""
    said, _, place = message.removesuffix(")").rpartition(" (at line ")
    number = place.partition(",")[0]
    if number.isdecimal():
        return Problem(str(path), int(number), f"not TOML: {said}")
    return Problem(str(path), None, f"not TOML: {message}")


def _draft(data: dict[str, Any], context: dict[str, Path], folder: Path) -> Draft:
    def readable(model: TypeAdapter[Part], part: object) -> Part | None:
        try:
            return model.validate_python(part, context=context)
        except ValidationError:
            return None  # said already, of the whole

    def all_readable(model: TypeAdapter[Part], table: object) -> dict[str, Part]:
        found = ((name, readable(model, part)) for name, part in _table(table).items())
        return {name: part for name, part in found if part is not None}

    return Draft(
        names=tuple(_table(data.get("partners"))),
        partners=all_readable(TypeAdapter(Partner), data.get("partners")),
        channels=all_readable(_CHANNEL, data.get("channels")),
        erp=readable(TypeAdapter(Erp), data.get("erp")),
        paths=readable(TypeAdapter(Paths), data["paths"]),
        resources=Resources(folder),
        sellers=all_readable(TypeAdapter(Seller), data.get("sellers")),
        channel_names=tuple(_table(data.get("channels"))),
        seller_channels=tuple(str(_table(each).get("channel")) for each in _table(data.get("sellers")).values()),
    )


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _validate(data: dict[str, Any], context: dict[str, Path]) -> tuple[Config | None, list[Complaint]]:
    try:
        return Config.model_validate(data, context=context), []
    except ValidationError as wrong:
        return None, [_complaint(error) for error in wrong.errors(include_url=False)]


def _complaint(error: ErrorDetails) -> Complaint:
    # A place in an array, and pydantic's own marks "[key]" and the kind of a channel, are no part of what people typed.
    path = tuple(part for part in error["loc"] if isinstance(part, str) and part != "[key]")
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return (*path, "kind"), _no_such_kind(error)
    pattern, field = _known(path)
    if path[0] == "channels":
        path = (*path[:2], *path[3:])
    if error["loc"][-1] == "[key]":
        return path, f"{path[-1]!r} cannot be a name: letters, digits, - and _, at most 40"
    if error["type"] == "extra_forbidden":
        siblings = tuple(key[-1] for key in keys() if key[:-1] == pattern[:-1])
        return path, f"there is no such key{nearest(path[-1], siblings)}"
    return path, _SAYINGS.get(error["type"], _not_of_its_kind)(error, field)


def _known(path: KeyPath) -> tuple[KeyPath, FieldInfo | None]:
    """The key as it stands in keys(), `<partner>` for a chosen name, and its field; an unknown part stays as it is."""
    if path[0] == "channels" and len(path) > 2:
        of_its_kind = ("channels", f"<channel:{path[2]}>", *path[3:])
        return of_its_kind, keys().get(of_its_kind)
    pattern: KeyPath = ()
    for part in path:
        below = (key[len(pattern)] for key in keys() if key[: len(pattern)] == pattern and len(key) > len(pattern))
        pattern = (*pattern, next((name for name in below if name.startswith("<")), part))
    return pattern, keys().get(pattern)


def _purpose(field: FieldInfo | None) -> str:
    return (field.description or "") if field is not None else "see docs/configuration.md"


def _missing(_: ErrorDetails, field: FieldInfo | None) -> str:
    return f"is missing. {_purpose(field)}"


def _no_such_kind(error: ErrorDetails) -> str:
    kinds = ", ".join(f'"{kind}"' for kind in _KINDS)
    given = error["input"].get("kind") if isinstance(error["input"], dict) else None
    return f"{given!r} is not one of {kinds}" if given else f"fill in one of {kinds}. How files travel"


def _empty(_: ErrorDetails, field: FieldInfo | None) -> str:
    return f"fill in. {_purpose(field)}"


def _not_a_choice(error: ErrorDetails, field: FieldInfo | None) -> str:
    choices = error["ctx"]["expected"].replace("'", '"').replace(" or ", ", ")
    if error["input"] == "":
        return f"fill in one of {choices}. {_purpose(field)}"
    return f"{error['input']!r} is not one of {choices}. {_purpose(field)}"


def _own_words(error: ErrorDetails, _: FieldInfo | None) -> str:
    return str(error["ctx"]["error"])


def _not_of_its_kind(error: ErrorDetails, field: FieldInfo | None) -> str:
    shown = "a table" if isinstance(error["input"], dict) else repr(error["input"])
    return f"cannot be {shown}. {_purpose(field)}"


def _no_text(error: ErrorDetails, field: FieldInfo | None) -> str:
    if isinstance(error["input"], int | float) and not isinstance(error["input"], bool):
        return f'is text: write "{error["input"]}", in quotes. {_purpose(field)}'
    return _not_of_its_kind(error, field)


_SAYINGS: dict[str, Callable[[ErrorDetails, FieldInfo | None], str]] = {
    "missing": _missing,
    "string_type": _no_text,
    "string_too_short": _empty,
    "too_short": _empty,
    "literal_error": _not_a_choice,
    "value_error": _own_words,
}
