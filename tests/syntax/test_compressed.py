"""Compressed files: whole, in several members, damaged, cut off, and larger inside than they may be."""

import gzip
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.syntax.compressed import Unpackable, is_gzip, unpack, unpack_if_packed

TEXT = b"sku\tquantity\nA-1\t5\n" * 100


def cut(data: bytes, size: int = 1 << 18) -> Iterable[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def whole(data: bytes, size: int = 1 << 18, at_most: int = 1 << 20) -> bytes:
    return b"".join(unpack(cut(data, size), at_most))


def test_a_compressed_file_is_told_by_its_first_bytes() -> None:
    assert is_gzip(gzip.compress(b""))
    assert not is_gzip(b"ISA*00*")
    assert not is_gzip(b"")


@pytest.mark.parametrize("data", [TEXT, gzip.compress(TEXT), b""], ids=["plain", "packed", "empty"])
def test_a_file_that_may_be_compressed_is_unpacked_only_where_it_is(data: bytes) -> None:
    assert b"".join(unpack_if_packed(cut(data, 7), 1 << 20)) == (TEXT if data else b"")


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=3), st.integers(1, 500))
def test_what_was_packed_comes_back_in_however_many_members_and_pieces(members: list[bytes], size: int) -> None:
    assert whole(b"".join(map(gzip.compress, members)), size) == b"".join(members)


def test_zeros_behind_the_end_are_padding() -> None:
    assert whole(gzip.compress(TEXT) + b"\0" * 600) == TEXT


@pytest.mark.parametrize("length", [2, 9, 30, -9, -1])
def test_a_file_that_is_cut_off_says_so(length: int) -> None:
    with pytest.raises(Unpackable, match="cut off"):
        whole(gzip.compress(TEXT)[:length])


def test_a_damaged_file_says_so() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[len(packed) - 6] ^= 0xFF  # the checksum
    with pytest.raises(Unpackable, match="damaged"):
        whole(bytes(packed))
    with pytest.raises(Unpackable, match="damaged"):
        whole(gzip.compress(TEXT) + b"and more")


def test_more_than_is_allowed_is_refused_piece_by_piece() -> None:
    bomb = gzip.compress(b"\0" * (64 << 20))
    assert len(bomb) < 100_000
    taken: list[int] = []
    with pytest.raises(Unpackable, match="more than 1000000 bytes"):
        taken.extend(len(piece) for piece in unpack([bomb], 1_000_000))
    assert max(taken) <= 1 << 18
    assert sum(taken) <= 1_000_000


def test_exactly_what_is_allowed_is_not_too_much() -> None:
    assert whole(gzip.compress(TEXT), at_most=len(TEXT)) == TEXT
    with pytest.raises(Unpackable):
        whole(gzip.compress(TEXT), at_most=len(TEXT) - 1)
