"""Two permission sets side by side: what each grants on every object, field, app and part of the system. Called by the
API and by the builder's page; it compares what the sets come to, however they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dougong_metadata.kinds import registered
from dougong_metadata.kinds.permission_set import FIELD_RIGHTS, SCOPES, SYSTEM_RIGHTS
from dougong_metadata.label import Label
from dougong_metadata.model.types import Model, ObjectModel
from dougong_platform.access.rights import Rights
from dougong_platform.errors import NotFound
from dougong_tenants import ADMINISTRATOR

SCOPED = ("read", "update", "delete")
TICKED = ("create", "import", "export", "merge", "share")
ACTIONS = {
    "create": Label("Create", "新建"),
    "read": Label("Read", "查看"),
    "update": Label("Update", "修改"),
    "delete": Label("Delete", "删除"),
    "import": Label("Import", "导入"),
    "export": Label("Export", "导出"),
    "merge": Label("Merge", "合并"),
    "share": Label("Share", "共享"),
    "record_types": Label("Record types", "记录类型"),
}
PARTS = {
    "system": Label("System rights", "系统权限"),
    "kinds": Label("Kinds of metadata", "可维护的元数据"),
    "apps": Label("Apps", "应用"),
    "object": Label("Objects", "对象"),
    "field": Label("Fields", "字段"),
}
YES, NO, ALL = Label("Yes", "是"), Label("No", "否"), Label("All", "全部")


@dataclass(frozen=True, slots=True)
class Compared:
    """One right. `part`: system, kinds, apps, object or field; `subject`: its name ("price", "update", "people");
    `a`, `b`: the values as api words, `a_words`, `b_words` for people."""

    part: str
    object: str | None
    object_label: str
    subject: str
    label: str
    a: str
    b: str
    a_words: str
    b_words: str

    @property
    def differs(self) -> bool:
        """Whether the two sets grant something else here."""
        return self.a != self.b


@dataclass(frozen=True, slots=True)
class _Said:
    value: str
    words: Label


def compare(model: Model, a: str, b: str, locale: str) -> list[Compared]:
    """Every right of the two sets, also where they agree. Raises NotFound for a set that does not exist."""
    rights = []
    for name in (a, b):
        if name not in model.permission_sets:
            raise NotFound
        rights.append(Rights(model, (name,), name == ADMINISTRATOR))
    return list(_rows(model, rights[0], rights[1], locale))


def _rows(model: Model, a: Rights, b: Rights, locale: str) -> Iterator[Compared]:
    for name, (en, zh) in SYSTEM_RIGHTS.items():
        yield _row("system", None, name, Label(en, zh), _tick(name in a.system), _tick(name in b.system), locale)
    for name, kind in registered().items():
        label = Label(kind.plural["en"], kind.plural["zh"])
        yield _row("kinds", None, name, label, _tick(a.may_shape(name)), _tick(b.may_shape(name)), locale)
    for name, app in model.apps.items():
        yield _row("apps", None, name, app.label, _tick(name in a.apps), _tick(name in b.apps), locale)
    for found in model.objects.values():
        if not found.system:
            yield from _object_rows(found, a, b, locale)


def _object_rows(found: ObjectModel, a: Rights, b: Rights, locale: str) -> Iterator[Compared]:
    for action, label in ACTIONS.items():
        if action == "record_types" and not found.record_types:
            continue
        yield _row("object", found, action, label, _may(a, found, action), _may(b, found, action), locale)
    for name, field in found.fields.items():
        if name not in ("id", "version"):
            yield _row("field", found, name, field.label, _level(a, found, name), _level(b, found, name), locale)


def _row(part: str, found: ObjectModel | None, subject: str, label: Label, a: _Said, b: _Said, locale: str) -> Compared:
    return Compared(
        part,
        found.name if found else None,
        found.label.text(locale) if found else "",
        subject,
        label.text(locale),
        a.value,
        b.value,
        a.words.text(locale),
        b.words.text(locale),
    )


def _may(rights: Rights, found: ObjectModel, action: str) -> _Said:
    right = rights.object(found.name)
    if action in SCOPED:
        scope = getattr(right, action)
        return _Said(scope, Label(*SCOPES[scope]))
    if action in TICKED:
        return _tick(rights.may(found.name, action))
    types = rights.record_types(found.name)
    if not right.create and right.update == "none":
        return _tick(False)
    if types is None:
        return _Said("all", ALL)
    labels = [found.record_types[name].label for name in sorted(types) if name in found.record_types]
    return _Said(",".join(sorted(types)), Label(", ".join(x.en for x in labels), "、".join(x.zh for x in labels)))


def _level(rights: Rights, found: ObjectModel, field: str) -> _Said:
    level = "mask" if rights.masked(found.name, field) else rights.field(found.name, field)
    return _Said(level, Label(*FIELD_RIGHTS[level]))


def _tick(granted: bool) -> _Said:
    return _Said("yes", YES) if granted else _Said("no", NO)
