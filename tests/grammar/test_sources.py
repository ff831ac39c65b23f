"""Lines of TOML files, found again by key and by text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import SchemaError
from gateway.grammar.sources import Problem, Source

TEXT = """# "REF O >1" in a comment
message = "850"   # trailing "REF O >1"
'quoted' = 1
structure = [
  "REF O >1", "BEG M 1",
  ["REF O >1"],
  'REF O >1',
]
after = { inner = 1, other = "]" }
[fields]
number = "BEG03"
window.not_before = "DTM*064"
"PO1/PID" = "O 5"
[ fields . lines ]  # a table
each = "PO1"
[[rows]]
name = "x"
"""
SOURCE = Source("a.toml", TEXT)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("message",), 2),
        (("quoted",), 3),
        (("structure",), 4),
        (("structure", "deeper"), 4),
        (("after",), 9),
        (("after", "inner"), 9),
        (("fields",), 10),
        (("fields", "number"), 11),
        (("fields", "window", "not_before"), 12),
        (("fields", "window.not_before"), 12),
        (("fields", "window"), 12),
        (("fields", "PO1/PID"), 13),
        (("fields", "absent"), 10),
        (("fields", "lines"), 14),
        (("fields", "lines", "each"), 15),
        (("fields", "lines", "absent"), 14),
        (("rows", "name"), 17),
        (("absent",), None),
        ((), None),
    ],
)
def test_a_key_is_found_on_its_line_else_what_it_would_stand_in(path: tuple[str, ...], line: int | None) -> None:
    assert SOURCE.line_of_key(*path) == line


@pytest.mark.parametrize(
    ("text", "nth", "below", "line"),
    [
        ("REF O >1", 0, (), 5),
        ("REF O >1", 1, (), 6),
        ("REF O >1", 2, (), 7),
        ("REF O >1", 3, (), None),
        ("REF O >1", 0, ("structure",), 5),
        ("BEG03", 0, ("structure",), 11),
        ("BEG03", 0, ("fields", "lines"), None),
    ],
)
def test_a_text_is_found_by_which_writing_of_it_it_is(
    text: str, nth: int, below: tuple[str, ...], line: int | None
) -> None:
    assert SOURCE.line_of_text(text, nth, below) == line


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = ", 2), ("a = 1\na = 2\n", 2), ('a = """', 1), ("[a]\nb = [1,\n2,", 3), ("a", 1)]
)
def test_what_is_no_toml_is_refused_with_file_and_line(text: str, line: int) -> None:
    with pytest.raises(SchemaError) as refused:
        Source("a.toml", text).parse(SchemaError)
    assert (refused.value.file, refused.value.line) == ("a.toml", line)


@given(st.text("ab\"'[]{}=#., \n\\"))
def test_no_text_confuses_the_search_for_lines(text: str) -> None:
    source = Source("a.toml", text)
    source.line_of_key("a", "b")
    source.line_of_text("a")


def test_a_problem_is_told_with_its_place() -> None:
    assert str(Problem("a.toml", 3, "wrong")) == "a.toml:3: wrong"
    assert str(Problem("a.toml", None, "wrong")) == "a.toml: wrong"
