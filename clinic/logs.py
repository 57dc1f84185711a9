"""Log lines: one JSON object each, and of an error where and what kind, never its words, which may quote records."""

import logging
import sys
import traceback
from pathlib import Path
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

FRAMES = 6


def configure(level: str, file: TextIO = sys.stderr) -> None:
    """From now on everything that is logged in this process goes to `file`."""
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    after: list[Processor] = [
        without_words,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(file)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=after, foreign_pre_chain=before))
    logging.basicConfig(level=level, handlers=[handler], force=True)


def without_words(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A processor: an exception becomes its kind and the places it came through, the innermost first."""
    error = event.pop("exc_info", None)
    error = error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)]
        event.update(error=type(error).__name__, place=" < ".join(places))
    return event
