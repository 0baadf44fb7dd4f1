"""Resolves every reference in the documents: objects, fields, paths, picklists … Unknown ones are problems with the
nearest right name; known ones are noted as uses, for "where used" and for what a change touches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dougong_metadata.kinds.registry import registered
from dougong_metadata.kinds.walking import Found
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import FieldModel, Use
from dougong_metadata.problems import Problems, path_text, unknown_sentences

MAX_STEPS = 10  # of a path


class ReferenceCheck:
    """Checks the references of one document after the other against `names`."""

    def __init__(self, names: Names, problems: Problems) -> None:
        self.names, self.problems = names, problems
        self._resolve: dict[str, Callable[[Loaded, Found], object]] = {
            "object": self._object,
            "object_or_all": self._object_or_all,
            "field": self._field,
            "cell": self._cell,
            "path": self._path,
            "sort": self._sort,
            "number_field": self._number,
            "picklist_field": self._picklist_field,
            "picklist": self._picklist,
            "app": self._app,
            "list_view": self._list_view,
            "report": self._report,
            "record_type": self._record_type,
            "object_field": self._object_field,
            "permission_set": self._permission_set,
            "kind": self._kind,
        }

    def check(self, loaded: Sequence[Loaded]) -> None:
        """Records the problems and uses of these documents."""
        for one in loaded:
            for found in one.kind.references(one.name, one.body):
                resolve = self._resolve.get(found.what)
                if resolve is not None:
                    resolve(one, found)

    def field_at(self, one: Loaded, found: Found, path: str) -> FieldModel | None:
        """The field at the end of "shelf.room", noting every step; None where there is none (recorded)."""
        at, field = found.scope, None
        steps = path.split(".")
        if len(steps) > MAX_STEPS:
            self.problems.add(
                one.document,
                found.path,
                "too_deep",
                f"A path may have at most {MAX_STEPS} steps.",
                f"路径最多 {MAX_STEPS} 段。",
            )
            return None
        for index, step in enumerate(steps):
            if at is None or at not in self.names.fields:
                return None  # the missing object is reported where it is named
            fields = self.names.fields[at]
            if step not in fields:
                self._unknown_field(one, found, at, steps, index)
                return None
            field = fields[step]
            if field is None:
                return None
            self.names.used(f"{at}.{step}", self._use(one, found))
            if index + 1 < len(steps) and field.to is None:
                self.problems.add(
                    one.document,
                    found.path,
                    "no_link",
                    f"“{step}” of {at} leads to no other object.",
                    f"{at} 的「{step}」不指向其他对象。",
                )
                return None
            at = field.to
        return field

    def _unknown_field(self, one: Loaded, found: Found, at: str, steps: list[str], index: int) -> None:
        self.problems.unknown(
            one.document, found.path, steps[index], f"a field of {at}", f"{at} 字段", self.names.fields[at]
        )

    def _use(self, one: Loaded, found: Found) -> Use:
        return Use(one.kind.name, one.name, path_text(found.path))

    def _object(self, one: Loaded, found: Found) -> None:
        if found.value in self.names.fields:
            self.names.used(found.value, self._use(one, found))
        else:
            self.problems.unknown(one.document, found.path, found.value, "an object", "对象", self.names.fields)

    def _object_or_all(self, one: Loaded, found: Found) -> None:
        if found.value != "*":
            self._object(one, found)

    def _field(self, one: Loaded, found: Found) -> FieldModel | None:
        if "." in found.value and found.scope in self.names.fields:
            self._unknown_field(one, found, found.scope or "", [found.value], 0)
            return None
        return self.field_at(one, found, found.value)

    def _cell(self, one: Loaded, found: Found) -> None:
        if found.value != "-":
            self._field(one, found)

    def _path(self, one: Loaded, found: Found) -> None:
        self.field_at(one, found, found.value)

    def _sort(self, one: Loaded, found: Found) -> None:
        field = self.field_at(one, found, found.value.removeprefix("-"))
        if field is not None and not field.type.sortable:
            self.problems.add(
                one.document,
                found.path,
                "not_sortable",
                f"Records cannot be sorted by a field of type {field.type.name}.",
                f"不能按 {field.type.name} 类型的字段排序。",
            )

    def _number(self, one: Loaded, found: Found) -> None:
        field = self.field_at(one, found, found.value)
        if field is not None and field.type.expression_type not in ("number", "money"):
            self.problems.add(
                one.document,
                found.path,
                "not_a_number_field",
                f"“{found.value}” is no number.",
                f"「{found.value}」不是数值字段。",
            )

    def _picklist_field(self, one: Loaded, found: Found) -> None:
        field = self._field(one, found)
        if field is not None and (field.picklist is None or field.type.expression_type == "list"):
            self.problems.add(
                one.document,
                found.path,
                "not_a_picklist",
                f"“{found.value}” is not a picklist field.",
                f"「{found.value}」不是单选字段。",
            )

    def _picklist(self, one: Loaded, found: Found) -> None:
        if found.value in self.names.picklists:
            self.names.used(f"picklist/{found.value}", self._use(one, found))
        else:
            self.problems.unknown(one.document, found.path, found.value, "a picklist", "选项列表", self.names.picklists)

    def _app(self, one: Loaded, found: Found) -> None:
        if found.value in self.names.apps:
            self.names.used(f"app/{found.value}", self._use(one, found))
        else:
            self.problems.unknown(one.document, found.path, found.value, "an app", "应用", self.names.apps)

    def _list_view(self, one: Loaded, found: Found) -> None:
        known = [name for name, of in self.names.list_views.items() if found.scope is None or of == found.scope]
        if found.value in known:
            self.names.used(f"list_view/{found.value}", self._use(one, found))
        else:
            en, zh = (f" of {found.scope}", f"{found.scope} ") if found.scope else ("", "")
            self.problems.unknown(one.document, found.path, found.value, f"a list view{en}", f"{zh}列表视图", known)

    def _report(self, one: Loaded, found: Found) -> None:
        known = self.names.reports
        if found.value in known:
            self.names.used(f"report/{found.value}", self._use(one, found))
        else:
            self.problems.unknown(one.document, found.path, found.value, "a report", "报表", sorted(known))

    def _permission_set(self, one: Loaded, found: Found) -> None:
        known = self.names.permission_sets
        if found.value in known:
            self.names.used(f"permission_set/{found.value}", self._use(one, found))
        else:
            self.problems.unknown(one.document, found.path, found.value, "a permission set", "权限集", known)

    def _kind(self, one: Loaded, found: Found) -> None:
        if found.value not in registered():
            self.problems.unknown(one.document, found.path, found.value, "a kind of document", "文档类型", registered())

    def _record_type(self, one: Loaded, found: Found) -> None:
        known = self.names.record_types.get(found.scope or "", {})
        if found.value not in known and found.scope in self.names.fields:
            self.problems.unknown(
                one.document,
                found.path,
                found.value,
                f"a record type of {found.scope}",
                f"{found.scope} 记录类型",
                known,
            )

    def _object_field(self, one: Loaded, found: Found) -> None:
        name, dot, field = found.value.partition(".")
        if not dot:
            hint = f"{name}.…" if name in self.names.fields else None
            en, zh = unknown_sentences(found.value, "of the form object.field", "「对象.字段」", hint)
            self.problems.add(one.document, found.path, "unknown_name", en, zh, hint=hint)
        elif name not in self.names.fields:
            self.problems.unknown(one.document, found.path, name, "an object", "对象", self.names.fields)
        else:
            self._field(one, Found("field", field, found.path, name))
