"""Names are bytes: what people see of them is one safe line, and two names never look the same."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Refused
from gateway.transports.base import Entry, check_name, is_staging_name, label_of


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (b"850 order.edi", "850 order.edi"),
        ("Größe.csv".encode(), "Größe.csv"),
        (b"a\nb", "a%0Ab"),
        (b"\xff.edi", "%FF.edi"),
        (b"50%.edi", "50%25.edi"),
        (b"a\\b", "a%5Cb"),
        ("a\u202eb".encode(), "a%E2%80%AEb"),
        ("a\u200bb".encode(), "a%E2%80%8Bb"),
        (b"-rf", "%2Drf"),
        (b"..", "%2E."),
    ],
)
def test_what_is_not_plain_text_is_escaped_as_in_urls(name: bytes, label: str) -> None:
    assert label_of(name) == label


def test_a_very_long_name_is_cut_and_stays_its_own() -> None:
    one, other = label_of("ü".encode() * 120 + b"1"), label_of("ü".encode() * 120 + b"2")
    assert one != other
    assert len(one.encode()) <= 200
    assert one.startswith("ü" * 95)


@given(st.binary(min_size=1, max_size=60), st.binary(min_size=1, max_size=60))
def test_labels_are_printable_and_distinct(one: bytes, other: bytes) -> None:
    label = label_of(one)
    assert label.isprintable()
    assert "/" not in label
    assert label[0] not in "-."
    assert (label == label_of(other)) == (one == other)


@given(st.text(min_size=1, max_size=80))
def test_a_name_that_may_be_given_is_its_own_label(name: str) -> None:
    try:
        assert label_of(re.sub("%[0-9A-F]{2}", "_", check_name(name)).encode()) == re.sub("%[0-9A-F]{2}", "_", name)
    except (Refused, UnicodeEncodeError):
        return


def test_a_name_may_hold_what_stands_for_another_character() -> None:
    assert check_name("sales-order.amazon-us.A%2FB%2E1.json") == "sales-order.amazon-us.A%2FB%2E1.json"
    with pytest.raises(Refused):
        check_name("100%.json")


def test_staging_names_are_those_of_common_clients() -> None:
    assert is_staging_name(b"850.edi.filepart")
    assert not is_staging_name(b"850.part.edi")


@pytest.mark.parametrize(
    ("mtime_ns", "expected"),
    [
        (1_795_208_460_999_999_999, datetime(2026, 11, 20, 21, 1, tzinfo=UTC)),
        (-1, datetime(1970, 1, 1, tzinfo=UTC)),
        (2**80, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_time_of_a_file_is_utc_and_never_out_of_the_calendar(mtime_ns: int, expected: datetime) -> None:
    assert Entry(name=b"a", size=0, mtime_ns=mtime_ns).modified_at == expected
