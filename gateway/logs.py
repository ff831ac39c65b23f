"""Logs: one line an event, on stderr, readable on a terminal and JSON elsewhere.

An event has a stable dotted name and structured keys (`ts level event partner interchange message document order run_id
findings`); one line a file and one a document, and an idle poll logs nothing. Records of other libraries go through the
same pipe. Nothing that was exchanged is ever logged: bytes are counted, long texts cut, and a traceback comes without
the local variables, where secrets live. What acts on a terminal or begins a line (controls, bidi and invisible marks)
is written as its number, so a file name cannot forge a line.
"""

import logging
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

_LONGEST = 500  # characters of one value: enough for a sentence, too little for a document

# sd-daemon(3): with these in front, journald keeps the priority of each line.
_PRIORITIES = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}


def set_up(
    stream: TextIO | None = None, *, level: int = logging.INFO, environment: Mapping[str, str] = os.environ
) -> None:
    """Send all logging of this process to a stream, stderr when none is given; a second call replaces the first."""
    target = sys.stderr if stream is None else stream
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        without_payload,
    ]
    if target.isatty():
        last = _console(colors="NO_COLOR" not in environment)
    else:
        last = _json(in_journal="JOURNAL_STREAM" in environment)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Their news is of their own workings; what an operator must know of them, we say ourselves.
    for name in ("paramiko", "apscheduler"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def logger(name: str = "gateway", **bound: Any) -> structlog.stdlib.BoundLogger:
    """A logger that adds the bound keys to each of its lines."""
    log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name, **bound)
    return log


def without_payload(_: Any, __: str, event: EventDict) -> EventDict:
    """Replace bytes by their count, cut long texts and escape what is not printable, also inside lists and tables."""
    return {plain(key): _short(value) if key != "exc_info" else value for key, value in event.items()}


def plain(text: str) -> str:
    """The text with everything that is not printable, line breaks too, as `\\x1b` or `\\u202e`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _short(value: Any) -> Any:
    match value:
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case str() if len(value) > _LONGEST:
            return f"{plain(value[:_LONGEST])}... <{len(value)} characters>"
        case str():
            return plain(value)
        case list() | tuple():
            return [_short(each) for each in value]
        case dict():
            return {plain(str(key)): _short(each) for key, each in value.items()}
        case _:
            return value


def _console(*, colors: bool) -> list[Processor]:
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain, timestamp_key="ts")]


def _json(*, in_journal: bool) -> list[Processor]:
    transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    render = structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    return [structlog.processors.ExceptionRenderer(transformer), _prioritised(render) if in_journal else render]


def _prioritised(render: Processor) -> Processor:
    def with_priority(log: Any, method: str, event: EventDict) -> str:
        return f"<{_PRIORITIES.get(event.get('level', 'info'), 6)}>{render(log, method, event)!s}"

    return with_priority
