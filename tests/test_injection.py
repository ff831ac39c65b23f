"""Two thousand arbitrary texts in what we send: none breaks its message, and none is changed in silence."""

from tests.injection import inject, office


def test_any_text_leaves_as_it_is_or_its_change_is_told_or_it_does_not_leave() -> None:
    fates, fields, harm = inject(2_000, seed=2026)
    assert harm == []
    assert sum(fates.values()) == 2_000
    assert min(fates[fate] for fate in ("equal", "told", "gap")) > 100
    assert {field.partition(".")[0] for field in fields} >= {"855", "856", "810", "997", "ORDRSP", "DESADV", "INVOIC"}


def test_a_mark_in_a_text_that_x12_cannot_release_is_replaced_and_told() -> None:
    desk, letters = office()
    letter = next(letter for letter in letters if letter.message == "856")
    path = next(path for path in letter.paths if path[-1] == "name" or "name" in path)
    assert desk.fate(letter, path, "A*B~C") == "told"
    assert desk.fate(letter, path, "ABC") == "equal"


def test_a_mark_in_edifact_is_released_and_comes_back_as_it_is() -> None:
    desk, letters = office()
    letter = next(letter for letter in letters if letter.message == "DESADV")
    assert desk.fate(letter, ("number",), "A+B:C'D?E") == "equal"
