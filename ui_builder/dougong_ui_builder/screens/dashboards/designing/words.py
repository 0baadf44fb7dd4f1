"""What widgets may name, for pickers: reports, list views, objects and fields that the person may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_platform.query.visible import visible_objects
from dougong_platform.reports.finding import all_of
from dougong_ui_builder.builder.vocabulary import FieldWords, ObjectWords, Option, Vocabulary

if TYPE_CHECKING:
    from dougong_metadata.model.types import ObjectModel
    from dougong_platform.http.caller import Caller

DATES = frozenset({"date", "datetime"})


class WidgetWords(Vocabulary):
    """The vocabulary of what is in force, as far as the caller may know it. `about`: the settings of the widget that
    asks, where there is one: which values there are depends on its report, a calendar goes by dates alone."""

    def __init__(self, caller: Caller, about: Mapping[str, Any] | None = None) -> None:
        self.locale = caller.locale
        self._about = about or {}
        self._caller = caller
        self.reports = {one.key: one.report for one in all_of(caller) if not one.problems}
        found = visible_objects(caller.rights)
        self.objects = {name: _object(found[name]) for name in found}

    def options(self, what: str, object: str | None) -> list[Option] | None:
        """Reports and list views by their names; the rest as everywhere."""
        if what == "report":
            return [(key, report.label.text(self.locale)) for key, report in self.reports.items()]
        if what == "list_view":
            return self._list_views()
        if what in ("object", "object_or_all", "field", "cell", "picklist_field", "number_field", "record_type"):
            return super().options(what, object) if object or what == "object" else None
        if what == "path" and self._about.get("type") == "calendar" and object in self.objects:
            fields = self.objects[object].fields.values()
            return [self._named(field) for field in fields if field.type in DATES]
        if what == "report_value" and (report := self.reports.get(str(self._about.get("report")))):
            return [(one.name, one.label.text(self.locale)) for one in report.values]
        return None

    def _list_views(self) -> list[Option]:
        return [
            (view.name, f"{self.objects[name].plural.text(self.locale)} · {view.label.text(self.locale)}")
            for name, views in self._caller.model.list_views.items()
            if name in self.objects
            for view in views
        ]


def _object(model: ObjectModel) -> ObjectWords:
    fields = {
        field.name: FieldWords(field.name, field.label, field.type.name, field.to, field.required, field.system)
        for field in model.fields.values()
    }
    return ObjectWords(model.name, model.label, model.plural, model.icon, model.system, fields, {}, {})
