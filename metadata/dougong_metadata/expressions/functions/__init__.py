"""The functions of the expression language: one file per group, collected here."""

from dougong_metadata.expressions.functions import aggregates, changes, dates, logic, numbers, text
from dougong_metadata.expressions.functions.registry import AGGREGATES, FUNCTIONS, GROUPS, NAMES, Function, Parameter

_GROUP_MODULES = (logic, text, numbers, dates, changes, aggregates)  # importing them registers their functions

__all__ = ["AGGREGATES", "FUNCTIONS", "GROUPS", "NAMES", "Function", "Parameter"]
