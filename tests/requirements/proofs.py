"""Write the proofs of docs/requirements.md anew, from the marks and the mutations; what people wrote stays.

python -m tests.requirements.proofs
"""

import re
import textwrap
from collections.abc import Iterator

from tests.requirements.mutations import MUTATIONS
from tests.requirements.page import HEADING, PAGE, marked

_PROOFS = re.compile(r"(?ms)^- \*\*(?:Proved by|Turns red when):\*\* .*?(?=^- |^$|\Z)")
_WIDTH = 118


def write_proofs() -> None:
    """Put into each entry the tests that bear its mark, and what turns them red."""
    head, *parts = re.split(HEADING, PAGE.read_text(encoding="utf-8"))
    entries = (_entry(*part) for part in zip(parts[::3], parts[1::3], parts[2::3], strict=True))
    PAGE.write_text("".join((head, *entries)), encoding="utf-8")


def _entry(number: str, title: str, text: str) -> str:
    said, blank, rest = _PROOFS.sub("", text).lstrip("\n").partition("\n\n")
    items = (textwrap.fill(item, _WIDTH, subsequent_indent="  ", break_on_hyphens=False) for item in _items(number))
    lines = (f"### {number}: {title}", "", said.rstrip("\n"), *items, "")
    return "\n".join(lines) + (f"\n{rest}" if blank else "")


def _items(number: str) -> Iterator[str]:
    by_file: dict[str, list[str]] = {}
    for test in marked().get(number, []):
        file, _, name = test.partition("::")
        by_file.setdefault(file, []).append(f"`{name}`")
    if by_file:
        files = (f"`{file}`: {', '.join(names)}" for file, names in by_file.items())
        yield f"- **Proved by:** {'; '.join(files)}"
    if red := [mutation.says for mutation in MUTATIONS if mutation.requirement == number]:
        yield f"- **Turns red when:** {'; '.join(red)}."


if __name__ == "__main__":
    write_proofs()
