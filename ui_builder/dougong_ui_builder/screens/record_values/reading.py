"""One record with the names behind its links and the files behind its file fields. Called by record pages and forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_platform.errors import NotFound
from dougong_platform.files.attachment import describe
from dougong_platform.query import display_names, get
from dougong_platform.query.fields import MOST_FIELDS
from dougong_ui_builder.said_values import LINKS

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, ObjectModel
    from dougong_platform.http.caller import Caller
from dougong_platform.query.allowed import allowed_actions

FILES = frozenset({"file", "image", "signature"})


@dataclass(frozen=True, slots=True)
class Found:
    """`displays`: by field, the name behind a link (None: not visible) or the entries of files."""

    object: ObjectModel
    record: dict[str, Any]
    displays: dict[str, Any]
    deleted: bool = False

    @property
    def id(self) -> str:
        return str(self.record["id"])

    @property
    def title(self) -> str:
        """What the record is called; "" without a name."""
        name = self.object.name_field
        return str(self.displays.get(name) or self.record.get(name) or "")


def read(caller: Caller, object: str, id: str) -> Found:
    """The record, from the recycle bin if it lies there. Raises NotFound, UnknownName, NotAllowed."""
    model = caller.model.object(object)
    names = caller.rights.shown(object)
    links = {n: _name_path(caller, model.fields[n]) for n in names if model.fields[n].type.name in LINKS}
    paths = [path for path in links.values() if path]
    asked = [n for n in names if n not in ("deleted_at", "deleted_by")]
    wanted = asked + paths if len(asked) + len(paths) <= MOST_FIELDS - 2 else asked[: MOST_FIELDS - 2]
    try:
        record, deleted = get(caller, object, id, wanted), False
    except NotFound:
        record, deleted = get(caller, object, id, [*wanted, "deleted_at"], deleted=True), True
    return Found(model, record, _displays(caller, model, record, links), deleted)


def _name_path(caller: Caller, field: FieldModel) -> str | None:
    target = caller.model.objects.get(field.to or "")
    if target is None or target.name_field not in caller.rights.shown(target.name):
        return None
    return f"{field.name}.{target.name_field}"


def _displays(
    caller: Caller, model: ObjectModel, record: Mapping[str, Any], links: Mapping[str, str | None]
) -> dict[str, Any]:
    found: dict[str, Any] = {name: record.get(path) for name, path in links.items() if path and record.get(name)}
    return found | file_entries(caller, model.fields.values(), record)


def file_entries(caller: Caller, fields: Iterable[FieldModel], record: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of the file fields' files: {id, name, size, url, thumbnail}."""
    ids = {f.name: [str(i) for i in record.get(f.name) or ()] for f in fields if f.type.name in FILES}
    wanted = [id for some in ids.values() for id in some]
    if not wanted:
        return {}
    known = describe(caller, wanted)
    return {name: [entry(known[id]) for id in some if id in known] for name, some in ids.items() if some}


def entry(file: Mapping[str, Any]) -> dict[str, Any]:
    """A file as templates show it."""
    url = f"/api/v1/files/{file['id']}"
    return dict(file) | {"url": url, "thumbnail": f"{url}/thumbnail" if file["thumbnail"] else None}


def names_of(caller: Caller, fields: Iterable[FieldModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """The names behind links that were typed or prefilled, not read with their record."""
    by_target: dict[str, set[str]] = {}
    chosen = [(f, str(values[f.name])) for f in fields if f.to and f.type.name in LINKS and values.get(f.name)]
    for field, id in chosen:
        by_target.setdefault(str(field.to), set()).add(id)
    names = {target: display_names(caller, target, ids) for target, ids in by_target.items()}
    return {field.name: names[str(field.to)].get(id) for field, id in chosen}


def may(caller: Caller, found: Found, action: str) -> bool:
    """Whether the caller may update or delete this record."""
    model = found.object
    if model.system or not caller.rights.may(model.name, action):
        return False
    return action in allowed_actions(caller, model.name, found.id)


def editable(caller: Caller, field: FieldModel) -> bool:
    """Whether the caller may give this field a value."""
    if field.read_only or field.type.name == "auto_number" or field.type.computed:
        return False
    if field.system and field.name != "owner":
        return False
    return caller.rights.field(field.object, field.name) == "edit"
