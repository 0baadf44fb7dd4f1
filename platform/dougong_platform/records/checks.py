"""Everything a row must satisfy that only the database can tell, as one list of numbered SQL conditions.

A condition is true where the row is wrong. The statement returns the numbers; `refusals` makes sentences of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dougong_metadata.model.types import FieldModel
from dougong_platform.access import Action, predicate
from dougong_platform.records.approval_checks import LOCKS, lock_checks, parent_check
from dougong_platform.records.check import Check
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.rule_conditions import broken
from dougong_platform.records.shape import Shape
from dougong_platform.records.stage_checks import stage_checks
from dougong_platform.records.statement import fragment, literal, quoted
from dougong_platform.storage.tables import tables


class Checks:
    """Collects checks with the common table expressions and joins they need.

    `changed` gives the SQL condition under which a field has a new value in this row, or None if it cannot have;
    "true" for inserts. `by_itself` are the fields that the write may set without being given them.
    """

    def __init__(
        self,
        shape: Shape,
        row: NewRow,
        changed: Callable[[str], str | None],
        *,
        creating: bool,
        keys_only: bool = False,
        by_itself: Sequence[str] = (),
    ) -> None:
        self.by_itself = frozenset(by_itself)
        self.shape, self.row, self.changed, self.creating = shape, row, changed, creating
        self.found: list[Check] = []
        self.tables: list[str] = []
        self.joins: list[str] = []
        self._object = shape.object
        if keys_only:
            self._unique()
            return
        self._required()
        self._record_type()
        self._lookups()
        self._choices()
        self._files()
        self._unique()
        self._validations()
        self.found += stage_checks(self._object, row, changed, creating=creating)
        parent = shape.model.objects.get(str(self._object.parent.to)) if self._object.parent is not None else None
        if parent is not None and parent.approvals:
            self.found.append(parent_check(self._object, parent, row, creating or not self._moves_parent()))
        if self._object.approvals and not creating:
            self.joins.append(LOCKS)
            self.found += lock_checks(self._object, row, changed, shape.given)

    @property
    def array(self) -> str:
        """SQL for the numbers of the conditions that hold, as int[]."""
        cases = [f"case when {check.condition} then {number} end" for number, check in enumerate(self.found)]
        return f"array_remove(array[{', '.join(cases)}]::int[], null)" if cases else "'{}'::int[]"

    def _moves_parent(self) -> bool:
        """Whether this write may give the record to another parent."""
        link = self._object.parent
        return link is not None and self.changed(link.name) is not None

    def _column(self, name: str) -> str:
        self.row.used[name] = self._object.fields[name]
        return f"n.{quoted(name)}"

    def _any_changed(self, names: list[str]) -> str | None:
        conditions = [c for c in map(self.changed, names) if c is not None]
        if not conditions:
            return None
        return "true" if "true" in conditions else f"({' or '.join(conditions)})"

    def _required(self) -> None:
        for one in self._object.own_fields:
            conditional = one.visible_when is not None or one.required_when is not None
            filled = one.required and (one.name in self.by_itself or (self.creating and one.default is not None))
            if not (filled or (conditional and (one.required or one.required_when is not None))):
                continue
            conditions = [f"{self._column(one.name)} is null"]
            if not one.required and one.required_when is not None:
                conditions.append(f"coalesce({self.row.text(one.required_when)}, false)")
            if one.visible_when is not None:
                conditions.append(f"coalesce({self.row.text(one.visible_when)}, false)")
            self.found.append(Check("required", " and ".join(conditions), one))

    def _record_type(self) -> None:
        """A record type is chosen among those that a set permits; what a record has already it may keep."""
        permitted, changed = self.shape.rights.record_types(self._object.name), self.changed("record_type")
        if permitted is None or changed is None or not self._object.record_types:
            return
        kinds = literal(sorted(permitted & self._object.record_types.keys()))
        wrong = f"not coalesce({self._column('record_type')} = any({kinds}::text[]), false)"
        field = self._object.fields["record_type"]
        self.found.append(Check("record_type_not_allowed", _under(changed, wrong), field))

    def _lookups(self) -> None:
        for one in self._object.fields.values():
            changed = self.changed(one.name)
            if one.to is None or one.type.pg_type != "uuid" or changed is None or (one.system and one.name != "owner"):
                continue
            if one.name == "owner" and one.name not in self.shape.given:
                continue  # the caller is there
            name, column = f"l_{len(self.tables)}", self._column(one.name)
            self.tables.append(self._target(name, one, changed))
            self.joins.append(f"left join {name} on {name}.id = {column}")
            wrong = f"{column} is not null and {name}.id is null"
            self.found.append(Check("lookup_not_found", wrong if changed == "true" else f"{wrong} and {changed}", one))

    def _target(self, name: str, one: FieldModel, changed: str) -> str:
        """The targets that are there and may be used, locked so that none is deleted before this commits."""
        shape, target = self.shape, str(one.to)
        known = tables(shape.model, shape.catalogue)
        conditions = [f"t.id in (select n.{quoted(one.name)} from new n where {changed})", "t.deleted_at is null"]
        owning = self._object.parent is not None and one.name == self._object.parent.name
        actions: tuple[Action, ...] = ("read", "update") if owning else ("read",)
        found = (predicate(known, shape.rights, target, action, known[target].alias("t")) for action in actions)
        if one.name in shape.given or one.name not in self.by_itself:  # what the company's rules set, they may
            conditions += [f"({fragment(allowed)})" for allowed in found if allowed is not None]
        source = f'"§".{quoted(shape.catalogue.table(target))}'
        return (
            f"{name} as materialized (select t.id from {source} t where {' and '.join(conditions)}"
            " order by t.id for key share of t)"
        )

    def _choices(self) -> None:
        for one in self._object.own_fields:
            if one.picklist is None:
                continue
            if one.name in self.by_itself:
                self._known_values(one)
            if one.controlled_by is not None:
                self._dependent(one)
            limits = {
                t.name: t.picklists[one.name] for t in self._object.record_types.values() if one.name in t.picklists
            }
            changed = self._any_changed([one.name, "record_type"])
            if limits and changed is not None:
                column, kind = self._column(one.name), self._column("record_type")
                cases = " ".join(
                    f"when {literal(kind_name)} then {_none_of(one, column, literal(list(allowed)))}"
                    for kind_name, allowed in limits.items()
                )
                wrong = f"case {kind} {cases} else false end"
                self.found.append(Check("not_in_record_type", _under(changed, wrong), one))

    def _known_values(self, one: FieldModel) -> None:
        """What an expression chose has to be among the values; what rows give was looked at when it was loaded."""
        assert one.picklist is not None
        column = self._column(one.name)
        wrong = _none_of(one, column, literal(list(one.picklist.values)))
        self.found.append(Check("not_a_value", f"{column} is not null and {wrong}", one))

    def _dependent(self, one: FieldModel) -> None:
        """Pairs of controlling and dependent value that go together; values without parents go with every one."""
        assert one.picklist is not None
        controller = self._object.fields[str(one.controlled_by)]
        changed = self._any_changed([one.name, controller.name])
        bound = [v for v in one.picklist.values.values() if v.parents]
        if changed is None or not bound:
            return
        pairs = literal([f"{parent}\x1f{v.value}" for v in bound for parent in v.parents])
        names = literal([v.value for v in bound])
        above, column = self._column(controller.name), self._column(one.name)
        if one.type.pg_type == "text[]":
            wrong = (
                f"exists (select from unnest({column}) v where v = any({names}::text[]) and not"
                f" coalesce({above} || '\x1f' || v = any({pairs}::text[]), false))"
            )
        else:
            wrong = (
                f"{column} = any({names}::text[]) and not"
                f" coalesce({above} || '\x1f' || {column} = any({pairs}::text[]), false)"
            )
        self.found.append(Check("not_in_dependency", _under(changed, wrong), one, {"controller": controller}))

    def _files(self) -> None:
        """Files must be the writer's own loose ones or the record's already, and as the field allows."""
        for one in self._object.own_fields:
            changed = self.changed(one.name)
            if one.type.pg_type != "uuid[]" or changed is None:
                continue
            files = (
                f'select from unnest({self._column(one.name)}) k(id) left join "§"._file x on x.id = k.id'
                " where x.id is null"
            )
            mine = "x.record is not distinct from n.id or (x.record is null and x.created_by = %(env_user)s)"
            self.found.append(Check("file_not_found", _under(changed, f"exists ({files} or not ({mine}))"), one))
            largest, accepted = one.settings.get("max_size"), list(one.settings.get("accept") or ())
            if largest is not None:
                wrong = f"exists ({files.replace('x.id is null', f'x.size > {int(largest)}')})"
                self.found.append(
                    Check("file_too_large", _under(changed, wrong), one, {"limit": f"{int(largest) / 1048576:.3g} MB"})
                )
            if accepted:
                named = literal([f"%{a.lower()}" for a in accepted if "/" not in a])
                kinds = literal([a.lower().replace("*", "%") for a in accepted if "/" in a])
                fits = f"lower(x.name) like any({named}::text[]) or x.media_type like any({kinds}::text[])"
                wrong = f"exists ({files.replace('x.id is null', f'not ({fits})')})"
                self.found.append(
                    Check("file_not_accepted", _under(changed, wrong), one, {"kinds": ", ".join(accepted)})
                )

    def _unique(self) -> None:
        keys: list[tuple[tuple[str, ...], FieldModel]] = [((f.name,), f) for f in self._object.own_fields if f.unique]
        keys += [(k.fields, self._object.fields[k.fields[0]]) for k in self._object.unique_keys.values()]
        for names, first in keys:
            changed = self._any_changed(list(names))
            if changed is None:
                continue
            columns = [self._column(name) for name in names]
            physical = [quoted(self.shape.catalogue.column(self._object.name, name)) for name in names]
            same = " and ".join(f"u.{p} = {c}" for p, c in zip(physical, columns, strict=True))
            source = f'"§".{quoted(self.shape.catalogue.table(self._object.name))}'
            wrong = f"exists (select from {source} u where {same} and u.deleted_at is null and u.id <> n.id)"
            if self.shape.many:
                there = " and ".join(f"{c} is not null" for c in columns)
                wrong = (
                    f"({wrong} or ({there} and row_number() over (partition by {', '.join(columns)}"
                    " order by n._i) > 1))"
                )
            self.found.append(Check("not_unique", _under(changed, wrong), first, key=tuple(names)))

    def _validations(self) -> None:
        for rule in self._object.validations:
            if not rule.active:
                continue
            code = "needs_confirmation" if rule.warns else "validation"
            roots = {path[0] for checked in (rule.must, rule.when) if checked is not None for path in checked.paths}
            where = self._object.fields.get(rule.field) if rule.field else None
            self.found.append(
                Check(
                    code,
                    broken(self.row, rule),
                    where,
                    message=rule.message,
                    roots=frozenset(roots),
                    name=rule.name,
                )
            )


def _under(changed: str, wrong: str) -> str:
    return wrong if changed == "true" else f"{changed} and {wrong}"


def _none_of(one: FieldModel, column: str, allowed: str) -> str:
    if one.type.pg_type == "text[]":
        return f"not {column} <@ {allowed}::text[]"
    return f"not {column} = any({allowed}::text[])"
