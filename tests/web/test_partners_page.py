"""Partners: ids, accounts, numbers, keys and habits."""

import pytest

from gateway.config import load
from gateway.config.channels import SftpChannel
from gateway.instance import fixed_clock
from gateway.queries.partner_views import keys_of
from tests.conftest import ORDERED_AT
from tests.web.conftest import Console

HOSTILE = "<img src=x onerror=alert(1)>"


def test_the_list_has_every_partner_with_its_last_contact(console: Console) -> None:
    page = console.page("/partners")
    for name in load(console.house.config).partners:
        assert name in page
    assert "ZZ:AMAZON" in page
    assert "20 Nov 21:02 UTC" in page


def test_a_partner_shows_its_numbers_and_accounts(console: Console) -> None:
    page = console.page("/partners/amazon-us")
    assert "ACME1" in page
    assert "AMAZON-US" in page
    found = console.house.json("partners", "show", "amazon-us")
    for each in found["numbers"]:
        assert f"Next number, {each['series']} {each['text']}" in page
    assert found["numbers"][0]["next"] == 4  # three answers have left
    assert "Its channel is a pair of folders" in page


def test_a_partner_shows_the_rows_in_effect_by_layer(console: Console) -> None:
    own = console.house.folder / "mappings" / "guides" / "amazon-us"
    own.mkdir(parents=True)
    (own / "850.mapping.toml").write_text('extends = "x12/850"\n[fields]\npromotion = "REF*PO"\n')
    rows = {row["field"]: row for row in console.house.json("partners", "show", "amazon-us", "--rows", "850")}
    assert (rows["promotion"]["layer"], rows["promotion"]["row"]) == ("guide", "REF*PO")
    assert rows["promotion"]["file"] == str(own / "850.mapping.toml")
    assert rows["number"]["layer"] == "standard"
    page = console.page("/mappings?guide=amazon-us&message=850")
    assert "REF*PO" in page
    assert f"{own / '850.mapping.toml'}:3" in page


def test_what_a_guide_takes_away_and_which_codes_it_changes_is_shown(console: Console) -> None:
    messages = {each["message"]: each for each in console.house.json("partners", "show", "amazon-us")["messages"]}
    assert messages["855"]["changed_codes"] == ["outcome"]
    assert {"delivered_on", "bill_to.name"} <= set(messages["810"]["removed"])
    assert messages["850"]["removed"] == []
    page = console.page("/mappings?guide=amazon-us&message=855")
    assert "codes, changed by the guide" in page
    assert "Codes of outcome." in page


def test_a_guide_that_is_wrong_is_said_so_on_the_page(console: Console) -> None:
    own = console.house.folder / "mappings" / "guides" / "amazon-us"
    own.mkdir(parents=True)
    (own / "850.mapping.toml").write_text('extends = "x12/850"\n[fields]\nnothing_like_it = "REF*ZZ"\n')
    assert "Its guide cannot be used" in console.page("/partners/amazon-us")
    assert "It cannot be used" in console.page("/mappings")


def test_an_unknown_partner_is_not_found(console: Console) -> None:
    assert "no partner" in console.get("/partners/nobody", 404).text
    console.get("/partners/..%2Fconfig.toml", 404)


def test_what_a_setting_says_is_text(console: Console) -> None:
    console.house.configure('customer = "AMAZON-US"', f'customer = "{HOSTILE}"')
    page = console.get("/partners/amazon-us").text
    assert HOSTILE not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_keys_are_shown_with_fingerprints_and_what_is_wrong(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("keys")
    key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    (folder / "hosts").write_text(
        f"# theirs\nsftp.example ssh-ed25519 {key}\n|1|abc=|def= ssh-ed25519 {key}\nbroken line\n"
    )
    (folder / "in.pub").write_text(f"ssh-ed25519 {key} us@here\n")
    channel = SftpChannel.model_construct(
        kind="sftp",
        host="sftp.example",
        in_user="us",
        in_folder="/in",
        out_user="us",
        out_folder="/out",
        in_key_file=folder / "in.pub",
        out_key_file=folder / "missing",
        host_keys=folder / "hosts",
    )
    ours, theirs, first, second = keys_of(channel, fixed_clock(ORDERED_AT)())
    assert "public half" in ours["wrong"]
    assert "cannot be read" in theirs["wrong"]
    # what `ssh-keygen -lf` prints of this key, which is GitHub's
    assert first["fingerprint"] == "ssh-ed25519 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU (sftp.example)"
    assert "a hashed name" in second["fingerprint"]
