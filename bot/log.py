"""Logs: one line an event, structured, never a message's text and never a secret."""

import asyncio
import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Literal

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

Form = Literal["console", "json"]
Event = MutableMapping[str, Any]

_FIRST = ("timestamp", "level", "event")

log = structlog.get_logger(__name__)


def configure(form: Form = "console") -> None:
    """Log to standard error: what we note, and of libraries only what is wrong, in the same form."""
    rendered: list[Processor] = [_without_words, _in_order, _json if form == "json" else _readable]
    structlog.configure(
        processors=[*_STAMPS, *rendered],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Of a library's event only the template is used: its values may quote what was just dealt with.
    formatter = ProcessorFormatter(
        foreign_pre_chain=[*_STAMPS, structlog.stdlib.add_logger_name],
        processors=[ProcessorFormatter.remove_processors_meta, *rendered],
        use_get_message=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)  # noqa: FBT003 - logging's signature
    for name in ("nio", "vodozemac", "peewee"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    sys.excepthook = _crashed


_STAMPS = (structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True))


def trace(error: BaseException) -> dict[str, object]:
    """What broke and where, for a log line. The error's own words are left out: they may hold what somebody wrote."""
    if isinstance(error, BaseExceptionGroup):
        return trace(error.exceptions[0])
    frames = traceback.extract_tb(error.__traceback__)
    names = [type(error).__name__, *([type(error.__cause__).__name__] if error.__cause__ else [])]
    return {"error": " from ".join(names), "trace": [f"{f.filename}:{f.lineno} {f.name}" for f in frames]}


def unexpected(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what the event loop could tell nobody else, as its exception handler; asyncio's own quotes the error."""
    error = context.get("exception")
    # Of a callback that failed, the message quotes the arguments.
    log.error("unexpected", **(trace(error) if error else {"message": context.get("message")}))


def _crashed(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, at)
    else:
        log.critical("crashed", **trace(error))


def _without_words(_logger: Any, _method: str, event: Event) -> Event:
    """Let an exception that was logged along leave only its kind and place."""
    found = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event.update(trace(error))
    return event


def _in_order(_logger: Any, _method: str, event: Event) -> Event:
    return {name: event[name] for name in _FIRST if name in event} | {k: event[k] for k in event if k not in _FIRST}


def _json(_logger: Any, _method: str, event: Event) -> str:
    return json.dumps(event, ensure_ascii=False, default=str)


def _readable(_logger: Any, _method: str, event: Event) -> str:
    first = [_shown(event.get("timestamp")), f"{event.get('level', ''):8}", _shown(event.get("event"))]
    return " ".join([*first, *(f"{name}={_shown(value)}" for name, value in event.items() if name not in _FIRST)])


def _shown(value: object) -> str:
    """A value on one line, quoted where it could be taken for something else."""
    text = str(value)
    return text if text and text.isprintable() and not set(text) & set(' "=') else repr(value)
