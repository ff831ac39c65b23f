"""What is said about settings of alerts that cannot be meant."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config import Config, check_folders, read

from .conftest import GOOD

Said = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("more", "said_of_it"),
    [
        ('[alerts]\nsmtp_host = "mail"\n', "alerts: smtp_host needs smtp_from"),
        ('[alerts]\nsmtp_user = "edi"\n', "alerts: smtp_user and smtp_password_file go together"),
        (
            '[alerts]\nsmtp_user = "edi"\nsmtp_password_file = "secret"\nsmtp_tls = "none"\n',
            "alerts: a password is not sent in the clear",
        ),
        ('[alerts]\nsmtp_from = "Anna <anna@example.com>"\n', "alerts.smtp_from: cannot be"),
        ('[owners.IT]\nemail = ["a@example.com, b@example.com"]\n', "owners.IT.email: cannot be"),
        ('[owners.IT]\nemail = ["a@example.com\\nBcc: b@example.com"]\n', "owners.IT.email: cannot be"),
        ('[owners.IT]\nescalate_after = "4h"\n', "owners.IT: escalate_after and escalate_to go together"),
        (
            '[owners.IT]\nescalate_after = "4h"\nescalate_to = "IT"\n',
            "owners: IT cannot escalate to itself",
        ),
        ("[owners.sales]\n", "owners: there is no owner 'sales'; there is item data, operations, finance, IT"),
        ('[alerts]\nminimum_interval = "4 hours"\n', "alerts.minimum_interval: '4 hours' is not a length of time"),
    ],
)
def test_what_cannot_be_meant_is_said_with_its_place(said: Said, more: str, said_of_it: str) -> None:
    [problem] = said(more=more)
    line, _, message = problem.partition(": ")
    assert int(line) > GOOD.count("\n")
    assert message.startswith(said_of_it)


@pytest.mark.parametrize("url", ["ftp://h/secret", "https:///secret", "https://h/\\u00e4secret", "https://h/ secret"])
def test_a_wrong_webhook_is_told_without_the_secret_in_it(said: Said, url: str) -> None:
    [problem] = said(more=f'[alerts]\nwebhook = "{url}"\n')
    assert "alerts.webhook: is not an address to post to" in problem
    assert "secret" not in problem


def test_a_partners_silence_is_by_habit_or_a_length_of_time(instance: Path, config: Config) -> None:
    assert config.partners["amazon-us"].silence_after == "habit"
    text = GOOD.replace('format = "x12"', 'format = "x12"\nsilence_after = "3d"')
    (instance / "config.toml").write_text(text)
    found, problems = read(instance / "config.toml")
    assert found is not None, problems
    assert found.partners["amazon-us"].silence_after == timedelta(days=3)


def test_another_word_for_silence_is_no_length_of_time(said: Said) -> None:
    [problem] = said(('format = "x12"', 'format = "x12"\nsilence_after = "never"'))
    assert "silence_after: 'never' is not a length of time" in problem


def test_a_password_must_be_readable_for_us_alone(instance: Path) -> None:
    more = '[alerts]\nsmtp_user = "edi"\nsmtp_password_file = "smtp.password"\n'
    (instance / "config.toml").write_text(GOOD + more)
    config, problems = read(instance / "config.toml")
    assert config is not None, problems

    def told() -> list[str]:
        found = check_folders(config)
        return [f"{p.line}: {p.message}" for p in found if "smtp_password_file" in p.message]

    password, line = instance / "smtp.password", GOOD.count("\n") + 3
    [missing] = told()
    assert missing.startswith(f"{line}: alerts.smtp_password_file: this user cannot read {password}")
    password.write_text("open sesame")
    for mode in (0o644, 0o640, 0o602):
        password.chmod(mode)
        [open_to_others] = told()
        assert open_to_others == (
            f"{line}: alerts.smtp_password_file: others may read {password}: "
            f"take that right away with chmod go= {password}"
        )
    password.chmod(0o600)
    assert told() == []
