"""One line an event, with its keys, and nothing of what was exchanged."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from gateway import logs


class Terminal(io.StringIO):
    """A stream that people look at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as it was: it belongs to the process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_its_event_level_time_and_keys() -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={})
    logs.logger(partner="amazon-us").info("arrival.read", interchange="000000101")
    (line,) = lines(stream)
    assert str(line.pop("ts")).endswith("Z")
    assert line == {
        "event": "arrival.read",
        "level": "info",
        "partner": "amazon-us",
        "interchange": "000000101",
    }


def test_a_line_break_in_a_value_makes_no_second_line() -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={})
    logs.logger().info("arrival.read", file='a\n{"event": "forged"}')
    assert len(lines(stream)) == 1


def test_what_is_bound_to_the_run_is_on_every_line_of_other_libraries_too() -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={})
    structlog.contextvars.bind_contextvars(run_id="r1")
    logging.getLogger("some.library").warning("it %s", "works")
    (line,) = lines(stream)
    assert (line["event"], line["run_id"], line["level"]) == ("it works", "r1", "warning")


def test_chatter_of_libraries_and_debugging_is_left_out() -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={})
    logging.getLogger("paramiko.transport").info("connected")
    logging.getLogger("apscheduler.executors").info("job executed")
    logs.logger().debug("poll.idle")
    assert stream.getvalue() == ""


def test_a_second_set_up_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    logs.set_up(first, environment={})
    logs.set_up(second, environment={})
    logs.logger().info("run.started")
    assert (first.getvalue(), len(lines(second))) == ("", 1)


@pytest.mark.parametrize("value", [b"ISA*00*", bytearray(b"ISA*00*"), memoryview(b"ISA*00*")])
def test_bytes_are_counted_never_written(value: object) -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={})
    logs.logger().info("arrival.read", data=value)
    assert lines(stream)[0]["data"] == "<7 bytes>"


def test_a_text_as_long_as_a_document_is_cut() -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={})
    logs.logger().info("arrival.read", text="x" * 501)
    assert lines(stream)[0]["text"] == "x" * 500 + "... <501 characters>"


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["json", "console"])
def test_a_traceback_carries_no_local_variables(stream: io.StringIO) -> None:
    logs.set_up(stream, environment={})
    password = "canary-" + "in-a-local"
    try:
        raise ValueError("the far end said no")
    except ValueError:
        logs.logger().exception("transport.failed")
    assert "the far end said no" in stream.getvalue()
    assert password not in stream.getvalue()


def test_a_terminal_gets_plain_lines_and_colours_only_if_it_wants_them() -> None:
    plain, colourful = Terminal(), Terminal()
    logs.set_up(plain, environment={"NO_COLOR": "1"})
    logs.logger().info("arrival.read", partner="amazon-us")
    logs.set_up(colourful, environment={})
    logs.logger().info("arrival.read", partner="amazon-us")
    assert "arrival.read" in plain.getvalue()
    assert "partner=amazon-us" in plain.getvalue()
    assert "\x1b" not in plain.getvalue()
    assert "\x1b" in colourful.getvalue()


def test_under_systemd_each_line_carries_its_priority() -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={"JOURNAL_STREAM": "8:1"})
    logs.logger().error("transport.failed")
    logs.logger().info("arrival.read")
    assert [line[:4] for line in stream.getvalue().splitlines()] == ["<3>{", "<6>{"]


def test_without_a_stream_it_is_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(environment={})
    logs.logger().info("run.started")
    out, err = capsys.readouterr()
    assert (out, json.loads(err)["event"]) == ("", "run.started")
