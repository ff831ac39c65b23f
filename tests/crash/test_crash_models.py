"""What the crash harnesses rest on: the disk that forgets, and the reader of what was eaten."""

from pathlib import Path

import pytest

from tests.crash.disk import Disk, Image, Step
from tests.crash.reader import Broken, read_letter, read_order

CREATE = (Step("create", "out/a"), Step("write", "out/a", data=b"abcd"))
LETTER = (
    b"ISA*00*          *00*          *ZZ*5551234567     *ZZ*AMAZON         *261120*2101*U*00401*000000007*0*P*>~\n"
    b"GS*FA*5551234567*AMAZON*20261120*2101*7*X*004010~\nST*997*0001~\nAK1*PO*504~\nAK9*A*1*1*1~\n"
    b"SE*4*0001~\nGE*1*7~\nIEA*1*000000007~\n"
)


def disk(tmp_path: Path, *, keeps_names: bool, steps: tuple[Step, ...]) -> list[Image]:
    (tmp_path / "out").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "old").write_bytes(b"old")
    made = Disk(keeps_names)
    made.load(tmp_path)
    for step in steps:
        made.take(step)
    return [image for _, image in made.images()]


def found(images: list[Image], path: str) -> set[bytes | None]:
    """What may lie under a path: its bytes, b"-" where nothing does."""
    return {image.get(path, b"-") for image in images}


def test_without_fsync_a_new_file_may_be_gone_empty_half_or_whole(tmp_path: Path) -> None:
    assert found(disk(tmp_path, keeps_names=False, steps=CREATE), "out/a") == {b"-", b"", b"ab", b"abcd"}


def test_an_fsync_of_the_file_alone_keeps_its_data_and_in_one_model_its_name(tmp_path: Path) -> None:
    steps = (*CREATE, Step("sync", "out/a"))
    assert found(disk(tmp_path, keeps_names=False, steps=steps), "out/a") == {b"-", b"abcd"}
    (tmp_path / "more").mkdir()
    assert found(disk(tmp_path / "more", keeps_names=True, steps=steps), "out/a") == {b"abcd"}


def test_an_fsync_of_file_and_folder_leaves_one_image(tmp_path: Path) -> None:
    images = disk(tmp_path, keeps_names=False, steps=(*CREATE, Step("sync", "out/a"), Step("sync", "out")))
    assert len(images) == 1
    assert found(images, "out/a") == {b"abcd"}


def test_a_rename_between_folders_is_there_or_not_and_never_half(tmp_path: Path) -> None:
    images = disk(tmp_path, keeps_names=False, steps=(Step("rename", "in/old", "out/new"), Step("sync", "out")))
    assert {("in/old" in image, "out/new" in image) for image in images} == {(True, False), (False, True)}


def test_a_rename_lasts_when_both_its_folders_were_synced(tmp_path: Path) -> None:
    steps = (Step("rename", "in/old", "out/new"), Step("sync", "out"), Step("sync", "in"))
    images = disk(tmp_path, keeps_names=False, steps=steps)
    assert [sorted(image) for image in images] == [["in", "out", "out/new"]]


def test_a_removal_that_was_not_synced_may_come_back(tmp_path: Path) -> None:
    assert found(disk(tmp_path, keeps_names=True, steps=(Step("unlink", "in/old"),)), "in/old") == {b"old", b"-"}


def test_a_letter_is_read_with_its_numbers() -> None:
    letter = read_letter(LETTER)
    assert (letter.to, letter.number, letter.group, letter.message, letter.about) == ("AMAZON", 7, 7, "997", "504")


@pytest.mark.parametrize("length", range(0, len(LETTER) - 1, 7))
def test_a_letter_cut_short_is_broken(length: int) -> None:
    with pytest.raises(Broken):
        read_letter(LETTER[:length])


@pytest.mark.parametrize("data", [b"", b'{"partner": "amazon-us"', b"{}"])
def test_a_sales_order_cut_short_is_broken(data: bytes) -> None:
    with pytest.raises(Broken):
        read_order(data)
