"""Prints the man page gateway(1) from the commands: `python -m gateway.cli.manual > docs/gateway.1`.

The wheel puts it into share/man/man1 of the environment that it is installed into, where man(1) finds it as long as the
environment's bin is on the path. A test compares the page with this.
"""

import sys
from collections.abc import Iterator

import click

from gateway.cli.main import gateway
from gateway.cli.reference import EXIT_CODES, commands, placeholder, usage_of

_HEAD = """\
.\\" Printed from the commands themselves by `python -m gateway.cli.manual`; do not edit by hand.
.TH GATEWAY 1 "" "edi-gateway" "User Commands"
.SH NAME
gateway \\- an EDI gateway between Amazon and an ERP
.SH SYNOPSIS
.B gateway
[\\fB\\-c\\fR \\fICONFIG\\fR] \\fIVERB\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]
.SH DESCRIPTION
It takes orders in as X12 or EDIFACT, hands them to the ERP, and answers, ships and invoices them in the partner's terms
and in the right order. It remembers everything that came and went, and explains every value and every hold.
.PP
.B gateway init
makes an instance: a folder with its config.toml, its journal and its folders.
.B gateway check
says what is wrong with its configuration,
.B gateway doctor
what is wrong with the rest,
.B gateway run
works until it is told to stop, and
.B gateway status
is the list to look at every morning.
.SH OPTIONS
"""
_TAIL = """\
.SH ENVIRONMENT
.TP
.B GATEWAY_CONFIG
The config.toml of the instance, where \\-c does not name it; without both it is ./config.toml.
.TP
.B GATEWAY_SECTION__KEY
A value of config.toml, in the place of the one that stands there.
.TP
.B GATEWAY_USER
The name that the journal keeps for what a person does; without it the login name.
.TP
.B GATEWAY_DEBUG
Shows where a fault of the gateway itself happened.
.TP
.B NO_COLOR
Tables are drawn without colours.
.SH FILES
.TP
.I config.toml
What can be set, with its meaning.
.TP
.I journal.db
All that ever came and went, one SQLite file.
.TP
.I quarantine/
What could not be taken, each file with its reason beside it.
.SH SEE ALSO
The operations manual, docs/operations.md, and docs/cases.md: what every case means, and what to do about it.
"""


def page() -> str:
    """The whole page, in the macros of man(7)."""
    return "".join([_HEAD, *_options(gateway), ".SH VERBS\n", *_verbs(), *_exit_codes(), _TAIL])


def _verbs() -> Iterator[str]:
    for each in commands():
        if isinstance(each.command, click.Group) and not each.command.invoke_without_command:
            continue
        arguments = [placeholder(param) for param in each.command.params if isinstance(param, click.Argument)]
        names = each.command_path.removeprefix("gateway ")
        yield f".SS {_safe(' '.join([names, *arguments]))}\n{_safe(each.command.help or '')}\n"
        yield from _options(each.command)


def _options(command: click.Command) -> Iterator[str]:
    for option in (param for param in command.params if isinstance(param, click.Option)):
        yield f".TP\n.B {_safe(usage_of(option))}\n{_safe(option.help or '')}\n"


def _exit_codes() -> Iterator[str]:
    yield ".SH EXIT STATUS\n"
    for code, meaning in EXIT_CODES.items():
        yield f".TP\n.B {code}\n{_safe(meaning.replace('`', ''))}\n"


def _safe(text: str) -> str:
    """Text in which roff finds nothing to obey, on one line."""
    one_line = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{one_line}" if one_line.startswith((".", "'")) else one_line


if __name__ == "__main__":
    sys.stdout.write(page())
