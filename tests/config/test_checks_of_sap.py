"""IDocs are written for a SAP system, and whoever wants them says what must be said in them."""

from pathlib import Path

import pytest

from gateway.config import read
from gateway.resources import example_config

SAP = '\n[erp.sap]\nsap_port = "SAPECC"\nsap_system = "ECCCLNT100"\n'


def problems(folder: Path, text: str) -> list[str]:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return [str(problem) for problem in read(file)[1]]


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('kind = "files"  ', 'kind = "sap-idoc"', "erp.kind"),
        ('kind = "files"  ', 'form = "idoc"\nkind = "files"  ', "erp.form"),
        (
            'kind = "files"  ',
            'forms = { "journal-entry" = "idoc" }\nkind = "files"  ',
            "erp.forms",
        ),
    ],
)
def test_idocs_without_a_sap_are_refused_and_with_one_they_are_not(
    before: str, after: str, key: str, tmp_path: Path
) -> None:
    text = example_config().text
    assert text.count(before) == 1
    wanted = text.replace(before, after)
    (told,) = problems(tmp_path, wanted)
    assert f"{key}: IDocs need the table [erp.sap]" in told
    assert not problems(tmp_path, wanted + SAP)


def test_a_partner_may_have_a_form_of_his_own(tmp_path: Path) -> None:
    table = "start_at          = 1             # our first"
    text = example_config().text
    assert text.count(table) == 1
    file = tmp_path / "config.toml"
    file.write_text(text.replace(table, f'erp_forms = {{ "sales-order" = "xml" }}\n{table}'), encoding="utf-8")
    config, found = read(file)
    assert config is not None, found
    assert config.form_of("sales-order", "amazon-us") == "xml"
    assert config.form_of("sales-order", "amazon-eu") == "json"
    assert config.form_of("journal-entry", "acme") == "json"


def test_a_form_or_document_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    text = example_config().text.replace('kind = "files"  ', 'forms = { "sales-orders" = "yaml" }\nkind = "files"  ')
    found = problems(tmp_path, text)
    assert found
    assert all("erp.forms" in each for each in found)
