"""The kinds of channel: what each needs, what is said where it lacks it, and who may read its secrets."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config import As2Channel, Config, FolderChannel, SftpChannel, check_folders, load, read

from .conftest import GOOD

Said = Callable[..., list[str]]

FOLDER = '[channels.amazon]\nkind = "folder"\npartners = ["amazon-us"]\nin = "amazon/in"\nout = "amazon/out"\n'
SFTP = """\
[channels.amazon]
kind = "sftp"
partners = ["amazon-us"]
host = "sftp.example.com"
host_keys = "known_hosts"
in_user = "down"
in_key_file = "down.key"
in = "download"
out_user = "up"
out_key_file = "up.key"
out = "/upload/"
"""
AS2 = """\
[channels.amazon]
kind = "as2"
partners = ["amazon-us"]
in = "openas2"
out = "openas2/toAMAZON"
mdn = "openas2/ACME-AMAZON/mdn"
our_as2_id = "ACME"
their_as2_id = "AMAZON"
"""


def configured(instance: Path, table: str) -> Config:
    assert FOLDER in GOOD
    (instance / "config.toml").write_text(GOOD.replace(FOLDER, table))
    found, problems = read(instance / "config.toml")
    assert found is not None, problems
    return found


def told(config: Config, word: str) -> list[str]:
    """What is said of this machine that has the word in it, without its line."""
    return [problem.message for problem in check_folders(config) if word in problem.message]


def test_a_folder_is_looked_into_often_and_an_sftp_server_seldom(instance: Path) -> None:
    folder = configured(instance, FOLDER).channels["amazon"]
    assert isinstance(folder, FolderChannel)
    assert (folder.poll_every, folder.trigger, folder.checksum) == (timedelta(seconds=5), "", "")
    sftp = configured(instance, SFTP).channels["amazon"]
    assert isinstance(sftp, SftpChannel)
    assert (sftp.name, sftp.port, sftp.poll_every) == ("amazon", 22, timedelta(minutes=1))


def test_sftp_is_by_default_what_can_double_nothing(instance: Path) -> None:
    sftp = configured(instance, SFTP).channels["amazon"]
    assert isinstance(sftp, SftpChannel)
    assert (sftp.rename, sftp.takes_away, sftp.in_doubt_wait) == ("part", True, timedelta(hours=1))
    assert (sftp.weak_algorithms, sftp.timeout) == ((), timedelta(seconds=30))
    assert (sftp.in_folder, sftp.out_folder) == ("download", "/upload")
    assert (sftp.in_key_file, sftp.host_keys) == (instance / "down.key", instance / "known_hosts")


def test_as2_knows_the_folder_that_openas2_makes_for_a_pair(instance: Path) -> None:
    as2 = configured(instance, AS2).channels["amazon"]
    assert isinstance(as2, As2Channel)
    assert as2.inbox == instance / "openas2" / "AMAZON-ACME" / "inbox"
    assert as2.outbox == instance / "openas2" / "toAMAZON"


def test_the_folders_that_openas2_makes_itself_may_be_missing(instance: Path) -> None:
    config = configured(instance, AS2)
    assert told(config, "amazon") == [
        f"channels.amazon.in: there is no folder {instance / 'openas2'}: create it, or correct the path",
        f"channels.amazon.out: there is no folder {instance / 'openas2' / 'toAMAZON'}: create it, or correct the path",
    ]
    (instance / "openas2" / "toAMAZON").mkdir(parents=True)
    assert told(config, "amazon") == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('kind = "sftp"', 'kind = "ftp"', '11: channels.amazon.kind: \'ftp\' is not one of "folder", "as2", "sftp"'),
        ('kind = "sftp"\n', "", '10: channels.amazon.kind: fill in one of "folder", "as2", "sftp". How files travel'),
        ('kind = "sftp"', "kind = 1", "11: channels.amazon.kind: 1 is not one of"),
        ('host_keys = "known_hosts"\n', "", "10: channels.amazon.host_keys: is missing. A file with the server's"),
        ("host =", "hots =", "13: channels.amazon.hots: there is no such key; did you mean 'host'?"),
        ('"download"', '"../other"', "17: channels.amazon.in: '../other' is no folder on a server"),
        ('"download"', '"down\\nload"', "17: channels.amazon.in: 'down\\nload' is no folder on a server"),
        ('"down.key"', '"credential:../up"', "16: channels.amazon.in_key_file: '../up' is no name of a credential"),
        ('"down.key"', '"credential:.."', "16: channels.amazon.in_key_file: '..' is no name of a credential"),
        ('"down.key"', '""', "16: channels.amazon.in_key_file: fill in a path"),
        ('"up"', '"up"\nport = 0', "19: channels.amazon.port: cannot be 0. Its port"),
        ('"up"', '"up"\nweak_algorithms = ["none"]', "19: channels.amazon.weak_algorithms: 'none' is not one of"),
        ('"up"', '"up"\nbacklog_warn = 401', "10: channels.amazon: backlog_warn is above backlog_alarm"),
        ('"up"', '"up"\nsettle_polls = 0', "19: channels.amazon.settle_polls: cannot be 0."),
        ('"up"', '"up"\ntrigger = ".done"', "19: channels.amazon.trigger: there is no such key"),
        ('"up"', '"up"\nrename = "yes"', '19: channels.amazon.rename: \'yes\' is not one of "part", "in-place".'),
    ],
)
def test_what_cannot_be_meant_is_said_with_its_line(said: Said, old: str, new: str, expected: str) -> None:
    assert old in SFTP
    problems = said((FOLDER, SFTP.replace(old, new, 1)))
    assert any(problem.startswith(expected) for problem in problems), problems


def test_a_trigger_is_an_ending(said: Said) -> None:
    (problem,) = said(('out = "amazon/out"', 'out = "amazon/out"\ntrigger = "done/"'))
    assert problem.startswith("15: channels.amazon.trigger: cannot be 'done/'. The ending of the trigger files")


def test_an_as2_id_cannot_leave_the_folder(said: Said) -> None:
    (problem,) = said((FOLDER, AS2.replace('"AMAZON"', '"../x"')))
    assert problem.startswith("17: channels.amazon.their_as2_id: cannot be '../x'")


def test_what_we_upload_must_not_come_back_as_theirs(said: Said) -> None:
    one_account = SFTP.replace('"up"', '"down"')
    assert said((FOLDER, one_account)) == []
    assert said((FOLDER, one_account.replace('"/upload/"', '"./download/"'))) == [
        "20: channels.amazon.out: the same place as channels.amazon.in"
    ]


def test_a_folder_inside_the_inbox_of_an_as2_pair_is_refused(said: Said) -> None:
    assert said((FOLDER, AS2)) == []
    assert said((FOLDER, AS2.replace('"openas2/toAMAZON"', '"openas2/AMAZON-ACME/inbox/out"'))) == [
        "14: channels.amazon.out: lies inside channels.amazon.in"
    ]


def test_a_private_key_must_be_readable_for_us_alone(instance: Path) -> None:
    config = configured(instance, SFTP)
    missing = told(config, "key_file")
    assert [message.partition(":")[0] for message in missing] == [
        "channels.amazon.in_key_file",
        "channels.amazon.out_key_file",
    ]
    for name in ("down.key", "up.key"):
        (instance / name).write_text("a key")
        (instance / name).chmod(0o600)
    assert told(config, "key_file") == []
    (instance / "up.key").chmod(0o640)
    up = instance / "up.key"
    [open_to_others] = told(config, "key_file")
    assert open_to_others == (
        f"channels.amazon.out_key_file: others may read {up}: take that right away with chmod go= {up}"
    )


def test_a_credential_of_systemd_is_a_file_in_its_folder(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over = instance / "credentials"
    handed_over.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed_over))
    table = SFTP.replace('"down.key"', '"credential:down"').replace('"up.key"', '"credential:up.1"')
    config = configured(instance, table)
    sftp = config.channels["amazon"]
    assert isinstance(sftp, SftpChannel)
    assert (sftp.in_key_file, sftp.out_key_file) == (handed_over / "down", handed_over / "up.1")
    # systemd lets the user of the service read by an access list, which shows as a right of the group.
    for name, mode in (("down", 0o440), ("up.1", 0o444)):
        (handed_over / name).write_text("a key")
        (handed_over / name).chmod(mode)
    assert [message.partition(":")[0] for message in told(config, "key_file")] == ["channels.amazon.out_key_file"]


def test_a_credential_is_looked_for_where_systemd_keeps_it(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    sftp = configured(instance, SFTP.replace('"down.key"', '"credential:down"')).channels["amazon"]
    assert isinstance(sftp, SftpChannel)
    assert sftp.in_key_file == Path("/run/credentials/gateway.service/down")


def test_nobody_else_may_write_which_server_is_trusted(instance: Path) -> None:
    config = configured(instance, SFTP)
    keys = instance / "known_hosts"
    [missing] = told(config, "host_keys")
    assert missing.startswith(f"channels.amazon.host_keys: this user cannot read {keys}")
    keys.touch(0o644)
    keys.chmod(0o644)
    assert told(config, "host_keys") == []
    keys.chmod(0o664)
    [open_to_others] = told(config, "host_keys")
    assert open_to_others.endswith(f"others may change {keys}: take that right away with chmod go-w {keys}")


def test_the_daemon_has_its_defaults_without_a_table(instance: Path, config: Config) -> None:
    daemon = config.daemon
    assert (daemon.health_port, daemon.low_water, daemon.erp_poll_every) == (9464, 200_000_000, timedelta(seconds=5))
    assert (daemon.parse_limit, daemon.drain_within) == (timedelta(minutes=1), timedelta(seconds=30))
    (instance / "config.toml").write_text(GOOD + '[daemon]\nhealth_port = 0\nlow_water = "1 GB"\n')
    daemon = load(instance / "config.toml").daemon
    assert (daemon.health_port, daemon.low_water) == (0, 1_000_000_000)


def test_a_setting_of_the_daemon_that_cannot_be_meant_is_refused(said: Said) -> None:
    (problem,) = said(more="[daemon]\nhealth_port = 65536\n")
    assert problem.startswith("20: daemon.health_port: cannot be 65536. The port on 127.0.0.1")
