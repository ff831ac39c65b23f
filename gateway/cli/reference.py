"""Prints docs/commands.md from the commands themselves: `python -m gateway.cli.reference > docs/commands.md`.

A test compares the page with this, so that no verb and no option can be added without its sentence.
"""

import sys
from collections.abc import Iterator, Mapping

import click

from gateway.cli.main import gateway

_HEAD = """\
# Every command

Printed from the commands themselves by `python -m gateway.cli.reference`; do not edit by hand.

`-c CONFIG` names the config.toml of an instance; without it `$GATEWAY_CONFIG` is asked, then `./config.toml`. Every
listing takes `--json`, `--csv` and `--limit`. Verbs that change something record who did it (`$GATEWAY_USER`, else the
login name), and take `--dry-run`. `gateway VERB --help` says the same as this page.

"""

EXIT_CODES: Mapping[int, str] = {
    0: "done",
    1: "problems were found, or there is no such thing, or what was asked does not fit its state",
    2: "the command was not understood",
    65: "the data that was given is wrong",
    69: "a folder or server cannot be reached",
    70: "a fault of the gateway, or a journal that cannot be used; `GATEWAY_DEBUG=1` shows where",
    73: "something could not be created",
    75: "another process is at work: try again",
    77: "permission was denied",
    78: "the configuration is wrong: `gateway check` says where",
}
"""Exit code -> what it means."""


def page() -> str:
    """The whole page: a section for every verb, in the order of `gateway --help`."""
    codes = [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    return "\n".join([_HEAD + "| exit code | meaning |\n|---|---|", *codes, "", *_sections()])


def commands(above: click.Context | None = None) -> Iterator[click.Context]:
    """The context of every verb, and of the verbs of those that are groups themselves."""
    context = above or click.Context(gateway, info_name="gateway", **gateway.context_settings)
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command is not None:
                inner = click.Context(command, parent=context, info_name=name)
                yield inner
                yield from commands(inner)


def _sections() -> Iterator[str]:
    for each in commands():
        path = each.command_path
        arguments = [placeholder(param) for param in each.command.params if isinstance(param, click.Argument)]
        options = [param for param in each.command.params if isinstance(param, click.Option)]
        yield f"{'#' * len(path.split())} {' '.join([path, *arguments])}\n"
        yield f"{each.command.help}\n"
        if options:
            yield "| option | meaning |\n|---|---|"
            yield from (f"| `{_cell(usage_of(option))}` | {_cell(_meaning(option))} |" for option in options)
            yield ""


def usage_of(option: click.Option) -> str:
    """An option as it is typed: `-c, --config PATH`."""
    names = ", ".join((*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} {placeholder(option)}"


def placeholder(param: click.Parameter) -> str:
    """What stands for a value: its choices, its own word, or its kind."""
    if isinstance(param.type, click.Choice):
        return "|".join(str(choice) for choice in param.type.choices)
    return param.metavar or (str(param.name) if isinstance(param, click.Argument) else param.type.name).upper()


def _meaning(option: click.Option) -> str:
    said = option.help or ""
    if option.required:
        return f"{said} Needed."
    return f"{said} Default: {option.default}." if option.show_default else said


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
