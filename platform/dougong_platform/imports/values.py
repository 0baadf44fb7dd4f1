"""The different texts of a column that goes into a choice or a lookup, which of them fit, and what the others may mean.

Called by the wizard's second step and by the API. `GTXPro` is offered `GTX Pro`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from dougong_metadata.errors import FieldValueError
from dougong_metadata.model.types import FieldModel
from dougong_platform.access import predicate
from dougong_platform.http.caller import Caller
from dougong_platform.imports import store
from dougong_platform.imports.mapping import Column, read_mapping
from dougong_platform.imports.steps import open_import
from dougong_platform.query import list_records
from dougong_platform.storage import compile_statement, tables

MOST_ROWS = 200_000  # of the file looked at
MOST_TEXTS = 500  # different ones shown, the most frequent first
MOST_TARGETS = 1_000  # records among which a near name is sought
NEAR = 80.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One text: in how many rows, whether it fits as it is (or was mapped), the value it becomes, and the
    nearest right one."""

    text: str
    count: int
    fits: bool
    value: str | None
    nearest: str | None


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """`header`'s texts; `choices` are what one may map to (value, label), None for lookups with many targets."""

    header: str
    field: str
    seen: tuple[Seen, ...]
    choices: tuple[tuple[str, str], ...] | None

    @property
    def unmatched(self) -> int:
        """How many texts do not fit yet."""
        return sum(1 for one in self.seen if not one.fits)

    def json(self) -> dict[str, Any]:
        """What the API shows."""
        return {
            "header": self.header,
            "field": self.field,
            "unmatched": self.unmatched,
            "values": [
                {"text": s.text, "count": s.count, "fits": s.fits, "value": s.value, "nearest": s.nearest}
                for s in self.seen
            ],
            "choices": None
            if self.choices is None
            else [{"value": value, "label": label} for value, label in self.choices],
        }


def column_values(caller: Caller, job: store.Import) -> list[ColumnValues]:
    """For every mapped column whose texts have to be choices or names of records."""
    object = caller.model.object(job.object)
    mapping = read_mapping(caller, object, job.header, job.mapping)
    wanted = {
        place: column
        for place, column in mapping.columns.items()
        if object.fields[column.field].picklist or object.fields[column.field].to
    }
    counters: dict[int, Counter[str]] = {place: Counter() for place in wanted}
    for number, (_, cells) in enumerate(open_import(job).rows()):
        if number >= MOST_ROWS:
            break
        for place, counter in counters.items():
            if text := cells[place].strip():
                counter[text] += 1
    return [
        _analysed(caller, job.header[place], column, object.fields[column.field], counters[place])
        for place, column in wanted.items()
    ]


def _analysed(caller: Caller, header: str, column: Column, field: FieldModel, counter: Counter[str]) -> ColumnValues:
    texts = [text for text, _ in counter.most_common(MOST_TEXTS)]
    meant = {text: column.values.get(text, text) for text in texts}
    if field.picklist is not None:
        choices: tuple[tuple[str, str], ...] | None = tuple(
            (value.value, value.label.text(caller.locale)) for value in field.picklist.values.values() if value.active
        )
        found = {text: _choice(meant[text], field) for text in texts}
        names = {label: value for value, label in choices or ()} | {value: value for value, _ in choices or ()}
    else:
        known = existing(caller, field.to or "", column.by or "id", [m for m in meant.values() if m])
        found = {text: m if (m := meant[text]) in known else None for text in texts}
        targets = _names(caller, field.to or "", column.by or "id")
        choices = None if targets is None else tuple((name, name) for name in targets)
        names = {name: name for name in targets or ()}
    seen = [
        Seen(
            text,
            counter[text],
            meant[text] is None or found[text] is not None,
            found[text],
            None if found[text] is not None else _nearest(text, names),
        )
        for text in texts
    ]
    return ColumnValues(header, field.name, tuple(sorted(seen, key=lambda one: (one.fits, -one.count))), choices)


def existing(caller: Caller, object: str, by: str, texts: Sequence[str]) -> set[str]:
    """Which of `texts` are the `by` of a record that the caller may see."""
    if not texts:
        return set()
    made = tables(caller.model, caller.release.catalogue)
    table = made[object].alias("t")
    column = cast(table.c[caller.release.catalogue.column(object, by)], Text)
    statement = select(column).where(
        table.c.deleted_at.is_(None), column == bindparam("texts", type_=ARRAY(Text)).any_()
    )
    allowed = predicate(made, caller.rights, object, "read", table)
    if allowed is not None:
        statement = statement.where(allowed)
    entry, rows = caller.database.read(
        caller.tenant,
        compile_statement(statement).for_tenant(caller.tenant.schema, caller.release.number),
        caller.environment | {"texts": list(texts)},
    )
    caller.verify(entry)
    return {row[0] for row in rows}


def _names(caller: Caller, object: str, by: str) -> list[str] | None:
    """The names of all records of `object`, or None where there are too many to choose from."""
    page = list_records(caller, object, fields=[by], sort=[by], limit=MOST_TARGETS)
    return None if page.next else [str(record[by]) for record in page.records if record[by] is not None]


def _choice(text: str | None, field: FieldModel) -> str | None:
    if text is None:
        return None
    try:
        value = field.type.read_text(text, field)
        return None if value is None else str(value)
    except FieldValueError:
        return None


def _nearest(text: str, names: dict[str, str]) -> str | None:
    """The name nearest to `text`, blanks and case aside; or the only one that holds it or is held by it.

    E-mail addresses are never guessed: another person is not nearly the right one.
    """
    wanted = "".join(text.casefold().split())
    if "@" in wanted:
        return None
    plain = {name: "".join(name.casefold().split()) for name in names}
    best = process.extractOne(wanted, plain, scorer=fuzz.ratio, score_cutoff=NEAR)
    if best is not None:
        return names[best[2]]
    inside = {
        names[name]
        for name, short in plain.items()
        if len(wanted) > 1 and len(short) > 1 and (wanted in short or short in wanted)
    }
    return inside.pop() if len(inside) == 1 else None
