"""Codecs and lookups are pairs of inverse functions, and say what they cannot mean."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.moment import Moment
from gateway.mapping.codecs import CODECS
from gateway.mapping.lookups import Lookup, read_lookup

MEANT: list[tuple[str, tuple[str, ...], Any]] = [
    ("text", ("7A",), "7A"),
    ("integer", ("12",), 12),
    ("decimal", ("43.5",), Decimal("43.50")),
    ("decimal", ("1000000",), Decimal("1E+6")),
    ("decimal", ("-0.125",), Decimal("-0.125")),
    ("decimal", ("0",), Decimal("0.00")),
    ("date", ("20261120",), date(2026, 11, 20)),
    ("date", ("09991231",), date(999, 12, 31)),
    ("moment", ("20261120", "0620"), Moment(on=date(2026, 11, 20), at="06:20")),
    ("moment", ("20261120", ""), Moment(on=date(2026, 11, 20))),
    ("implied1", ("435",), Decimal("43.5")),
    ("implied2", ("43500",), Decimal("435.00")),
    ("implied4", ("-5",), Decimal("-0.0005")),
]


@pytest.mark.parametrize(("codec", "texts", "value"), MEANT)
def test_a_codec_reads_what_it_writes(codec: str, texts: tuple[str, ...], value: Any) -> None:
    assert CODECS[codec].decode(texts) == value
    assert tuple(CODECS[codec].encode(value)) == texts


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_every_decimal_comes_back(value: Decimal) -> None:
    for name in ("decimal", "implied4"):
        codec = CODECS[name]
        assert codec.decode(codec.encode(value)) == value


@pytest.mark.parametrize(
    ("codec", "text"),
    [("decimal", text) for text in ("1E5", "NaN", "Infinity", "1_0", "", ".", "-", "1,5", "٣", " 1")]
    + [("integer", text) for text in ("1.0", "1_0", "", "+1", "٣")]
    + [("date", text) for text in ("261120", "20261320", "2026112٠", "+2026112", "20260229")]
    + [("implied2", "4.35"), ("moment", "20261320")],
)
def test_what_a_codec_cannot_read_it_says(codec: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        CODECS[codec].decode((text, "0600")[: CODECS[codec].cells])


def test_a_moment_told_as_a_day_keeps_its_day_alone() -> None:
    evening = Moment(on=date(2026, 11, 20), at="19:15")
    assert tuple(CODECS["day"].encode(evening)) == ("20261120", "102")
    assert tuple(CODECS["period"].encode(evening)) == ("202611201915", "203")
    assert CODECS["day"].decode(("202611201915", "203")) == date(2026, 11, 20)


@pytest.mark.parametrize(("text", "form"), [("202611", "610"), ("20261120", "203"), ("20261120", "")])
def test_a_date_in_a_format_that_is_not_read_is_told(text: str, form: str) -> None:
    with pytest.raises(ValueError, match="102, 203 and 204 are read"):
        CODECS["period"].decode((text, form))


@pytest.mark.parametrize(
    ("codec", "value", "message"),
    [("integer", Decimal("1.5"), "1.5 is not a whole number"), ("implied2", Decimal("0.005"), "more than 2 decimals")],
)
def test_what_a_codec_cannot_write_it_says(codec: str, value: Decimal, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CODECS[codec].encode(value)


def test_of_several_lines_a_text_takes_the_first() -> None:
    assert CODECS["text"].encode(("ACME", "EAST")) == ("ACME",)


def lookup(**table: Any) -> Lookup:
    return read_lookup("trial", table).lookup


def test_a_code_with_several_meanings_is_read_as_the_first_and_written_for_each() -> None:
    rejected = lookup(AD="accepted", AC=["changed", "rejected"])
    assert rejected.decode("AC") == "changed"
    assert [rejected.encode(meaning) for meaning in ("accepted", "changed", "rejected", "lost")] == [
        "AD",
        "AC",
        "AC",
        None,
    ]


def test_of_codes_with_one_meaning_the_first_is_written() -> None:
    assert lookup(IA="accepted", AC="accepted").encode("accepted") == "IA"


def test_all_other_codes_can_have_one_meaning_that_is_not_written() -> None:
    units = lookup(**{"EA": "each", "*": "other"})
    assert (units.decode("DZ"), units.encode("other"), units.encode("case")) == ("other", "", None)


def test_all_other_codes_can_stand_for_themselves() -> None:
    basis = lookup(**{"PE": "per_unit", "*": "*"})
    assert (basis.decode("WH"), basis.encode("WH"), basis.encode("per_unit")) == ("WH", "WH", "PE")


def test_a_code_that_is_not_listed_has_no_meaning() -> None:
    assert lookup(EA="each").decode("DZ") is None
