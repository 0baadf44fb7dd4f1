"""The functions of the expression language: one file per group, collected here."""

from dougong_metadata.expressions.functions import (
    aggregates,
    calendar,
    changes,
    characters,
    dates,
    links,
    logic,
    numbers,
    past,
    places,
    spans,
    text,
    times,
)
from dougong_metadata.expressions.functions.registry import AGGREGATES, FUNCTIONS, GROUPS, NAMES, Function, Parameter

# importing them registers their functions
_MODULES = (logic, text, characters, links, numbers, dates, times, spans, calendar, places, changes, past, aggregates)

__all__ = ["AGGREGATES", "FUNCTIONS", "GROUPS", "NAMES", "Function", "Parameter"]
