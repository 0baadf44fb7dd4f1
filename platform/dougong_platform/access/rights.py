"""What a user's permission sets grant together; made once per (model, sets) and held by every Caller.

Several sets widen one another: the highest grant on an object, an action or a field wins.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from threading import Lock
from typing import Literal

from dougong_metadata.model.types import Model, ObjectModel, ObjectRight

Level = Literal["none", "read", "edit"]
Action = Literal["read", "update", "delete"]

SYSTEM_RIGHTS = frozenset({"metadata", "people", "tokens", "jobs", "audit"})
SCOPES: tuple[str, ...] = ("none", "own", "all")
LEVELS: tuple[Level, ...] = ("none", "read", "edit")

NOTHING = ObjectRight()
EVERYTHING = ObjectRight(create=True, read="all", update="all", delete="all", import_=True, export=True)
LOOKING = ObjectRight(read="all")  # of everybody, on users, departments and teams: names must be readable


class Rights:
    """Grants on objects and fields, system rights and apps. Immutable, shared by all users with equal sets.

    `shape` is hashable and equal where two users' statements have the same text.
    """

    __slots__ = ("_fields", "_objects", "_readable", "_sets", "apps", "is_admin", "model", "shape", "system")

    def __init__(self, model: Model, permission_sets: Iterable[str], is_admin: bool) -> None:
        names = sorted(set(permission_sets) & set(model.permission_sets))
        self.model = model
        self._sets = tuple(model.permission_sets[name] for name in names)
        self._objects: dict[str, ObjectRight] = {}
        self._fields: dict[tuple[str, str], Level] = {}
        self._readable: dict[str, tuple[str, ...]] = {}
        self.is_admin = is_admin
        self.system = SYSTEM_RIGHTS if is_admin else frozenset().union(*(s.system for s in self._sets))
        open_apps = is_admin or not self._sets or any(not s.apps for s in self._sets)
        self.apps = tuple(a for a in model.apps if open_apps or any(a in s.apps for s in self._sets))
        self.shape: Hashable = "admin" if is_admin else tuple(names)

    def object(self, name: str) -> ObjectRight:
        """The grant on object `name`; everything none for an object that does not exist."""
        right = self._objects.get(name)
        if right is None:
            right = self._objects[name] = self._object(name)
        return right

    def field(self, object: str, field: str) -> Level:
        """none, read or edit: the most that any set grants, never more than the object's own right."""
        key = (object, field)
        level = self._fields.get(key)
        if level is None:
            level = self._fields[key] = self._field(object, field)
        return level

    def fields(self, object: str) -> tuple[str, ...]:
        """Names of the fields that may be read, in the model's order."""
        names = self._readable.get(object)
        if names is None:
            found = self.model.objects.get(object)
            all_names = found.fields if found is not None and self.object(object).read != "none" else ()
            names = tuple(name for name in all_names if self.field(object, name) != "none")
            self._readable[object] = names
        return names

    def may(self, object: str, action: str) -> bool:
        """Whether `action` (create, read, update, delete, import, export) is granted on any record of the object."""
        value = getattr(self.object(object), "import_" if action == "import" else action)
        return value is True or value in ("own", "all")

    def granted_by(self, object: str, action: str) -> tuple[str, ...]:
        """The permission sets that grant `action` on the object with the widest scope, for explanations."""
        name = "import_" if action == "import" else action
        widest = getattr(self.object(object), name)
        return tuple(
            s.name for s in self._sets if getattr(_right(s.objects.get(object), s.all_objects), name) == widest
        )

    def _object(self, name: str) -> ObjectRight:
        found = self.model.objects.get(name)
        if found is None:
            return NOTHING
        if found.system:
            return LOOKING
        if self.is_admin:
            return EVERYTHING
        rights = [_right(s.objects.get(name), s.all_objects) for s in self._sets]
        return ObjectRight(
            create=any(r.create for r in rights),
            read=_widest(r.read for r in rights),
            update=_widest(r.update for r in rights),
            delete=_widest(r.delete for r in rights),
            import_=any(r.import_ for r in rights),
            export=any(r.export for r in rights),
        )

    def _field(self, object: str, field: str) -> Level:
        found, right = self.model.objects.get(object), self.object(object)
        if found is None or field not in found.fields or (right.read == "none" and not right.create):
            return "none"
        most: Level = "edit" if right.create or right.update != "none" else "read"
        if self.is_admin or field in ("id", "version"):
            return most
        granted = self._granted_on_field(found, field)
        return LEVELS[min(LEVELS.index(most), LEVELS.index(granted))]

    def _granted_on_field(self, object: ObjectModel, field: str) -> Level:
        levels: list[Level] = []
        for one in self._sets:
            explicit = one.fields.get(f"{object.name}.{field}")
            right = LOOKING if object.system else _right(one.objects.get(object.name), one.all_objects)
            if explicit in LEVELS:
                levels.append(explicit)
            elif right.create or right.update != "none":
                levels.append("edit")
            elif right.read != "none":
                levels.append("read")
        if not levels:
            return "read" if object.system else "none"
        return max(levels, key=LEVELS.index)


def _right(own: ObjectRight | None, all_objects: ObjectRight | None) -> ObjectRight:
    return own or all_objects or NOTHING


def _widest(scopes: Iterable[str]) -> str:
    return max(scopes, key=SCOPES.index, default="none")


_CACHED: OrderedDict[Hashable, Rights] = OrderedDict()
_LOCK = Lock()


def rights_for(model: Model, permission_sets: Iterable[str], is_admin: bool) -> Rights:
    """The Rights of these sets under this model, from a bounded cache."""
    key = (model.hash, is_admin, tuple(sorted(permission_sets)))
    with _LOCK:
        rights = _CACHED.get(key)
        if rights is None:
            rights = _CACHED[key] = Rights(model, permission_sets, is_admin)
            if len(_CACHED) > 1000:
                _CACHED.popitem(last=False)
        else:
            _CACHED.move_to_end(key)
    return rights
