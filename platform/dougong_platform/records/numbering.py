"""Numbers of auto_number fields: `OP-{YYYY}{MM}-{0000}` filled from the field's sequence and the tenant's today.

A sequence never gives a number twice, also to concurrent writers; a write that fails leaves a gap.
"""

from __future__ import annotations

import re

from dougong_metadata.model.types import FieldModel
from dougong_platform.records.statement import literal, quoted
from dougong_platform.storage.catalogue import Catalogue

_TOKEN = re.compile(r"\{(YYYY|YY|MM|DD|0+)\}")


def next_number(catalogue: Catalogue, field: FieldModel) -> str:
    """SQL for the next number of this field, as text."""
    sequence = literal(f'"§".{quoted(catalogue.sequence(field.object, field.name))}')
    pieces = []
    position = 0
    text = str(field.settings.get("format") or "{0}")
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            pieces.append(literal(text[position:token.start()]))
        pieces.append(_piece(token.group(1), sequence))
        position = token.end()
    if position < len(text):
        pieces.append(literal(text[position:]))
    return f"concat({', '.join(pieces)})"


def _piece(token: str, sequence: str) -> str:
    if token.startswith("0"):
        return f'"§"._padded(nextval({sequence}::regclass), {len(token)})'
    return f"to_char(now() at time zone %(tenant_timezone)s::text, '{token}')"
