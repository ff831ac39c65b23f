"""What must hold across the tables of config.toml."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.config import Config, check_folders
from gateway.config.checks import nearest

Said = Callable[..., list[str]]

SECOND = """\
[partners.second]
format = "x12"
guide = "some-guide"
id = "ZZ:SECOND"
our_id = "ZZ:5551234567"
accounts.A = { company = "acme", customer = "X", currency = "USD" }
"""
CHANNEL = """\
[channels.other]
kind = "folder"
partners = ["second"]
in = "other/in"
out = "other/out"
"""


def test_a_second_partner_with_a_channel_of_its_own_is_good(said: Said) -> None:
    assert said(more=SECOND + CHANNEL) == []


def test_a_guide_that_is_nowhere_names_the_nearest(said: Said) -> None:
    assert said(('"some-guide"', '"some-gide"')) == [
        "3: partners.amazon-us.guide: there is no mappings/guides/some-gide/guide.toml; did you mean 'some-guide'?"
    ]


def test_partners_that_no_envelope_could_tell_apart_are_refused(said: Said) -> None:
    same = SECOND.replace("ZZ:SECOND", "ZZ:AMAZON")
    assert said(more=same + CHANNEL) == [
        "22: partners.second.id: the same id, our_id and test as partners.amazon-us",
    ]
    assert said(more=same.replace("accounts", "test = true\naccounts") + CHANNEL) == []


def test_a_channel_that_names_an_unknown_partner_is_refused(said: Said) -> None:
    assert said(('["amazon-us"]', '["amazon-us", "amazon-su"]')) == [
        "12: channels.amazon.partners: no partner 'amazon-su'; did you mean 'amazon-us'?"
    ]


def test_a_partner_that_is_wrong_in_itself_is_still_a_known_one(said: Said) -> None:
    (problem,) = said(('"USD"', '""'))
    assert problem.startswith("9: partners.amazon-us.accounts.ACME1.currency: fill in. The currency of its prices")


def test_a_partner_without_a_channel_has_no_way(said: Said) -> None:
    assert said(more=SECOND) == ['19: partners.second: is in no channel: name it in the "partners" of one']


def test_a_partner_in_two_channels_has_two_ways(said: Said) -> None:
    assert said(more=SECOND + CHANNEL.replace('"second"', '"second", "amazon-us"')) == [
        "27: channels.other.partners: amazon-us is in channels.amazon already"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"erp/in"', '"amazon/in"', "17: erp.in: the same place as channels.amazon.in"),
        ('"erp/in"', '"erp/../amazon/./in"', "17: erp.in: the same place as channels.amazon.in"),
        ('"erp/in"', '"amazon/in/deeper"', "17: erp.in: lies inside channels.amazon.in"),
        ('"amazon/out"', '"erp/in/deeper"', "14: channels.amazon.out: lies inside erp.in"),
        (
            'out = "erp/out"',
            'out = "erp/out"\n[paths]\njournal = "erp/in/j.db"',
            "20: paths.journal: lies inside erp.in",
        ),
    ],
)
def test_folders_that_are_shared_or_nested_are_refused(said: Said, old: str, new: str, expected: str) -> None:
    assert said((old, new)) == [expected]


def test_a_link_does_not_hide_that_two_folders_are_one(said: Said, instance: Path) -> None:
    (instance / "amazon" / "in").mkdir(parents=True)
    (instance / "linked").symlink_to(instance / "amazon" / "in")
    assert said(('"erp/in"', '"linked"')) == ["17: erp.in: the same place as channels.amazon.in"]


def test_a_folder_that_this_user_may_not_write_is_named(
    config: Config, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("amazon/in", "amazon/out", "erp/in", "erp/out", "quarantine"):
        (instance / folder).mkdir(parents=True)
    assert check_folders(config) == []
    shut = instance / "erp" / "in"
    monkeypatch.setattr(os, "access", lambda path, _: path != shut)
    assert [problem.message for problem in check_folders(config)] == [
        f"erp.in: this user may not read and write {shut}: correct its owner or permissions"
    ]


def test_a_quarantine_on_another_file_system_is_named(
    config: Config, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("amazon/in", "amazon/out", "erp/in", "erp/out", "quarantine"):
        (instance / folder).mkdir(parents=True)
    monkeypatch.setattr("gateway.config.checks._lie_apart", lambda one, _: one.name == "in" and "amazon" in str(one))
    assert [problem.message for problem in check_folders(config)] == [
        "paths.quarantine: lies on another file system than channels.amazon.in: let it lie on the same"
    ]


def test_the_nearest_is_a_guess_or_all_there_is() -> None:
    assert nearest("gide", ("guide", "id")) == "; did you mean 'guide'?"
    assert nearest("zzz", ("guide", "id")) == "; there is guide, id"
    assert nearest("zzz", ()) == "; there is none yet"
