"""The fields and relations that a report may be made of, as its builder may know them: walked by paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dougong_metadata.expressions import Scope
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import SPANS
from dougong_platform.own_documents.bodies import known_model
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.lists.columns import HIDDEN, LINKS

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, Model, ObjectModel
    from dougong_platform.http.caller import Caller

FAR_AWAY = frozenset({"owner", "created_at"})  # system fields that matter also behind links
DEEPEST = 4  # links and relations in a row that the palette opens
NUMBERS = frozenset({"number", "money"})
DATES = frozenset({"date", "datetime"})


@dataclass(frozen=True, slots=True)
class Found:
    """What a path names. `field` is None where it ends in a relation, `object` None where it ends in no link; `many`:
    it goes through a relation, so that there are several per record. `steps`: the labels on the way."""

    path: str
    field: FieldModel | None
    object: ObjectModel | None
    many: bool
    steps: tuple[Label, ...]

    @property
    def words(self) -> str:
        """ "Owner › Department" in the page's language."""
        return " › ".join(label_text(step) for step in self.steps)

    @property
    def last(self) -> str:
        """The end of it."""
        return label_text(self.steps[-1])

    @property
    def icon(self) -> str:
        """Of its type, or of the object."""
        if self.field is not None:
            return self.field.type.icon
        return self.object.icon if self.object is not None else "point"

    @property
    def kind(self) -> str:
        """number, date, relation, group (what can be grouped by) or text (what cannot)."""
        if self.field is None:
            return "relation"
        yields = self.field.type.expression_type
        if yields in NUMBERS:
            return "number"
        if yields in DATES:
            return "date"
        return "group" if self.field.type.groupable else "text"

    @property
    def zones(self) -> tuple[str, ...]:
        """Where it can go, the likeliest first."""
        if self.many:
            return ("values",) + (("cross",) if self.field is None else ())
        fits = {
            "number": ("values", "rows", "columns", "where", "fields"),
            "date": ("rows", "columns", "values", "period", "where", "fields"),
            "group": ("rows", "columns", "values", "where", "fields"),
        }
        return fits.get(self.kind, ("fields", "where"))


class Known:
    """Of one object, for one person."""

    def __init__(self, caller: Caller, object: str) -> None:
        self.caller, self.object = caller, object
        self.model: Model = known_model(caller)

    @property
    def exists(self) -> bool:
        """Whether the person may read the object at all."""
        return self.object in self.model.objects

    @cached_property
    def _scope(self) -> Scope:
        return Scope.of(self.model, self.object, "condition")

    def find(self, path: str) -> Found | None:
        """What a path names; None where nothing is to be seen."""
        at: ObjectModel | None = self.model.objects.get(self.object)
        field: FieldModel | None = None
        many, steps = False, []
        for step in path.split("."):
            if at is None:
                return None
            field, link = at.fields.get(step), None
            if field is None:
                link = self._scope.relations(at.name).get(step)
                if link is None:
                    return None
                above, many, at = at, True, self.model.objects.get(link.object)
                if at is None:
                    return None
                steps.append(self._called(above.name, link, at))
            else:
                steps.append(field.label)
                at = self.model.objects.get(field.to) if field.to and field.type.name in LINKS else None
        return Found(path, field, at, many, tuple(steps))

    def below(self, path: str = "") -> Iterator[Found]:
        """The fields and relations one step behind a path; of the object itself without one."""
        above = self.find(path) if path else None
        at = above.object if above is not None else self.model.objects.get(self.object) if not path else None
        if at is None:
            return
        shown = at.fields if above is None else (n for n, f in at.fields.items() if not f.system or n in FAR_AWAY)
        names = [name for name in shown if name not in HIDDEN]
        if above is None or above.many:  # behind a link to one record: its fields alone
            names += [name for name in self._named(at.name) if name not in at.fields]
        for name in names:
            found = self.find(f"{path}.{name}" if path else name)
            if found is not None:
                yield found

    def relations(self) -> Mapping[str, str]:
        """The object's relations by name, each with its label."""
        return {
            name: label_text(self._called(self.object, link, self.model.objects[link.object]))
            for name, link in self._named(self.object).items()
            if link.object in self.model.objects
        }

    def _called(self, object: str, link: FieldModel, of: ObjectModel) -> Label:
        """The records of a relation; with the link's name where they point to the object by several."""
        links = {one.name for one in self._scope.relations(object).values() if one.object == link.object}
        if len(links) < 2:
            return of.plural
        return Label(f"{of.plural.en} ({link.label.en})", f"{of.plural.zh}（{link.label.zh}）")

    def _named(self, object: str) -> Mapping[str, FieldModel]:
        """The relations of an object, each under one name: the one that its link gives it."""
        found = self._scope.relations(object)
        return {name: link for name, link in found.items() if link.relation in (None, name)}

    def relation_object(self, name: str) -> str | None:
        """Whose records a relation is."""
        link = self._scope.relations(self.object).get(name)
        return link.object if link is not None else None

    def dates(self) -> list[Found]:
        """The dates and moments of the object and of what its links lead to."""
        own = list(self.below())
        linked = [inner for one in own if one.object and not one.many for inner in self.below(one.path)]
        return [one for one in (*own, *linked) if one.kind == "date" and not one.many]

    def pipeline_fields(self) -> list[Found]:
        """The picklists of the object, those of its pipelines first."""
        at = self.model.objects.get(self.object)
        staged = {one.field for one in at.pipelines} if at is not None else set()
        found = [one for one in self.below() if one.field is not None and one.field.picklist is not None]
        found = [one for one in found if one.field is not None and one.field.type.expression_type != "list"]
        return sorted(found, key=lambda one: one.path not in staged)


def usual_span(found: Found) -> str | None:
    """How dates are grouped when nobody has said; None for what is no date."""
    return SPANS[2] if found.kind == "date" else None
