"""Masked values: 138****1234 in place of a telephone number, for those whose sets show a field so.

A masked field is answered and nothing more: it is no part of filters, sorts, groups, searches, histories and feeds,
where it would betray what the mask hides.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from dougong_metadata.expressions.sql import once
from dougong_metadata.model.types import FieldModel

# Of a number of eight digits or more the last four stay and what stands before the eight, at most six. A Chinese mobile
# number is written as people there write it, without its country.
_NUMBER = (
    "(CASE WHEN left({v}, 4) = '+861' AND char_length({v}) = 14 THEN substr({v}, 4, 3) || '****' || right({v}, 4) "
    "WHEN char_length({v}) >= 8 THEN left({v}, least(char_length({v}) - 8, 6)) || "
    "repeat('*', char_length({v}) - 4 - least(char_length({v}) - 8, 6)) || right({v}, 4) "
    "WHEN {v} IS NOT NULL THEN '****' END)"
)
_EMAIL = (
    "(left({v}, 1) || '***' || CASE WHEN position('@' IN {v}) > 0 THEN substr({v}, position('@' IN {v})) ELSE '' END)"
)
_TEXT = "(left({v}, 1) || '***')"


def masked(field: FieldModel, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """`value` of a text-like field as it may be shown; blank stays blank."""
    forms = {"phone": _NUMBER, "email": _EMAIL}
    return once(forms.get(field.type.name, _TEXT), v=value)
