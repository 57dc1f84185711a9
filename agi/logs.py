"""The telephone's log: one JSON object a line, of an error where and what kind."""

import sys
from typing import Any, TextIO

import structlog

from clinic.logs import without_words

Log = Any
"""A structlog logger."""


def json_log(level: str = "INFO", file: TextIO = sys.stderr) -> Log:
    """One JSON object a line into `file`; `exc_info=error` becomes the error's kind and places, never its words."""
    return structlog.wrap_logger(
        structlog.WriteLogger(file),
        wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
