"""A table that we write is read back as it was, and no cell can end its cell or its row."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Finding
from gateway.syntax.delimited import open_table, write_table

CELLS = st.lists(st.lists(st.text(), min_size=3, max_size=3), max_size=5)


@given(CELLS)
def test_rows_are_read_back_with_blanks_for_what_would_end_them(rows: list[list[str]]) -> None:
    data = write_table(("order-id", "quantity", "text"), rows)
    table = open_table(lambda: [data])
    assert not isinstance(table, Finding)
    assert table.columns == ("order-id", "quantity", "text")
    plain = [[" ".join(cell.split()) for cell in row] for row in rows]
    assert [cells for _, cells in table.rows()] == [row for row in plain if any(row)]


def test_a_tab_or_a_line_end_in_a_cell_is_a_blank() -> None:
    assert write_table(("a", "b"), [("x\ty", 'say "hi"\r\nnow')]) == b'a\tb\nx y\tsay "hi" now\n'
