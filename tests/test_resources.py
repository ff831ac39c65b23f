"""Schemas, mappings and examples by name, from a checkout, a wheel or an instance."""

from pathlib import Path

import pytest

from gateway import resources
from gateway.errors import ConfigError, MappingError, SchemaError
from gateway.resources import Resources, example_masters


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with nothing in gateway/data."""
    root = tmp_path / "checkout"
    write(root / "pyproject.toml", "")
    write(root / "schemas" / "x12" / "004010" / "850.toml", "shipped schema")
    write(root / "mappings" / "guides" / "one" / "guide.toml", "shipped guide")
    write(root / "mappings" / "guides" / "one" / "850.mapping.toml", "shipped mapping")
    write(root / "mappings" / "guides" / "one" / ".guide.toml.swp", "an editor's own")
    write(root / "samples" / "masters" / "items.csv", "sku\n")
    write(root / "samples" / "masters" / "README.md", "not a master")
    monkeypatch.setattr(resources, "_CHECKOUT", root)
    monkeypatch.setattr(resources, "_DATA", root / "gateway" / "data")
    return root


def test_a_checkout_is_read_at_its_root(checkout: Path) -> None:
    source = Resources().read_text("schemas/x12/004010/850.toml")
    assert (source.name, source.text) == ("schemas/x12/004010/850.toml", "shipped schema")
    assert checkout.is_dir()


def test_a_wheel_is_read_inside_the_package(checkout: Path) -> None:
    write(checkout / "gateway" / "data" / "schemas" / "x12" / "004010" / "850.toml", "packed schema")
    write(checkout / "gateway" / "data" / "masters" / "items.csv", "packed\n")
    assert Resources().read_text("schemas/x12/004010/850.toml").text == "packed schema"
    assert [source.text for source in example_masters()] == ["packed\n"]


def test_other_packages_beside_an_installed_one_are_not_ours(checkout: Path) -> None:
    (checkout / "pyproject.toml").unlink()
    assert not Resources().exists("schemas/x12/004010/850.toml")


def test_a_guide_of_the_instance_comes_before_the_shipped_one_file_by_file(checkout: Path, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    write(instance / "mappings" / "guides" / "one" / "guide.toml", "own guide")
    write(instance / "mappings" / "guides" / "two" / "guide.toml", "second guide")
    write(instance / "schemas" / "x12" / "004010" / "850.toml", "nobody's schema")
    found = Resources(instance)
    own = found.read_text("mappings/guides/one/guide.toml")
    assert (own.text, own.name) == ("own guide", str(instance / "mappings" / "guides" / "one" / "guide.toml"))
    shipped = found.read_text("mappings/guides/one/850.mapping.toml")
    assert (shipped.text, shipped.name) == ("shipped mapping", "mappings/guides/one/850.mapping.toml")
    assert found.read_text("schemas/x12/004010/850.toml").text == "shipped schema"
    assert found.guides() == ("one", "two")
    assert Resources().guides() == ("one",)
    assert checkout.is_dir()


def test_a_listing_is_sorted_whole_and_without_hidden_files(checkout: Path) -> None:
    assert Resources().list("mappings") == (
        "mappings/guides/one/850.mapping.toml",
        "mappings/guides/one/guide.toml",
    )
    assert Resources().list("mappings/nowhere") == ()
    assert checkout.is_dir()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("schemas/nowhere.toml", SchemaError),
        ("mappings/nowhere.toml", MappingError),
        ("nowhere.toml", ConfigError),
    ],
)
def test_what_is_missing_is_an_error_of_its_kind(name: str, error: type[ConfigError]) -> None:
    with pytest.raises(error) as refused:
        Resources().read_text(name)
    assert str(refused.value).startswith(f"{name}: there is no such file")
    assert refused.value.file == name


@pytest.mark.parametrize("name", ["", "../secret", "mappings/../../secret", "/etc/passwd", "a\\..\\b", "a\0b"])
def test_no_name_climbs_out_of_the_folders(name: str) -> None:
    assert not Resources().exists(name)
    with pytest.raises(ConfigError):
        Resources().read_text(name)


def test_text_that_is_not_utf_8_names_its_byte(checkout: Path) -> None:
    (checkout / "schemas" / "bad.toml").write_bytes(b"# \xff")
    with pytest.raises(SchemaError, match=r"schemas/bad\.toml: not UTF-8 at byte 2"):
        Resources().read_text("schemas/bad.toml")


def test_a_file_that_the_machine_does_not_give_is_an_error(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(SchemaError, match=r"850\.toml: cannot be read: Permission denied"):
        Resources().read_text("schemas/x12/004010/850.toml")
    assert checkout.is_dir()


def test_example_masters_are_named_as_the_erp_names_them(checkout: Path) -> None:
    assert [(source.name, source.text) for source in example_masters()] == [("items.csv", "sku\n")]
    assert checkout.is_dir()


def test_the_two_configs_are_shipped() -> None:
    assert "[partners.amazon-eu]" in resources.example_config().text
    assert 'id     = ""' in resources.new_config().text
