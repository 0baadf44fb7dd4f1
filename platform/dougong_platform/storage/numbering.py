"""The next number of an auto_number field as SQL: `OP-{YYYY}{MM}-{0000}` from the field's sequence and today's date.

A sequence never gives a number twice, also to concurrent writers; a write that fails leaves a gap. Used by the write
path and when a new auto-number field numbers existing records.
"""

from __future__ import annotations

import re

from dougong_metadata.model.types import FieldModel
from dougong_platform.storage.catalogue import Catalogue

_TOKEN = re.compile(r"\{(YYYY|YY|MM|DD|0+)\}")


def next_number(catalogue: Catalogue, field: FieldModel, zone: str = "%(env_timezone)s") -> str:
    """SQL text (with "§" for the schema, % doubled) for the next number; `zone` is SQL for the time zone of "today"."""
    sequence = _literal(f'"§"."{catalogue.sequence(field.object, field.name)}"')
    pieces, position = [], 0
    text = str(field.settings.get("format") or "{0}")
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            pieces.append(_literal(text[position : token.start()]))
        pieces.append(_piece(token.group(1), sequence, zone))
        position = token.end()
    if position < len(text):
        pieces.append(_literal(text[position:]))
    return f"concat({', '.join(pieces)})"


def _piece(token: str, sequence: str, zone: str) -> str:
    if token.startswith("0"):
        return f'"§"._padded(nextval({sequence}::regclass), {len(token)})'
    return f"to_char(now() at time zone {zone}, '{token}')"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"
