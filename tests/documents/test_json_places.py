"""A value of a JSON file is found in its bytes by its path."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.json_places import find_place, places

TEXT = (
    b'{"carrier": null,\n "packs": [{"sscc": "0061"}, {"sscc": "00\\"6,2", "items": []}], '
    b'"total": 12.50, "\xc3\xa9": 1}'
)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("carrier", b"null"),
        ("packs[0].sscc", b'"0061"'),
        ("packs[1].sscc", b'"00\\"6,2"'),
        ("packs[1].items", b"[]"),
        ("packs[0]", b'{"sscc": "0061"}'),
        ("total", b"12.50"),
        ("\u00e9", b"1"),
        ("", TEXT),
    ],
)
def test_a_value_is_where_its_bytes_are(path: str, text: bytes) -> None:
    found, (start, length) = find_place(TEXT, path)
    assert (found, TEXT[start : start + length]) == (path, text)


@pytest.mark.parametrize(
    ("path", "found"),
    [("carrier.scac", "carrier"), ("packs[0].tracking", "packs[0]"), ("packs[7].sscc", "packs"), ("mode", "")],
)
def test_what_is_missing_is_missing_in_what_holds_it(path: str, found: str) -> None:
    assert find_place(TEXT, path)[0] == found


def test_a_byte_order_mark_is_counted_and_no_value() -> None:
    found, (start, length) = find_place(b"\xef\xbb\xbf" + TEXT, "packs[0].sscc")
    assert (found, start, length) == ("packs[0].sscc", find_place(TEXT, found)[1][0] + 3, 6)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z]+", fullmatch=True), inner),
        max_leaves=20,
    )
)
def test_every_value_reads_back_from_its_place(value: object) -> None:
    data = json.dumps(value, ensure_ascii=False, indent=1).encode()
    found = places(data)
    start, length = found[""]
    assert json.loads(data[start : start + length]) == value
    for start, length in found.values():
        json.loads(data[start : start + length])
