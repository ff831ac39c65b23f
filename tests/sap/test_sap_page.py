"""The page for those who connect SAP says all of it: every key, every status, every table."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from gateway.sap.profile import SapProfile
from gateway.sap.statuses import CLOSED, POSTED, REFUSED, WAITING
from gateway.sap.tables import SapAccount, SapMessage, SapMovementType, SapPlace, SapSales, SapTransferType

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "erp" / "sap.md"
TEXT = PAGE.read_text(encoding="utf-8")
TABLES: tuple[type[BaseModel], ...] = (
    SapProfile,
    SapMessage,
    SapSales,
    SapPlace,
    SapAccount,
    SapMovementType,
    SapTransferType,
)
PARTS = {"messages", "sales", "places", "accounts", "movements", "steps"}  # tables of their own


@pytest.mark.parametrize("key", sorted({key for table in TABLES for key in table.model_fields}))
def test_every_key_is_explained(key: str) -> None:
    every_key = TEXT.partition("## Every key")[2]
    assert f"[erp.sap.{key}." in every_key if key in PARTS else f"`{key}`" in every_key


def test_every_status_is_in_the_table() -> None:
    rows = re.findall(r"(?m)^\| ((?:\d\d(?:, )?)+) \|", TEXT)
    told = [set(row.split(", ")) for row in rows]
    assert told == [set(WAITING), set(POSTED), set(REFUSED), set(CLOSED)]


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", TEXT)
    assert links
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_the_smallest_profile_of_the_page_is_enough() -> None:
    shown = re.search(r"(?s)```toml\n(.*?)```", TEXT)
    assert shown is not None
    lines = "\n".join(line.strip() for line in shown[1].splitlines())
    assert SapProfile.model_validate(tomllib.loads(lines)["erp"]["sap"]).sap_system == "ECCCLNT100"
