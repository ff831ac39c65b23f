"""Delimited text: tabs, a header, no quoting; however it is encoded, ended and cut into pieces."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Finding
from gateway.syntax.delimited import Chunks, Table, TooLong, encoding_of, open_table, write_table


def pieces(data: bytes, size: int = 1 << 18) -> Chunks:
    def chunks() -> Iterable[bytes]:
        return (data[start : start + size] for start in range(0, len(data), size))

    return chunks


def table(data: bytes, size: int = 1 << 18) -> Table:
    opened = open_table(pieces(data, size))
    assert isinstance(opened, Table), opened
    return opened


def rows(data: bytes, size: int = 1 << 18) -> list[tuple[int, list[str]]]:
    return list(table(data, size).rows())


def test_the_first_line_is_the_header_and_the_others_are_rows_with_their_lines() -> None:
    data = b"sku\tquantity\nA-1\t5\nA-2\t7\n"
    assert table(data).columns == ("sku", "quantity")
    assert rows(data) == [(2, ["A-1", "5"]), (3, ["A-2", "7"])]


def test_a_quote_is_a_character_like_any_other() -> None:
    data = b'sku\ttitle\nA-1\t12" record\nA-2\t"Best of\nA-3\t"quoted"\n'
    assert [cells[1] for _, cells in rows(data)] == ['12" record', '"Best of', '"quoted"']


def test_lines_may_end_as_windows_ends_them_and_the_last_not_at_all() -> None:
    assert rows(b"sku\tquantity\r\nA-1\t5\r\nA-2\t7\r") == [(2, ["A-1", "5"]), (3, ["A-2", "7"])]
    assert rows(b"sku\tquantity\r\nA-1\t5") == [(2, ["A-1", "5"])]


def test_blank_lines_are_no_rows_and_count_as_lines() -> None:
    assert rows(b"\n \t \nsku\tquantity\n\nA-1\t5\n\t\n\n") == [(5, ["A-1", "5"])]


def test_missing_cells_at_the_end_are_empty_and_empty_ones_too_many_are_none() -> None:
    assert rows(b"a\tb\tc\n1\n1\t2\t3\t\t \n") == [(2, ["1", "", ""]), (3, ["1", "2", "3"])]


def test_filled_cells_too_many_stay_for_whoever_reads_to_refuse() -> None:
    assert rows(b"a\tb\n1\t2\t3\t\n") == [(2, ["1", "2", "3"])]


def test_tabs_at_the_end_of_the_header_are_no_columns_and_blanks_around_names_no_part_of_them() -> None:
    assert table(b" sku \tquantity\t\t\nA-1\t5\t\t\n").columns == ("sku", "quantity")
    assert rows(b"sku\tquantity\t\t\nA-1\t5\t\t\n") == [(2, ["A-1", "5"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encoding_that_its_bytes_tell(encoding: str) -> None:
    text = "sku\ttitle\nÄ-1\tCafé à la crème\n"
    assert rows(text.encode(encoding)) == [(2, ["Ä-1", "Café à la crème"])]


def test_utf_16_is_told_by_either_of_its_marks() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert rows(mark + "sku\tquantity\nÄ-1\t5".encode(encoding)) == [(2, ["Ä-1", "5"])]


def test_windows_is_told_by_bytes_that_are_no_utf_8_however_late_they_come() -> None:
    assert encoding_of([b"sku\ttitle\n", b"A-1\tplain\n", "A-2\tCafé\n".encode("cp1252")]) == "cp1252"
    assert encoding_of([b"A-2\tCaf\xe9"]) == "cp1252"


def test_a_character_cut_by_the_end_of_a_file_does_not_change_the_others() -> None:
    assert encoding_of(["A-1\tCafé\nA-2\tCaf".encode() + b"\xc3"]) == "utf-8"
    assert rows("a\tb\nÄ\tCaf".encode() + b"\xc3") == [(2, ["Ä", "Caf\ufffd"])]


def test_a_character_between_two_pieces_is_one() -> None:
    data = "sku\ttitle\nA-1\tÄÖÜ€\n".encode()
    assert encoding_of(pieces(data, 1)()) == "utf-8"
    assert rows(data, 1) == [(2, ["A-1", "ÄÖÜ€"])]


def test_bytes_without_a_meaning_become_a_mark_for_it() -> None:
    assert rows(b"a\tb\n1\t\x81\xe9\n") == [(2, ["1", "\ufffdé"])]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_a_file_without_anything_is_empty(data: bytes) -> None:
    found = open_table(pieces(data))
    assert isinstance(found, Finding)
    assert (found.code, found.offset) == ("file-empty", 0)


def test_a_first_line_without_a_tab_is_no_header() -> None:
    found = open_table(pieces(b"Dear customer,\nthere is no data.\n"))
    assert isinstance(found, Finding)
    assert (found.code, found.segment) == ("report-unknown", 1)


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    data = b"a\tb\n" + b"x" * (2 << 20) + b"\n"
    with pytest.raises(TooLong, match="1048576 characters"):
        list(table(data).rows())


TEXT = st.text(st.characters(exclude_characters="\t\n\r\ufeff", exclude_categories=["Cs"]), min_size=1).filter(
    str.strip
)


@given(
    st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.integers(3, 50),
)
def test_what_is_written_comes_back(lines: list[list[str]], end: str, encoding: str, size: int) -> None:
    written = [["sku", "title", "text"], *lines]
    data = "".join("\t".join(cells) + end for cells in written).encode(encoding)
    assert rows(data, size) == [(number, cells) for number, cells in enumerate(lines, 2)]


def test_what_we_write_for_a_marketplace_is_read_as_it_was_meant() -> None:
    data = write_table(["sku", "title"], [["Ä-1", '12" record'], ["A-2", "two\tcells\r\nor lines"]])
    assert rows(data) == [(2, ["Ä-1", '12" record']), (3, ["A-2", "two cells or lines"])]
