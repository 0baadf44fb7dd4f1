"""What a set of documents names: objects with their fields, picklists, apps. References are resolved against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong_metadata.expressions.calendars import EVERY_WEEK, WorkingDays
from dougong_metadata.expressions.scope import Past
from dougong_metadata.model.types import FieldModel, PicklistModel, Use


@dataclass(slots=True)
class Names:
    """`fields` holds every field that documents mention; one whose definition is wrong is None (reported already)."""

    fields: dict[str, dict[str, FieldModel | None]] = field(default_factory=dict)
    record_types: dict[str, Mapping[str, object]] = field(default_factory=dict)
    name_fields: dict[str, str] = field(default_factory=dict)  # by object, where its document says so rightly
    picklists: dict[str, PicklistModel | None] = field(default_factory=dict)
    apps: set[str] = field(default_factory=set)
    permission_sets: set[str] = field(default_factory=set)
    list_views: dict[str, str | None] = field(default_factory=dict)  # with the object of each
    working_days: WorkingDays = EVERY_WEEK  # of the default calendar
    reports: set[str] = field(default_factory=set)
    past: dict[str, Past] = field(default_factory=dict)  # by object
    uses: dict[str, list[Use]] = field(default_factory=dict)

    def used(self, what: str, use: Use) -> None:
        """Notes that `use` refers to `what` ("book", "book.title", "picklist/genre")."""
        places = self.uses.setdefault(what, [])
        if use not in places:
            places.append(use)

    def good_fields(self, name: str) -> dict[str, FieldModel]:
        """The fields of an object that are right. Raises KeyError where there is no such object."""
        return {key: model for key, model in self.fields[name].items() if model is not None}

    @property
    def broken(self) -> set[str]:
        """Names of fields that are wrong or point to nothing: what mentions them cannot be judged."""
        return {
            key
            for fields in self.fields.values()
            for key, model in fields.items()
            if model is None or (model.to is not None and model.to not in self.fields)
        }

    @property
    def half_known(self) -> set[str]:
        """Objects some of whose fields are wrong: whether they point to others cannot be judged."""
        broken = self.broken
        return {name for name, fields in self.fields.items() if not broken.isdisjoint(fields)}
