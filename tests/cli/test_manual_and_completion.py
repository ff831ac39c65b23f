"""The man page is printed from the commands, and the shells complete verbs and options."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gateway.cli.main import VERBS
from gateway.cli.manual import page
from gateway.cli.reference import commands

ROOT = Path(__file__).parents[2]


def test_the_man_page_is_printed_from_the_commands() -> None:
    written = (ROOT / "docs" / "gateway.1").read_text(encoding="utf-8")
    assert written == page(), "run: python -m gateway.cli.manual > docs/gateway.1"


def test_every_verb_and_option_has_its_place_in_the_man_page() -> None:
    said = page().replace("\\-", "-")
    for each in commands():
        if isinstance(each.command, click.Group) and not each.command.invoke_without_command:
            continue
        section = said.partition(f".SS {each.command_path.removeprefix('gateway ')}")[2].partition("\n.SS ")[0]
        for option in (param for param in each.command.params if isinstance(param, click.Option)):
            assert max(option.opts, key=len) in section, (each.command_path, option.opts)


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_nothing_in_the_man_page_is_unknown_to_roff() -> None:
    told = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8"], input=page(), capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")


def completed(*words: str, shell: str = "bash") -> list[str]:
    """What a shell is told that the last of the words may become."""
    environment = {
        **os.environ,
        "_GATEWAY_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1),
    }
    code = "from gateway.cli import main; main(prog_name='gateway')"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    return told.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_the_verbs_and_options_that_there_are(shell: str) -> None:
    assert "orders" in " ".join(completed("gateway", "ord", shell=shell))
    assert "--json" in " ".join(completed("gateway", "orders", "list", "--j", shell=shell))


def test_every_verb_is_completed() -> None:
    assert {each.partition(",")[2] for each in completed("gateway", "")} >= set(VERBS)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_script_is_good_in_its_shell(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"needs {shell}")
    script = subprocess.run(
        [sys.executable, "-m", "gateway", "completion", shell], capture_output=True, text=True
    ).stdout
    assert "_GATEWAY_COMPLETE" in script
    assert subprocess.run([program, "-n"], input=script, text=True).returncode == 0
