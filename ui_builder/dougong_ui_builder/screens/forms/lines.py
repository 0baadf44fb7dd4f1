"""Child rows edited as a table inside their parent's form: read from the form, shown again, saved with the parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import request

from dougong_platform import records
from dougong_platform.errors import FieldError, RecordsInvalid
from dougong_platform.query import list_records
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.confirming import question, refusals
from dougong_ui_builder.screens.record_values.posted_row import read_row
from dougong_ui_builder.screens.record_values.reading import editable, names_of

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, LayoutModel, ObjectModel
    from dougong_platform.http.caller import Caller
    from dougong_tenants import TenantTransaction

MOST = 200  # rows of one form; longer lists are edited on their own pages
BLANK = "__n__"  # the row number of the template that islands copy


@dataclass(slots=True)
class Line:
    """`prefix` stands before the names of its inputs. `removed`: to be deleted."""

    prefix: str
    values: dict[str, Any] = field(default_factory=dict)
    displays: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    general: list[str] = field(default_factory=list)
    id: str | None = None
    version: int | None = None
    removed: bool = False

    @property
    def number(self) -> str:
        """The row's number inside the form."""
        return self.prefix.partition("[")[2].partition("]")[0]


@dataclass(slots=True)
class Lines:
    """The rows of one child object; `link` is its field that points to the parent."""

    object: ObjectModel
    link: FieldModel
    label: str
    fields: tuple[FieldModel, ...]
    rows: list[Line] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.object.name}.{self.link.name}"

    def add_blank(self) -> None:
        """One more row at the end."""
        numbers = [int(row.number) for row in self.rows if row.number.isdecimal()]
        self.rows.append(Line(f"{self.key}[{max(numbers, default=-1) + 1}]."))

    @property
    def faulty(self) -> bool:
        """Whether any row has to be changed before it can be saved."""
        return any(row.errors or row.general for row in self.rows)

    @property
    def template(self) -> Line:
        """The row that islands copy."""
        return Line(f"{self.key}[{BLANK}].")


def lines_of(caller: Caller, object: ObjectModel, layout: LayoutModel) -> list[Lines]:
    """The child objects that the layout lists and the caller may write, without rows yet."""
    found = []
    for one in layout.related:
        child = caller.model.objects[one.object]
        link = child.fields[one.field]
        if child.parent is not link or not caller.rights.may(child.name, "create"):
            continue
        names = [n for n in one.columns if "." not in n and n != link.name]
        names += [f.name for f in child.own_fields if f.required and f.name not in names and f is not link]
        fields = tuple(child.fields[n] for n in names if editable(caller, child.fields[n]))
        if fields:
            label = label_text(one.label) if one.label is not None else label_text(child.plural)
            found.append(Lines(child, link, label, fields))
    return found


def add_row(lines: Sequence[Lines], key: str) -> None:
    """One more blank row where the form asked for it."""
    for one in lines:
        if one.key == key:
            one.add_blank()


def read_saved(caller: Caller, lines: Sequence[Lines], parent: str) -> None:
    """Fill in the rows that the parent has."""
    for one in lines:
        names = [f.name for f in one.fields]
        paths = [
            f"{f.name}.{caller.model.objects[f.to].name_field}"
            for f in one.fields
            if f.to and caller.rights.field(f.to, caller.model.objects[f.to].name_field) != "none"
        ]
        page = list_records(
            caller,
            one.object.name,
            fields=[*names, *paths],
            sort=("created_at",),
            limit=MOST,
            filter=f'{one.link.name} = "{parent}"',
        )
        for number, record in enumerate(page.records):
            shown = {
                f.name: record.get(f"{f.name}.{caller.model.objects[f.to].name_field}") for f in one.fields if f.to
            }
            one.rows.append(
                Line(f"{one.key}[{number}].", dict(record), shown, id=record["id"], version=record["version"])
            )


def read_sent(caller: Caller, lines: Sequence[Lines]) -> None:
    """Fill in the rows that the form sent; empty new ones are left out."""
    for one in lines:
        numbers = [n for n in request.form.getlist(f"{one.key}:rows") if n.isdecimal()][:MOST]
        for number in dict.fromkeys(numbers):
            prefix = f"{one.key}[{number}]."
            posted = read_row(caller, one.fields, prefix)
            id = request.form.get(f"{prefix}id") or None
            version = request.form.get(f"{prefix}version", "")
            blank = not any(v not in (None, "", [], False) for v in posted.values.values()) and not posted.typed
            if id is None and (blank or f"{prefix}remove" in request.form):
                continue
            shown = names_of(caller, one.fields, posted.values) | dict(posted.typed)
            one.rows.append(
                Line(
                    prefix,
                    posted.values,
                    shown,
                    posted.errors,
                    [],
                    id,
                    int(version) if version.isdecimal() else None,
                    f"{prefix}remove" in request.form,
                )
            )


def save(
    caller: Caller, lines: Sequence[Lines], parent: str, tx: TenantTransaction, confirmed: Sequence[str] = ()
) -> list[FieldError]:
    """Write all rows inside the parent's transaction; what was refused, which stands at its rows, too, unless it only
    asks to be confirmed."""
    wrong: list[FieldError] = []
    for one in lines:
        name = one.object.name
        gone = [row for row in one.rows if row.removed and row.id]
        kept = [row for row in one.rows if not row.removed and row.id]
        new = [row for row in one.rows if not row.removed and row.id is None]
        try:
            if gone:
                records.delete(caller, name, [str(row.id) for row in gone], tx=tx)
        except RecordsInvalid as refused:
            wrong += _take(gone, refused.errors)
        for rows, write in ((kept, records.update), (new, records.create)):
            if not rows:
                continue
            given = [
                {f.name: row.values[f.name] for f in one.fields if f.name in row.values}
                | ({"id": row.id, "version": row.version} if row.id else {one.link.name: parent})
                for row in rows
            ]
            try:
                write(caller, name, given, tx=tx, confirmed=confirmed)
            except RecordsInvalid as refused:
                wrong += _take(rows, refused.errors)
    return wrong


def _take(rows: Sequence[Line], errors: Sequence[FieldError]) -> list[FieldError]:
    for one in refusals(errors) if question(errors) is None else ():
        row = rows[one.index] if one.index is not None and one.index < len(rows) else rows[0]
        if one.field in row.values:
            row.errors.setdefault(str(one.field), []).append(one.message)
        else:
            row.general.append(one.message)
    return list(errors)
