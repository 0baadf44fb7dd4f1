"""The model as one user may know it: objects and fields without read right are absent, so that expressions over them
fail exactly as over names that do not exist. Handed to `check` for every filter, sort and aggregate.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from threading import Lock

from dougong_metadata.model.report_types import ReportModel
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.access.rights import Rights


class VisibleObjects(Mapping[str, ObjectModel]):
    """Objects by name, narrowed when first asked for."""

    def __init__(self, rights: Rights) -> None:
        self._rights = rights
        self._names = tuple(n for n in rights.model.objects if rights.object(n).read != "none")
        self._known = frozenset(self._names)
        self._made: dict[str, ObjectModel] = {}

    def __getitem__(self, name: str) -> ObjectModel:
        if name not in self._known:
            raise KeyError(name)
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._narrow(self._rights.model.objects[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def _narrow(self, object: ObjectModel) -> ObjectModel:
        names = self._rights.fields(object.name)
        fields = {name: self._closed(object.fields[name]) for name in names}
        return replace(
            object,
            fields=fields,
            details=self._open(object.details),
            referrers=self._open(object.referrers),
            validations=(),
        )

    def _closed(self, field: FieldModel) -> FieldModel:
        """A link to an object that may not be read stays a value, but leads nowhere."""
        return field if field.to is None or field.to in self._known else replace(field, to=None)

    def _open(self, links: tuple[FieldModel, ...]) -> tuple[FieldModel, ...]:
        return tuple(f for f in links if f.object in self._known and self._rights.field(f.object, f.name) != "none")


def sees_report(rights: Rights, report: ReportModel) -> bool:
    """Whether a report of the tenant is for people with these rights, and its object one that they may read."""
    if report.object not in rights.model.objects or rights.object(report.object).read == "none":
        return False
    return rights.is_admin or not report.for_sets or not report.for_sets.isdisjoint(rights.names)


def followers(rights: Rights, object: str) -> tuple[FieldModel, ...]:
    """The lookups that point to the object and along which its shares can be extended, as far as they may be known."""
    return tuple(
        field
        for other in visible_objects(rights).values()
        for field in other.fields.values()
        if field.follows_shares and field.to == object
    )


_MADE: OrderedDict[Hashable, VisibleObjects] = OrderedDict()
_LOCK = Lock()


def visible_objects(rights: Rights) -> VisibleObjects:
    """Shared by all users with equal rights under an equal model."""
    key = (rights.model.hash, rights.shape)
    with _LOCK:
        found = _MADE.get(key)
        if found is None:
            found = _MADE[key] = VisibleObjects(rights)
            if len(_MADE) > 500:
                _MADE.popitem(last=False)
        else:
            _MADE.move_to_end(key)
    return found
