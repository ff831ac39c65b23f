"""The list of keys, and the two files and the page that must name every one of them."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Alerts, Config, Contact, keys, read
from gateway.config.keys import KeyPath
from gateway.config.partners import Partner
from gateway.config.reference import page
from gateway.resources import example_config, new_config

ROOT = Path(__file__).parents[2]


def patterns(table: dict[str, Any], above: KeyPath = ()) -> set[KeyPath]:
    """The keys of a config as they stand in keys(), with `<partner>` for a chosen name."""
    found: set[KeyPath] = set()
    for key, value in table.items():
        chosen = next((k[len(above)] for k in keys() if k[:-1] == above and k[-1] == key), None)
        kind = f":{value['kind']}" if above == ("channels",) else ""
        path = (*above, chosen or f"<{above[-1].removesuffix('s')}{kind}>")
        found |= ({path} if chosen else set()) | (patterns(value, path) if isinstance(value, dict) else set())
    return found


def whole_example() -> str:
    """The example with what is commented out: other channels, what would contact somebody, what has no default."""
    return re.sub(r"(?m)^# (?=[\w.]+ +=|\[)", "", example_config().text)


def test_every_key_occurs_in_the_example() -> None:
    assert patterns(tomllib.loads(whole_example())) == set(keys())


def test_what_is_commented_out_in_the_example_is_good_too(instance: Path) -> None:
    (instance / "config.toml").write_text(whole_example())
    config, problems = read(instance / "config.toml")
    assert problems == []
    assert config is not None
    assert config.alerts.smtp_host == "mail.example.com"
    assert config.owners["item data"].escalate_to == "operations"
    assert {channel.kind for channel in config.channels.values()} == {"folder", "sftp", "as2"}


def test_the_example_contacts_nobody(instance: Path) -> None:
    (instance / "config.toml").write_text(example_config().text)
    config, _ = read(instance / "config.toml")
    assert config is not None
    assert config.alerts == Alerts()
    assert set(config.owners.values()) == {Contact()}


def test_every_key_of_the_example_has_its_comment() -> None:
    first_partner = example_config().text.partition("[partners.amazon-eu]")[0]
    for line in first_partner.splitlines():
        assert not re.match(r"\w+ *=", line) or "#" in line or line.startswith("currency"), line


def test_the_example_is_good(instance: Path) -> None:
    (instance / "config.toml").write_text(example_config().text)
    config, problems = read(instance / "config.toml")
    assert (problems, config is not None) == ([], True)


def test_the_example_sets_every_optional_key_of_a_partner_to_its_default(instance: Path) -> None:
    (instance / "config.toml").write_text(example_config().text)
    config, _ = read(instance / "config.toml")
    assert config is not None
    spelled, left_out = config.partners["amazon-us"], config.partners["amazon-eu"]
    optional = [name for name, field in Partner.model_fields.items() if not field.is_required()]
    assert [getattr(spelled, name) for name in optional] == [getattr(left_out, name) for name in optional]


def test_a_new_config_asks_for_all_that_only_its_owner_knows(instance: Path) -> None:
    (instance / "config.toml").write_text(new_config().text)
    config, problems = read(instance / "config.toml")
    assert config is None
    asked = [problem.message.partition(": fill in. ")[0] for problem in problems]
    account = "partners.amazon-us.accounts.VENDOR-CODE"
    assert asked == [
        "partners.amazon-us.id",
        "partners.amazon-us.our_id",
        f"{account}.company",
        f"{account}.customer",
        f"{account}.currency",
    ]
    lines = new_config().text.splitlines()
    assert all(problem.line and '""' in lines[problem.line - 1] for problem in problems)


def test_every_key_is_explained_on_the_page() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8") == page()
    for path, field in keys().items():
        assert field.description, path
        assert f"`{path[-1]}`" in page() or any(path == key[: len(path)] for key in keys() if key != path), path


@pytest.mark.parametrize(
    "text",
    ["ZZ:AMAZON", "01:123456789", "14:5450534000000", "ZZ:A B", "ZZ:A:B"],
)
def test_ids_of_envelopes_are_taken_apart_at_the_first_colon(config: Config, text: str) -> None:
    partner = config.partners["amazon-us"].model_copy(update={"id": text})
    assert partner.theirs == (text[:2], text[3:])
    assert ":".join(partner.theirs) == text
