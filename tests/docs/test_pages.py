"""What a newcomer reads must be so: links lead somewhere, commands exist, and what is told to be done works."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gateway.cli.main import VERBS, gateway

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
MINE = [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in ("story", "operations", "glossary"))]


def called(page: Path) -> list[str]:
    """The commands that a page shows, without the options before the verb."""
    text = page.read_text(encoding="utf-8")
    shown = re.findall(r"(?m)(?:^ {4,}|`)gateway (?:-c \S+ )?([^`\n]+)", text)
    return sorted({re.split(r" {2,}|;", command)[0].strip() for command in shown})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_another_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", MINE, ids=lambda page: page.name)
def test_every_command_that_is_shown_exists_with_its_options(page: Path) -> None:
    for command in called(page):
        root = click.Context(gateway)
        words = command.split()
        found = gateway.get_command(root, words[0])
        assert found, command
        if isinstance(found, click.Group) and not " ".join(words[1:2]).startswith("--"):
            if len(words) == 1:
                continue
            found = found.get_command(root, words[1])
            assert found, command
        options = {name for parameter in found.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= {*options, "--help"}, command


@pytest.mark.parametrize("page", MINE, ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:schemas|mappings|samples|scripts|docs|gateway)/[\w./-]*)`", page.read_text(encoding="utf-8")
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_module_of_the_story_exists() -> None:
    story = (ROOT / "docs" / "story.md").read_text(encoding="utf-8")
    modules = re.findall(r"`([a-z_]+(?:/[a-z_]+)?\.py)`|\*\*`([a-z_/]+/)`\*\*", story)
    missing = [
        module or package for module, package in modules if not (ROOT / "gateway" / (module or package)).exists()
    ]
    # Inside a paragraph about a package its modules are named without it.
    packages = [path for path in (ROOT / "gateway").iterdir() if path.is_dir()]
    assert [name for name in missing if not any((package / name).exists() for package in packages)] == []


def test_the_readme_shows_every_verb_or_says_where_they_stand() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/commands.md" in readme
    shown = {command.split()[0] for command in called(ROOT / "README.md")}
    assert {"init", "check", "once", "cases", "orders", "explain", "trace"} <= shown <= set(VERBS)


def run(*words: str) -> str:
    return subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_the_readme_can_be_followed_from_an_empty_instance_to_a_booked_order(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (result,) = re.findall(r'(?s)(\{"document": "posting-result".*?\})', readme)
    folder, config = tmp_path / "edi", tmp_path / "edi" / "config.toml"
    cli = (sys.executable, "-m", "gateway", "-c", str(config))
    run(*cli[:3], "init", str(folder))
    filled_in = {
        'our_id = ""': 'our_id = "ZZ:5551234567"',
        'id     = ""': 'id     = "ZZ:AMAZON"',
        "VENDOR-CODE": "ACME1",
        'company  = ""': 'company  = "acme"',
        'customer = ""': 'customer = "AMAZON-US"',
        'currency = ""': 'currency = "USD"',
        "# price_basis": "price_basis",
    }
    text = config.read_text(encoding="utf-8")
    for empty, value in filled_in.items():
        assert empty in text
        text = text.replace(empty, value)
    config.write_text(text, encoding="utf-8")
    assert "in order" in run(*cli, "check")
    for master in (ROOT / "samples" / "masters").glob("*.csv"):
        shutil.copy(master, folder / "erp" / "in")
    shutil.copy(ROOT / "samples" / "demo" / "850_cases.edi", folder / "amazon" / "in")
    run(*cli, "once")
    assert (folder / "erp" / "out" / "sales-order.amazon-us.7QM3KD2A.json").is_file()
    (folder / "erp" / "in" / "result.json").write_text(result, encoding="utf-8")
    run(*cli, "once")
    assert "booked, sales order SO-1001" in run(*cli, "orders", "show", "7QM3KD2A")


def test_the_manuals_way_to_restore_a_backup_works(tmp_path: Path) -> None:
    cli, folder = (sys.executable, "-m", "gateway"), tmp_path / "edi"
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    drill = manual.partition("Practise this")[2].partition("## Retention")[0]
    told = [" ".join(command.split()) for command in re.findall(r"`gateway ([^`]+)`", drill)]
    steps = [shlex.split(command) for command in told if " ID" not in command and command != "doctor"]
    assert [step[:2] for step in steps if step[0] == "journal"] == [
        ["journal", "restore"],
        ["journal", "resend-requests"],
        ["journal", "confirm-restore"],
        ["journal", "confirm-restore"],
        ["journal", "verify"],
    ]
    run(*cli, "init", str(folder), "--example")
    run(*cli, "-c", str(folder / "config.toml"), "journal", "backup", str(tmp_path / "BACKUP.db"))
    (folder / "journal.db").rename(tmp_path / "broken.db")
    for step in steps:
        arguments = [str(tmp_path / word) if word == "BACKUP.db" else word for word in step]
        run(*cli, "-c", str(folder / "config.toml"), *arguments)


def played(folder: Path, first: str) -> Iterator[tuple[str, Path]]:
    """The steps of one of the README's plays, each after `once` has taken its file: the one that begins so."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tables = re.findall(r"(?m)((?:^   \| `[\w.-]+`[^|]*\| `\w+/in/` \| .* \|\n)+)", readme)
    (table,) = [table for table in tables if table.startswith(f"   | `{first}`")]
    run(sys.executable, "-m", "gateway", "init", str(folder), "--example", "--at", "2026-11-20T21:00:00Z")
    cli, at = (sys.executable, "-m", "gateway", "-c", str(folder / "config.toml")), ("--at", "2026-11-20T21:05:00Z")
    steps = re.findall(r"(?m)^   \| `([\w.-]+)`[^|]*\| `(\w+/in)/`", table)
    for name, place in [("850_cases.edi", "amazon/in"), *steps] if first == "order-response.json" else steps:
        shutil.copy(ROOT / "samples" / "demo" / name, folder / place)
        run(*cli, "once", *at)
        yield name, folder


def test_the_readmes_play_goes_from_an_order_to_its_payment(tmp_path: Path) -> None:
    seen = [
        sorted({path.name.split("_")[1] for path in (folder / "amazon" / "out").glob("*.edi")} - {"997"})
        for _, folder in played(tmp_path / "edi", "order-response.json")
    ]
    assert seen == [[], ["855"], ["855"], ["855", "856"], ["855", "856"], *[["810", "855", "856"]] * 2]
    cli = (sys.executable, "-m", "gateway", "-c", str(tmp_path / "edi" / "config.toml"))
    assert "4.35" in run(*cli, "remittances", "list", "--status", "short")


def test_the_readmes_play_of_a_seller_leaves_what_it_says(tmp_path: Path) -> None:
    seen = []
    for name, folder in played(tmp_path / "edi", "orders.txt"):
        files = [*(folder / "erp" / "out").iterdir(), *(folder / "amazon" / "out").iterdir()]
        seen.append((name, sorted({path.name.split(".")[0] for path in files if path.is_file()})))
    assert seen == [
        ("orders.txt", ["sales-order"]),
        ("stock.csv", ["inventory", "sales-order"]),
        ("settlement.txt", ["credit-memo", "inventory", "journal-entry", "sales-order"]),
    ]
