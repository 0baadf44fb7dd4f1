"""The columns of a list: what a path shows, how wide and where on a phone, and which paths may be chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_platform.errors import BadField
from dougong_platform.query.rows import shown_at
from dougong_platform.query.visible import visible_objects
from dougong_ui_builder.components import label_text

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, ObjectModel
    from dougong_platform.http.caller import Caller

HIDDEN = frozenset({"id", "version", "deleted_at", "deleted_by"})
LINKS = frozenset({"lookup", "detail", "user", "department"})
# Pixels, as the stylesheet gives them to each kind of column.
WIDTHS = {
    "title": 210,
    "money": 112,
    "number": 92,
    "date": 104,
    "pill": 104,
    "person": 124,
    "small": 76,
    "link": 136,
    "text": 116,
    "wide": 180,
}
# Edited where they stand; the others need the room of a form.
INLINE = frozenset(
    {
        "text",
        "long_text",
        "integer",
        "decimal",
        "currency",
        "percent",
        "boolean",
        "date",
        "datetime",
        "time",
        "picklist",
        "multi_picklist",
        "lookup",
        "user",
        "department",
        "email",
        "phone",
        "url",
        "rating",
    }
)
_KINDS = {
    "currency": "money",
    "decimal": "number",
    "integer": "number",
    "percent": "number",
    "date": "date",
    "datetime": "date",
    "time": "date",
    "boolean": "small",
    "rating": "number",
    "picklist": "pill",
    "multi_picklist": "wide",
    "long_text": "wide",
    "user": "person",
    "lookup": "link",
    "detail": "link",
    "email": "link",
    "auto_number": "pill",
}


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is what is read, `shown` the path of the name behind a link; `place` is its place in a phone's row:
    title, amount, pill, note or "" (hidden there)."""

    path: str
    label: str
    field: FieldModel
    shown: str | None
    numeric: bool
    editable: bool
    link: bool  # leads to the record
    place: str = ""
    sortable: bool = True

    @property
    def width(self) -> str:
        """The class of its <col>."""
        return "title" if self.link else _KINDS.get(self.field.type.name, "text")


def columns_of(caller: Caller, object: ObjectModel, paths: Sequence[str]) -> tuple[Column, ...]:
    """The columns of these paths; those that the reader may not see are left out."""
    found: list[tuple[str, FieldModel]] = []
    for path in dict.fromkeys(paths):
        try:
            found.append((path, shown_at(caller.rights, object.name, tuple(path.split(".")))))
        except BadField:
            continue
    title = object.name_field if any(path == object.name_field for path, _ in found) else found[0][0] if found else ""
    places = _places(found, title)
    may_edit = caller.rights.may(object.name, "update") and not object.system
    return tuple(
        Column(
            path,
            path_label(caller, object, path),
            field,
            shown_path(caller, path, field),
            field.type.expression_type in ("number", "money"),
            may_edit and "." not in path and is_inline(caller, field),
            path == title,
            places.get(path, ""),
            field.type.sortable and not caller.rights.masked(field.object, field.name),
        )
        for path, field in found
    )


def _places(found: Sequence[tuple[str, FieldModel]], title: str) -> dict[str, str]:
    """Where each stands in a phone's row: one title, one amount, one pill, two notes."""
    wanted = {"amount": ("currency", "decimal", "percent", "integer"), "pill": ("picklist",)}
    places = {title: "title"}
    for place, types in wanted.items():
        path = next((p for p, f in found if f.type.name in types and p not in places), None)
        if path is not None:
            places[path] = place
    others = [p for p, f in found if p not in places and f.type.name not in ("boolean", "image", "file", "json")]
    return places | dict.fromkeys(others[:2], "note")


def is_inline(caller: Caller, field: FieldModel) -> bool:
    """Whether the reader may change this field inside a row."""
    if field.type.name not in INLINE or field.read_only or field.type.computed:
        return False
    return (not field.system or field.name == "owner") and caller.rights.field(field.object, field.name) == "edit"


def shown_path(caller: Caller, path: str, field: FieldModel) -> str | None:
    """The path of the name that stands for a link's id, None where there is no link or nothing may be seen."""
    if field.to is None or field.type.name not in LINKS:
        return None
    target = visible_objects(caller.rights).get(field.to)
    if target is None or target.name_field not in caller.rights.shown(target.name):
        return None
    return f"{path}.{target.name_field}"


def path_label(caller: Caller, object: ObjectModel, path: str) -> str:
    """ "Shelf · Room" for shelf.room."""
    steps = path.split(".")
    return " · ".join(
        label_text(shown_at(caller.rights, object.name, tuple(steps[: end + 1]))) for end in range(len(steps))
    )


def read_paths(caller: Caller, columns: Sequence[Column]) -> list[str]:
    """What a page of rows reads: the columns, the names behind links, the currencies of amounts."""
    paths: list[str] = []
    for column in columns:
        paths.append(column.path)
        if column.shown:
            paths.append(column.shown)
        currency = column.field.settings.get("currency_field")
        if currency and "." not in column.path and caller.rights.field(column.field.object, currency) != "none":
            paths.append(str(currency))
    return list(dict.fromkeys(paths))


def choices_of(caller: Caller, object: ObjectModel) -> Iterator[tuple[str, list[tuple[str, FieldModel]]]]:
    """(group, [(path, field)]): the object's own fields, then those of each object that a link leads to."""
    visible = visible_objects(caller.rights)
    own = visible[object.name].fields
    yield label_text(object), [(n, f) for n, f in own.items() if n not in HIDDEN]
    for name, field in own.items():
        target = visible.get(field.to) if field.to and field.type.name in LINKS and name not in HIDDEN else None
        if target is not None and not (field.system and name != "owner"):
            yield (
                label_text(field),
                [
                    (f"{name}.{n}", f)
                    for n, f in target.fields.items()
                    if n not in HIDDEN and (not f.system or n == "owner")
                ],
            )


def grouped_choices(
    caller: Caller, object: ObjectModel, fits: Callable[[FieldModel], object]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(path, text)]) of the paths whose field fits, for a <select> with groups."""
    return [
        (
            group,
            [
                (path, f"{group} · {label_text(model)}" if "." in path else label_text(model))
                for path, model in fields
                if fits(model)
            ],
        )
        for group, fields in choices_of(caller, object)
    ]


def cell_value(column: Column, record: dict[str, Any]) -> tuple[Any, Any]:
    """(value, name behind it) of a column in a record."""
    return record.get(column.path), record.get(column.shown) if column.shown else None
