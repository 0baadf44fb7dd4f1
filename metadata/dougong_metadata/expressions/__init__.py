"""The expression language: every condition, formula, filter and default, parsed, type-checked and compiled to SQL.

`check` is called when metadata is compiled and when a filter's shape is met the first time; `compile_sql` by the query
and write paths; `lift_literals` and `Checked.bind` by every request that brings a filter.
"""

from dougong_metadata.expressions.checked import Checked
from dougong_metadata.expressions.checking import check
from dougong_metadata.expressions.compiling import (
    ENV_TIMEZONE,
    ENV_USER,
    Rows,
    SavedRows,
    compile_aggregate,
    compile_average,
    compile_own_condition,
    compile_sql,
)
from dougong_metadata.expressions.literals import MAX_LENGTH, Shape, lift_literals
from dougong_metadata.expressions.nodes import Node
from dougong_metadata.expressions.parsing import MAX_DEPTH, parse
from dougong_metadata.expressions.printing import format
from dougong_metadata.expressions.scope import Scope
from dougong_metadata.expressions.types import Type

__all__ = [
    "ENV_TIMEZONE",
    "ENV_USER",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "Checked",
    "Node",
    "Rows",
    "SavedRows",
    "Scope",
    "Shape",
    "Type",
    "check",
    "compile_aggregate",
    "compile_average",
    "compile_own_condition",
    "compile_sql",
    "format",
    "lift_literals",
    "parse",
]
