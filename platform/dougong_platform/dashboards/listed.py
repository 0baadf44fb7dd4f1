"""The widget that lists records of a list view, or of an object: rows, the number of them all, what a tick does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong_metadata.model.dashboard_types import WidgetModel
from dougong_metadata.model.types import ListViewModel, ObjectModel
from dougong_platform.dashboards.errors import WidgetUnknown
from dougong_platform.dashboards.narrowing import narrowed
from dougong_platform.dashboards.widget_data import RecordsData
from dougong_platform.errors import BadField, NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.query.listing import list_records
from dougong_platform.query.rows import shown_at
from dougong_platform.query.visible import visible_objects
from dougong_platform.reports.asked import Asked

LIMIT = 6
_LINKS = frozenset({"lookup", "detail", "user", "department"})


def records(caller: Caller, widget: WidgetModel, asked: Asked) -> RecordsData:
    """The first rows. Raises NotAllowed, BadFilter, BadField, WidgetUnknown."""
    said = widget.settings
    view = view_named(caller, str(said["list_view"])) if said.get("list_view") else None
    object = model_of(caller, view.object if view is not None else str(said.get("object", "")))
    columns = columns_of(caller, object, said.get("columns") or (view.columns if view else ()))
    when = str(said["when"]) if said.get("when") and readable(caller, object, str(said["when"])) else None
    base = (view.filter.text if view.filter else None) if view is not None else said.get("where")
    where = narrowed(caller, object.name, base, asked)
    found = list_records(
        caller,
        object.name,
        fields=read_paths(caller, object.name, [*columns, *([when] if when else [])]),
        filter=where,
        sort=said.get("sort") or (view.sort if view is not None else ("-updated_at",)),
        limit=int(said.get("limit") or LIMIT),
        count=True,
    )
    return RecordsData(
        object.name,
        columns,
        found.records,
        found.count,
        found.count_capped,
        view.name if view is not None else None,
        where if view is None or where != base else None,
        when,
        done_of(caller, widget),
        _late(caller, object, where, when) if when is not None and found.records else 0,
    )


def _late(caller: Caller, object: ObjectModel, where: str | None, when: str) -> int:
    """How many of them all are past that day or moment."""
    moment = shown_at(caller.rights, object.name, tuple(when.split("."))).type.expression_type == "datetime"
    past = f"{when} < {'NOW()' if moment else 'TODAY()'}"
    both = f"({where}) and {past}" if where else past
    return list_records(caller, object.name, fields=["id"], filter=both, limit=1, count=True).count or 0


def done_of(caller: Caller, widget: WidgetModel) -> tuple[str, str] | None:
    """(field, value) that a tick sets, where the caller may change it."""
    said = widget.settings.get("done")
    if not said:
        return None
    field, value = (said["field"], said["value"]) if isinstance(said, Mapping) else (said[0], said[1])
    object = object_of(caller, widget)
    may = object is not None and caller.rights.may(object, "update") and caller.rights.field(object, field) == "edit"
    return (str(field), str(value)) if may else None


def object_of(caller: Caller, widget: WidgetModel) -> str | None:
    """The object whose records the widget lists, None where its list view is gone."""
    named = widget.settings.get("list_view")
    if not named:
        return widget.settings.get("object")
    return next((one.object for views in caller.model.list_views.values() for one in views if one.name == named), None)


def view_named(caller: Caller, name: str) -> ListViewModel:
    """The list view of that name. Raises WidgetUnknown."""
    for views in caller.model.list_views.values():
        for one in views:
            if one.name == name:
                return one
    raise WidgetUnknown(
        en=f"There is no list view “{name[:60]}”: choose another.", zh=f"没有列表视图「{name[:60]}」：请另选一个。"
    )


def model_of(caller: Caller, name: str) -> ObjectModel:
    """The object as the caller may know it. Raises NotAllowed, WidgetUnknown."""
    found = visible_objects(caller.rights)
    if name in found:
        return found[name]
    if name in caller.model.objects:
        raise NotAllowed
    raise WidgetUnknown(en=f"There is no object “{name[:60]}”.", zh=f"没有对象「{name[:60]}」。")


def readable(caller: Caller, object: ObjectModel, path: str) -> bool:
    """Whether the caller may read what the path shows."""
    try:
        shown_at(caller.rights, object.name, tuple(path.split(".")))
    except BadField:
        return False
    return True


def columns_of(caller: Caller, object: ObjectModel, paths: Sequence[str]) -> tuple[str, ...]:
    """The name and those of the paths that the caller may read."""
    wanted = dict.fromkeys((object.name_field, *paths))
    return tuple(path for path in wanted if readable(caller, object, path))


def read_paths(caller: Caller, object: str, paths: Sequence[str]) -> list[str]:
    """What is read for the paths: they, the names behind links, the currencies of amounts."""
    found: list[str] = []
    visible = visible_objects(caller.rights)
    for path in dict.fromkeys(paths):
        field = shown_at(caller.rights, object, tuple(path.split(".")))
        found.append(path)
        target = visible.get(field.to) if field.to and field.type.name in _LINKS else None
        if target is not None and target.name_field in caller.rights.shown(target.name):
            found.append(f"{path}.{target.name_field}")
        currency = field.settings.get("currency_field")
        if currency and "." not in path and caller.rights.field(field.object, str(currency)) != "none":
            found.append(str(currency))
    return list(dict.fromkeys(found))
