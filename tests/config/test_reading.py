"""config.toml is read whole, or everything wrong with it is said at once."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config import Config, Identity, Problem, check_folders, load, locate, read
from gateway.errors import ConfigError

Said = Callable[..., list[str]]


def test_paths_are_relative_to_the_folder_of_the_config(config: Config, instance: Path) -> None:
    assert config.file == instance / "config.toml"
    assert config.folder == instance
    assert config.channels["amazon"].inbox == instance / "amazon" / "in"
    assert config.channel_of("amazon-us").outbox == instance / "amazon" / "out"
    assert (config.erp.inbox, config.erp.outbox) == (instance / "erp" / "in", instance / "erp" / "out")
    assert config.paths.journal == instance / "journal.db"
    assert config.paths.quarantine == instance / "quarantine"


def test_paths_do_not_depend_on_where_one_stands(
    config: Config, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(instance)
    assert load(Path("config.toml")) == config


def test_what_is_left_out_has_its_default(config: Config) -> None:
    partner = config.partners["amazon-us"]
    assert (partner.test, partner.ship_notice_after, partner.invoice_after) == (False, "delivered", "accepted")
    assert (partner.unknown_item, partner.unknown_item_lead) == ("wait", timedelta(hours=4))
    assert (partner.answer_within, partner.start_at) == (timedelta(hours=24), 1)
    assert config.channels["amazon"].max_file == 32_000_000
    account = partner.accounts["ACME1"]
    assert (account.measurement_type, account.price_basis, account.freight, account.warehouse) == (None,) * 4


def test_tables_know_the_name_they_stand_under(config: Config) -> None:
    partner = config.partners["amazon-us"]
    assert (partner.name, config.channels["amazon"].name) == ("amazon-us", "amazon")
    account = partner.account("ACME1")
    assert account is not None
    assert account.name == "ACME1"
    assert partner.account("ACME9") is None


def test_a_partner_is_found_by_their_id_our_id_and_test_flag(config: Config) -> None:
    theirs, ours = Identity("ZZ", "AMAZON"), Identity("ZZ", "5551234567")
    assert config.partner_of(theirs, ours, test=False) is config.partners["amazon-us"]
    assert config.partner_of(theirs, ours, test=True) is None
    assert config.partner_of(ours, theirs, test=False) is None


def test_all_problems_come_at_once_in_the_order_of_the_file(said: Said) -> None:
    problems = said(
        ('"x12"', '"x11"'),
        ('"ZZ:AMAZON"', '""'),
        ('currency = "USD"', 'currency = "usd"\ncurency = "USD"'),
        ('partners = ["amazon-us"]', 'partners = ["amazon-uk"]'),
        ('out = "erp/out"', ""),
    )
    assert [problem.split(".")[0] + "|" + problem.split(":")[1] for problem in problems] == [
        "1: partners| partners.amazon-us",
        "2: partners| partners.amazon-us.format",
        "4: partners| partners.amazon-us.id",
        "9: partners| partners.amazon-us.accounts.ACME1.currency",
        "10: partners| partners.amazon-us.accounts.ACME1.curency",
        "13: channels| channels.amazon.partners",
        "16: erp| erp.out",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"x12"', '"x11"', '2: partners.amazon-us.format: \'x11\' is not one of "x12", "edifact". The standard'),
        ('"x12"', '""', '2: partners.amazon-us.format: fill in one of "x12", "edifact". The standard'),
        ('"ZZ:AMAZON"', '" "', "4: partners.amazon-us.id: fill in. Their id as in the envelope"),
        ('"ZZ:AMAZON"', "7", '4: partners.amazon-us.id: is text: write "7", in quotes. Their id'),
        ('"ZZ:AMAZON"', '"AMAZON"', "4: partners.amazon-us.id: 'AMAZON' is not a qualifier of two characters"),
        ('"ZZ:5551234567"', '"ZZ:1234567890123456"', "5: partners.amazon-us.our_id: 'ZZ:1234567890123456' is not"),
        ('company = "acme"\n', "", "6: partners.amazon-us.accounts.ACME1.company: is missing. Which of our"),
        ("customer", "costumer", "8: partners.amazon-us.accounts.ACME1.costumer: there is no such key; did you"),
        ('"USD"', '"US Dollar"', "9: partners.amazon-us.accounts.ACME1.currency: cannot be 'US Dollar'. The curr"),
        ('["amazon-us"]', "[]", "12: channels.amazon.partners: nobody's files travel here: name a partner"),
        ('["amazon-us"]', '"amazon-us"', "12: channels.amazon.partners: cannot be 'amazon-us'. Whose files"),
        ('in = "amazon/in"', 'in = ""', "13: channels.amazon.in: fill in a path, relative to the folder"),
        ('in = "amazon/in"', "in = 1", "13: channels.amazon.in: fill in a path, relative to the folder"),
        ("[erp]", "[erp.more]", "15: erp.kind: is missing. How the ERP is met"),
        ('kind = "files"', "kind = {a = 1}", '16: erp.kind: {\'a\': 1} is not one of "files", "sap-idoc". How the ERP'),
    ],
)
def test_a_problem_says_where_what_and_what_the_key_is_for(said: Said, old: str, new: str, expected: str) -> None:
    assert any(problem.startswith(expected) for problem in said((old, new))), said((old, new))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("max_file = 32\n", "19: erp.max_file: 32 is not a size"),
        ('max_file = "32 megabytes"\n', "19: erp.max_file: '32 megabytes' is not a size"),
        ('max_file = "0 MB"\n', "19: erp.max_file: '0 MB' is not a size"),
        ("[nonsense]\n", "19: nonsense: there is no such key; there is partners, sellers, channels, erp, paths"),
        ('[path]\njournal = "j"\n', "19: path: there is no such key; did you mean 'paths'?"),
        ("[partners]\nx = 1\n", "20: partners.x: cannot be 1. see docs/configuration.md"),
        ("[partners.'a.b']\n", "19: partners.a.b: 'a.b' cannot be a name"),
    ],
)
def test_a_problem_in_what_is_added_has_its_line(said: Said, more: str, expected: str) -> None:
    assert any(problem.startswith(expected) for problem in said(more=more)), said(more=more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('answer_within = "soon"', "'soon' is not a length of time"),
        ("answer_within = 24", "24 is not a length of time"),
        ('test = "no"', "cannot be 'no'. Whether this is test traffic"),
        ("start_at = 0", "cannot be 0. The first control number"),
        ("start_at = 1000000000", "cannot be 1000000000. The first control number"),
        ("start_at = true", "cannot be True. The first control number"),
    ],
)
def test_values_of_a_wrong_kind_are_refused(said: Said, text: str, expected: str) -> None:
    problems = said(('"some-guide"', f'"some-guide"\n{text}'))
    assert len(problems) == 1
    assert problems[0].startswith("4: partners.amazon-us.")
    assert expected in problems[0]


@pytest.mark.parametrize(
    ("text", "expected"), [("90s", 90), ("30m", 1800), ("4h", 14_400), ("4 h", 14_400), ("2d", 172_800)]
)
def test_a_length_of_time_is_a_number_and_a_unit(instance: Path, said: Said, text: str, expected: int) -> None:
    assert said(('"some-guide"', f'"some-guide"\nanswer_within = "{text}"')) == []
    partner = load(instance / "config.toml").partners["amazon-us"]
    assert partner.answer_within == timedelta(seconds=expected)


def test_a_table_where_a_value_belongs_is_said_in_words(said: Said) -> None:
    (problem,) = said(('company = "acme"', "company = { a = 1 }"))
    assert problem.startswith("7: partners.amazon-us.accounts.ACME1.company: cannot be a table. Which of our companies")


def test_a_value_where_a_table_belongs_hides_nothing_else(instance: Path) -> None:
    (instance / "config.toml").write_text("partners = 1\nerp = 2\n[channels]\n")
    _, problems = read(instance / "config.toml")
    assert [problem.message.partition(":")[0] for problem in problems] == ["partners", "erp", "channels"]


def test_an_empty_file_names_the_tables_it_needs(instance: Path) -> None:
    (instance / "config.toml").touch()
    _, problems = read(instance / "config.toml")
    assert [(problem.line, problem.message.partition(":")[0]) for problem in problems] == [
        (None, "channels"),
        (None, "erp"),
        (None, "partners"),
    ]


def test_text_that_is_not_toml_is_refused_with_its_line(instance: Path) -> None:
    (instance / "config.toml").write_text("a = 1\nb = = 2\n")
    config, problems = read(instance / "config.toml")
    assert config is None
    assert problems == [Problem(str(instance / "config.toml"), 2, "not TOML: Invalid value")]


def test_an_end_too_early_has_no_line(instance: Path) -> None:
    (instance / "config.toml").write_text('a = """')
    _, problems = read(instance / "config.toml")
    assert [problem.line for problem in problems] == [None]
    assert problems[0].message.startswith("not TOML: ")


def test_text_that_is_not_utf_8_is_refused(instance: Path) -> None:
    (instance / "config.toml").write_bytes(b"# M\xfcller\n")
    _, problems = read(instance / "config.toml")
    assert [problem.message for problem in problems] == ["not UTF-8 at byte 3: save it as UTF-8"]


def test_a_byte_order_mark_and_line_ends_of_windows_are_read(instance: Path, config: Config) -> None:
    text = (instance / "config.toml").read_bytes()
    (instance / "config.toml").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert load(instance / "config.toml") == config


def test_load_lists_every_problem_in_one_error(instance: Path) -> None:
    (instance / "config.toml").write_text("[erp]\nkind = 'files'\n")
    with pytest.raises(ConfigError) as refused:
        load(instance / "config.toml")
    lines = str(refused.value).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(f"{instance / 'config.toml'}: channels: is missing.")
    assert lines[-1].startswith(f"{instance / 'config.toml'}:1: erp.out: is missing.")


def test_a_config_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read: No such file"):
        read(tmp_path / "nowhere.toml")


def test_the_config_is_the_one_given_else_the_environments_else_the_one_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("given.toml", "environment.toml", "config.toml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    environment = {"GATEWAY_CONFIG": "environment.toml"}
    assert locate("given.toml", environment) == Path("given.toml")
    assert locate(None, environment) == Path("environment.toml")
    assert locate(None, {}) == Path("config.toml")


def test_no_config_at_all_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="gateway init DIR"):
        locate(None, {})


def test_folders_that_are_missing_are_named_with_their_lines(config: Config, instance: Path) -> None:
    for folder in ("amazon/in", "amazon/out", "erp/in", "quarantine"):
        (instance / folder).mkdir(parents=True)
    problems = check_folders(config)
    assert [(problem.line, problem.message) for problem in problems] == [
        (18, f"erp.out: there is no folder {instance / 'erp' / 'out'}: create it, or correct the path")
    ]
