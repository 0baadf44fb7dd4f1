"""What a user's permission sets grant together, and which sharing rules reach him; held by every Caller.

Several sets widen one another: what any of them grants on an object, an action or a field is granted.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from threading import Lock
from typing import Literal

from dougong_metadata.model.types import Model, ObjectModel, ObjectRight, PermissionSetModel, SharingRule
from dougong_platform.access.scopes import ALL, parameters, together, widest
from dougong_tenants.organisation import Reach, alone

Level = Literal["none", "read", "edit"]
Action = Literal["read", "update", "delete"]

SYSTEM_RIGHTS = frozenset({"metadata", "people", "tokens", "jobs", "audit"})
ACTIONS: tuple[Action, ...] = ("read", "update", "delete")
_LEVELS = ("none", "mask", "read", "edit")

NOTHING = ObjectRight()
EVERYTHING = ObjectRight(
    create=True, read="all", update="all", delete="all", import_=True, export=True, merge=True, share=True
)
LOOKING = ObjectRight(read="all")  # of everybody, on users, departments and teams: names must be readable


class Rights:
    """Grants on objects and fields, system rights, apps and the sharing rules that apply. Immutable, shared by all
    users with equal sets and rules.

    `shape` is hashable and equal where two users' statements have the same text. `lonely`: the user is the only owner
    whose records count as his own.
    """

    __slots__ = (
        "_fields", "_objects", "_readable", "_scopes", "_sets", "apps", "is_admin", "kinds", "lonely", "model", "names",
        "rules", "shape", "system",
    )  # fmt: skip

    def __init__(
        self,
        model: Model,
        permission_sets: Iterable[str],
        is_admin: bool,
        rules: Mapping[str, tuple[SharingRule, ...]] | None = None,
        lonely: bool = True,
    ) -> None:
        names = sorted(set(permission_sets) & set(model.permission_sets))
        self.model = model
        self.names = tuple(names)
        self._sets = tuple(model.permission_sets[name] for name in names)
        self._objects: dict[str, ObjectRight] = {}
        self._scopes: dict[tuple[str, Action], frozenset[str]] = {}
        self._fields: dict[tuple[str, str], str] = {}
        self._readable: dict[str, tuple[str, ...]] = {}
        self.is_admin = is_admin
        self.rules: Mapping[str, tuple[SharingRule, ...]] = {} if is_admin or rules is None else rules
        self.lonely = lonely
        self.system = SYSTEM_RIGHTS if is_admin else frozenset().union(*(s.system for s in self._sets))
        self.kinds = frozenset().union(*(s.kinds for s in self._sets))
        open_apps = is_admin or not self._sets or any(not s.apps for s in self._sets)
        self.apps = tuple(a for a in model.apps if open_apps or any(a in s.apps for s in self._sets))
        ruled = tuple(sorted(rule.name for rules in self.rules.values() for rule in rules))
        self.shape: Hashable = "admin" if is_admin else (tuple(names), ruled, lonely)

    def object(self, name: str) -> ObjectRight:
        """The grant on object `name`; everything none for an object that does not exist.

        Where several scopes are granted on an action, its word is the widest: `scopes` has them all.
        """
        right = self._objects.get(name)
        if right is None:
            right = self._objects[name] = self._object(name)
        return right

    def scopes(self, object: str, action: Action) -> frozenset[str]:
        """The scopes granted on an action, none of which holds another; empty for none (see access.scopes)."""
        found = self._scopes.get((object, action))
        if found is None:
            found = self._scopes[object, action] = self._together(object, action)
        return found

    def field(self, object: str, field: str) -> Level:
        """none, read or edit: the most that any set grants, never more than the object's own right.

        A masked field is none here: who does not know of masks hides it.
        """
        level = self._level(object, field)
        return "none" if level == "mask" else level  # type: ignore[return-value]  # one of the other three

    def masked(self, object: str, field: str) -> bool:
        """Whether only a masked value of the field may be shown (access.masking)."""
        return self._level(object, field) == "mask"

    def fields(self, object: str) -> tuple[str, ...]:
        """Names of the fields that may be read, in the model's order."""
        names = self._readable.get(object)
        if names is None:
            found = self.model.objects.get(object)
            all_names = found.fields if found is not None and self.object(object).read != "none" else ()
            names = tuple(name for name in all_names if self.field(object, name) != "none")
            self._readable[object] = names
        return names

    def shown(self, object: str) -> tuple[str, ...]:
        """Names of the fields of which something is shown, masked ones too, in the model's order."""
        found = self.model.objects.get(object)
        if found is None or self.object(object).read == "none":
            return ()
        return tuple(name for name in found.fields if self._level(object, name) != "none")

    def may(self, object: str, action: str) -> bool:
        """Whether `action` (create, read, update, delete, import, export, merge, share) is granted on any record."""
        value = getattr(self.object(object), "import_" if action == "import" else action)
        return value is True or (isinstance(value, str) and value != "none")

    def may_shape(self, kind: str) -> bool:
        """Whether documents of this kind may be changed."""
        return "metadata" in self.system or kind in self.kinds

    def record_types(self, object: str) -> frozenset[str] | None:
        """The record types that may be created and chosen; None = all of them."""
        if self.is_admin:
            return None
        found: set[str] = set()
        for one in self._sets:
            right = _right(one.objects.get(object), one.all_objects)
            if (right.create or right.update != "none") and not right.record_types:
                return None
            found.update(right.record_types)
        return frozenset(found) if found else None

    def first_record_type(self, object: str) -> str | None:
        """What a new record is where none is chosen: the object's default, or the first that may be chosen."""
        types = self.model.objects[object].record_types
        usual = next((one.name for one in types.values() if one.default), None)
        permitted = self.record_types(object)
        if permitted is None or usual in permitted:
            return usual
        return next((name for name in types if name in permitted), None)

    def granted_by(self, object: str, action: str, scope: str | None = None) -> tuple[str, ...]:
        """The permission sets that grant `action` on the object: with this scope, or at all."""
        name = "import_" if action == "import" else action
        found = []
        for one in self._sets:
            value = getattr(_right(one.objects.get(object), one.all_objects), name)
            if value == scope or (scope is None and value not in (False, "none")):
                found.append(one.name)
        return tuple(found)

    def scope_of(self, permission_set: str, object: str, action: Action) -> str:
        """The scope that one of the sets grants."""
        one = self.model.permission_sets[permission_set]
        return str(getattr(_right(one.objects.get(object), one.all_objects), action))

    def field_granted_by(self, object: str, field: str) -> tuple[tuple[str, str], ...]:
        """(permission set, level) of each set that holds the object, for explanations."""
        found = self.model.objects.get(object)
        if found is None or field not in found.fields:
            return ()
        return tuple((one.name, level) for one in self._sets if (level := _said(one, found, field)) is not None)

    def parameters(self, reach: Reach) -> Mapping[str, str]:
        """The owner lists that this user's statements may ask for, by parameter name."""
        names = [name for name, found in self.model.objects.items() if not found.system]
        lists = {self.scopes(name, action) for name in names for action in ACTIONS} - {frozenset(), ALL}
        return parameters(reach, lists)

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
            read=widest(r.read for r in rights),
            update=widest(r.update for r in rights),
            delete=widest(r.delete for r in rights),
            import_=any(r.import_ for r in rights),
            export=any(r.export for r in rights),
            merge=any(r.merge for r in rights),
            share=any(r.share for r in rights),
        )

    def _together(self, object: str, action: Action) -> frozenset[str]:
        right = self.object(object)
        if right in (EVERYTHING, LOOKING, NOTHING):
            return together([getattr(right, action)])
        found = []
        for one in self._sets:
            scope = getattr(_right(one.objects.get(object), one.all_objects), action)
            found.append(f"departments:{one.name}" if scope == "departments" else scope)
        return together(found)

    def _level(self, object: str, field: str) -> str:
        key = (object, field)
        level = self._fields.get(key)
        if level is None:
            level = self._fields[key] = self._field(object, field)
        return level

    def _field(self, object: str, field: str) -> str:
        found, right = self.model.objects.get(object), self.object(object)
        if found is None or field not in found.fields or (right.read == "none" and not right.create):
            return "none"
        most = "edit" if right.create or right.update != "none" else "read"
        formula = found.fields[field].formula
        if formula is not None or found.fields[field].rollup is not None:
            most = "read"
        if self.is_admin or field in ("id", "version"):
            return most
        if formula is not None and any(self._level(*read) in ("none", "mask") for read in formula.fields):
            return "none"  # it would tell what it reads
        said = [level for one in self._sets if (level := _said(one, found, field)) is not None]
        granted = max(said, key=_LEVELS.index) if said else "read" if found.system else "none"
        return min(most, granted, key=_LEVELS.index)


def _said(one: PermissionSetModel, found: ObjectModel, field: str) -> str | None:
    """The level that one set grants on a field; None where it says nothing of the object."""
    explicit = one.fields.get(f"{found.name}.{field}")
    right = LOOKING if found.system else _right(one.objects.get(found.name), one.all_objects)
    if explicit in _LEVELS:
        return str(explicit)
    if right.create or right.update != "none":
        return "edit"
    return "read" if right.read != "none" else None


def _right(own: ObjectRight | None, all_objects: ObjectRight | None) -> ObjectRight:
    return own or all_objects or NOTHING


def rules_for(model: Model, reach: Reach, permission_sets: Iterable[str]) -> dict[str, tuple[SharingRule, ...]]:
    """The sharing rules that reach somebody, by object."""
    sets = frozenset(permission_sets)
    return {
        name: reached
        for name, rules in model.sharing.items()
        if (reached := tuple(rule for rule in rules if reaches(rule, reach, sets)))
    }


def reaches(rule: SharingRule, reach: Reach, permission_sets: frozenset[str]) -> bool:
    """Whether a rule is made out to somebody: to himself, or to what he belongs to."""
    return bool(
        rule.everyone
        or rule.permission_sets & permission_sets
        or rule.departments & reach.departments
        or rule.departments_below & reach.departments_above
        or rule.teams & reach.teams
        or rule.users & reach.emails
    )


_CACHED: OrderedDict[Hashable, Rights] = OrderedDict()
_LOCK = Lock()


def rights_for(model: Model, permission_sets: Iterable[str], is_admin: bool, reach: Reach | None = None) -> Rights:
    """The Rights of these sets for somebody of this reach under this model, from a bounded cache."""
    sets = tuple(sorted(permission_sets))
    rules = {} if is_admin else rules_for(model, reach or alone(""), sets)
    ruled = tuple(rule.name for found in rules.values() for rule in found)
    lonely = reach is None or len(reach.own) == 1
    key = (model.hash, is_admin, sets, ruled, lonely)
    with _LOCK:
        rights = _CACHED.get(key)
        if rights is None:
            rights = _CACHED[key] = Rights(model, sets, is_admin, rules, lonely)
            if len(_CACHED) > 1000:
                _CACHED.popitem(last=False)
        else:
            _CACHED.move_to_end(key)
    return rights
