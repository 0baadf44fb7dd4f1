"""What processes write about themselves: a line for each event, failures with their trace but without the values in it.

Called by every entry point: the application, the job worker, the command line.
"""

from __future__ import annotations

import logging

import structlog


def configure(level: str = "info") -> None:
    """`level`: debug, info, warning, error; what is unknown counts as info.

    structlog's own traces print every local variable: passwords, tokens and records would stand in the log,
    and one trace through a page takes seconds to draw.
    """
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
    )
