"""What widgets may name, for pickers: reports, list views, objects and fields that the person may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dougong_platform.query.visible import visible_objects
from dougong_platform.reports.finding import all_of
from dougong_ui_builder.builder.vocabulary import FieldWords, ObjectWords, Option, Vocabulary

if TYPE_CHECKING:
    from dougong_metadata.model.types import ObjectModel
    from dougong_platform.http.caller import Caller


class WidgetWords(Vocabulary):
    """The vocabulary of what is in force, as far as the caller may know it."""

    def __init__(self, caller: Caller) -> None:
        self.locale = caller.locale
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
