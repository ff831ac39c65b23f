"""The line of every key, whatever strings, brackets and comments stand between."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from gateway.config.positions import line_of, positions

TEXT = '''\
# a comment with [brackets] and = signs
top = 1

[partners.amazon-us]
format = "x12"   # "in = out"
"quoted key" = """
[not.a.table]
not_a_key = 1
"""
literal = \'\'\'
another = 2\'\'\'
list = [
  "a", # ]
  ["b = 1"],
]
last = { inner = "}", other = [1] }
a . b = 1

[partners."amazon.eu"]
id = 'it\\s'
[[twice]]
x = 1
[[twice]]
x = 2
'''


def test_keys_and_tables_have_their_lines() -> None:
    found = positions(TEXT)
    expected = {
        ("top",): 2,
        ("partners",): 4,
        ("partners", "amazon-us"): 4,
        ("partners", "amazon-us", "format"): 5,
        ("partners", "amazon-us", "quoted key"): 6,
        ("partners", "amazon-us", "literal"): 10,
        ("partners", "amazon-us", "list"): 12,
        ("partners", "amazon-us", "last"): 16,
        ("partners", "amazon-us", "a"): 17,
        ("partners", "amazon-us", "a", "b"): 17,
        ("partners", "amazon.eu"): 19,
        ("partners", "amazon.eu", "id"): 20,
        ("twice",): 21,
        ("twice", "x"): 22,
    }
    assert found == expected


def test_a_key_that_is_not_there_has_the_line_of_its_table() -> None:
    found = positions(TEXT)
    assert line_of(("partners", "amazon-us", "id"), found) == 4
    assert line_of(("partners", "amazon-us", "last", "inner"), found) == 16
    assert line_of(("erp",), found) is None


def test_the_last_line_needs_no_end() -> None:
    assert positions("a = 1") == {("a",): 1}
    assert positions("") == {}


@given(st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.booleans(), max_size=5))
def test_every_key_of_a_text_that_toml_reads_is_found(data: dict[str, object]) -> None:
    def written(value: object) -> str:
        if isinstance(value, str):
            return '"' + "".join(f"\\U{ord(c):08X}" for c in value) + '"'
        return str(value).lower()

    text = "\n".join(f"{written(key)} = {written(value)} # =" for key, value in data.items())
    assert tomllib.loads(text) == data
    assert positions(text) == {(key,): line for line, key in enumerate(data, start=1)}
