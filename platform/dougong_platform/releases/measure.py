"""The impact of one step of `dougong_metadata.model.changes`: which records it touches and which stand in its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dougong_metadata.label import Label
from dougong_metadata.model.changes import Step
from dougong_metadata.model.types import FieldModel
from dougong_platform.releases import impact as cost
from dougong_platform.releases.columns import storage_of
from dougong_platform.releases.conversions import conversion, literal
from dougong_platform.releases.impact import Counter, Impact
from dougong_platform.releases.release import Release
from dougong_platform.releases.work import initial
from dougong_platform.storage.structure import quote


@dataclass(frozen=True, slots=True)
class Measure:
    """Impacts of the steps from `base` to `target`; nothing is counted on tables that are not there yet."""

    counter: Counter
    base: Release
    target: Release
    zone: str

    def impact(self, step: Step) -> Impact:
        """What this step does to existing records."""
        if step.object not in self.base.model.objects:
            return Impact(lock="none", seconds=0.02)
        measured: Callable[[Step], Impact] = getattr(self, f"_{step.action}")
        return measured(step)

    def _table(self, step: Step) -> str:
        return quote(self.base.catalogue.table(step.object))

    def _column(self, step: Step) -> str:
        return f"r.{quote(self.base.catalogue.column(step.object, step.field or ''))}"

    def _held(self, step: Step) -> int | None:
        """Records that have a value in the field."""
        return self.counter.rows(self._table(step), f"{self._column(step)} is not null")

    def _all(self, step: Step) -> int | None:
        return self.counter.rows(self._table(step))

    def _add_table(self, step: Step) -> Impact:
        return Impact(lock="none", seconds=0.02)

    def _add_column(self, step: Step) -> Impact:
        new = step.new
        assert new is not None
        if new.type.name == "auto_number":
            rows = self._all(step)
            return Impact(
                rows,
                lock="rows",
                seconds=cost.filling(rows),
                note=Label("existing records get a number, the oldest first", "现有记录按创建先后编号"),
            )
        if new.rollup is not None:
            rows = self._all(step)
            return Impact(
                rows,
                lock="rows",
                seconds=cost.filling(rows),
                note=Label("it is worked out for existing records", "为现有记录计算"),
            )
        if initial(new) is not None:
            rows = self._all(step)
            return Impact(
                rows,
                lock="brief",
                seconds=0.05,
                note=Label("existing records get the default value", "现有记录取默认值"),
            )
        return Impact(lock="brief", seconds=0.05)

    def _change_type(self, step: Step) -> Impact:
        old, new = step.old, step.new
        assert old is not None
        assert new is not None
        if storage_of(old) == storage_of(new):
            return self._narrow(step, refuse=new.picklist is not None)
        found = conversion(old, new, self.base.model, self.base.catalogue, self.zone)
        rows = self._held(step)
        if found is None:
            return Impact(
                rows,
                lock="brief",
                seconds=0.05,
                hides_data=bool(rows),
                note=Label("the field starts blank; its old values are kept aside", "字段将从空白开始，原值另行保留"),
            )
        impact = Impact(rows, lock="rows", seconds=cost.filling(rows))
        if found.safe:
            return impact
        condition = found.refused(self._column(step))
        return self._bad(step, impact, condition, refuse=True)

    def _retarget_lookup(self, step: Step) -> Impact:
        rows = self._held(step)
        return Impact(
            rows,
            lock="brief",
            seconds=0.1,
            hides_data=bool(rows),
            note=Label("the field starts blank; its old links are kept aside", "字段将从空白开始，原链接另行保留"),
        )

    def _narrow(self, step: Step, refuse: bool = False) -> Impact:
        new = step.new
        assert new is not None
        conditions = list(_limits(new, self._column(step)))
        if not conditions:
            return Impact(self._held(step), note=_WHEN_SAVED)
        return self._bad(step, Impact(self._held(step)), " or ".join(conditions), refuse=refuse)

    def _bad(self, step: Step, impact: Impact, condition: str, *, refuse: bool) -> Impact:
        bad = self.counter.rows(self._table(step), condition)
        if bad is None or bad == 0:
            return replace(impact, note=None if bad == 0 else _NOT_COUNTED)
        note = _first(bad) if refuse else _later(bad)
        column = self._column(step)
        examples = (
            self.counter.by_value(self._table(step), column, condition)
            if step.new and step.new.picklist
            else self.counter.examples(self._table(step), condition, column)
        )
        return replace(impact, bad=bad, refused=refuse, examples=examples, note=note)

    def _set_required(self, step: Step) -> Impact:
        bad = self.counter.rows(self._table(step), f"{self._column(step)} is null")
        note = (
            Label(
                f"{bad} records have no value; they stay until they are next saved",
                f"{bad} 条记录没有值，保留至下次保存",
            )
            if bad
            else None
        )
        return Impact(bad, bad or 0, note=note)

    def _add_foreign_key(self, step: Step) -> Impact:
        rows = self._all(step)
        return Impact(rows, lock="brief", seconds=cost.checking(rows))

    def _drop_foreign_key(self, step: Step) -> Impact:
        return Impact(lock="brief", seconds=0.05)

    def _add_unique(self, step: Step) -> Impact:
        rows = self._all(step)
        base = self.base.model.objects[step.object]
        impact = Impact(rows, lock="none", seconds=cost.indexing(rows))
        if not all(name in base.fields for name in step.fields):
            return impact  # a new field is blank, and blank values never collide
        names = self.base.catalogue
        columns = [quote(names.column(step.object, name)) for name in step.fields]
        bad, examples = self.counter.duplicates(self._table(step), columns)
        if not bad:
            return impact
        note = Label(f"{bad} records repeat another one's value: change them first", f"{bad} 条记录重复，请先修改")
        return replace(impact, bad=bad, refused=True, examples=examples, note=note)

    def _add_index(self, step: Step) -> Impact:
        rows = self._all(step)
        return Impact(rows, lock="none", seconds=cost.indexing(rows))

    def _drop_index(self, step: Step) -> Impact:
        return Impact(lock="brief", seconds=0.05)

    def _drop_unique(self, step: Step) -> Impact:
        return Impact(lock="brief", seconds=0.05)

    def _retire_column(self, step: Step) -> Impact:
        rows = self._held(step)
        note = Label(
            f"{rows} values are kept aside and come back with the field", f"{rows} 个值另行保留，字段恢复时一并恢复"
        )
        return Impact(rows, lock="brief", seconds=0.05, hides_data=bool(rows), note=note if rows else None)

    def _retire_table(self, step: Step) -> Impact:
        rows = self._all(step)
        note = Label(
            f"{rows} records are kept aside and come back with the object", f"{rows} 条记录另行保留，对象恢复时一并恢复"
        )
        return Impact(rows, lock="brief", seconds=0.1, hides_data=bool(rows), note=note if rows else None)


def _first(bad: int) -> Label:
    return Label(f"{bad} records hold a value that does not fit: change them first", f"{bad} 条记录的值不符，请先修改")


def _later(bad: int) -> Label:
    return Label(
        f"{bad} records hold a value that does not fit; they stay until they are next saved",
        f"{bad} 条记录的值不符，保留至下次保存",
    )


_NOT_COUNTED = Label("too many records to count in time", "记录过多，未能及时统计")
_WHEN_SAVED = Label("existing values are checked when they are next saved", "现有值在下次保存时检查")


def _limits(field: FieldModel, column: str) -> list[str]:
    """Conditions under which a value of the field's own column does not fit its settings."""
    given, kind = field.settings, field.type.pg_type
    found = []
    if field.picklist is not None:
        values = ", ".join(literal(v) for v in field.picklist.values)
        allowed = f"array[{values}]::text[]"
        found.append(f"not {column} <@ {allowed}" if kind == "text[]" else f"not {column} = any({allowed})")
    if kind == "text" and isinstance(given.get("max_length"), int):
        found.append(f"char_length({column}) > {given['max_length']}")
    if kind in ("numeric", "bigint", "integer", "smallint"):
        for key, comparison in (("min", "<"), ("max", ">")):
            if given.get(key) is not None:
                found.append(f"{column} {comparison} {literal(str(given[key]))}::numeric")
    return found
