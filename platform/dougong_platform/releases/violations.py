"""How many existing records a new or changed validation would not let pass: a part of the plan. They stay."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, func, not_, or_, select

from dougong_metadata.expressions import compile_sql
from dougong_metadata.label import Label
from dougong_metadata.model.types import Model, ValidationModel
from dougong_platform.access import conditions as access
from dougong_platform.releases.impact import Counter, Impact
from dougong_platform.releases.release import Release
from dougong_platform.storage import compile_statement
from dougong_platform.storage.tables import Tables, tables
from dougong_tenants.errors import StatementTooSlow

WHEN_SAVED = Label("existing records are checked when they are next saved", "现有记录在下次保存时检查")
_WHILE_SAVING = frozenset({"PRIOR", "CHANGED", "ISNEW"})


class PlainRows(access.PlainRows):
    """Columns by path with a join per lookup and nobody's rights: for counting, never for showing."""

    def __init__(self, made: Tables, model: Model, object: str) -> None:
        super().__init__(made, model, object, made[object].alias("t"))


def violations(
    counter: Counter, base: Release, target: Release, zone: str
) -> Iterator[tuple[ValidationModel, Label, Impact]]:
    """(validation, sentence, impact) of those that are new or say something else than before."""
    for name, object in target.model.objects.items():
        before = base.model.objects.get(name)
        if before is None:
            continue
        known = {(v.name, v.must, v.when, v.record_types) for v in before.validations if v.active}
        for rule in object.validations:
            if rule.active and (rule.name, rule.must, rule.when, rule.record_types) not in known:
                says = Label(f"Check every saved record: “{rule.message.en}”", f"保存时检查：「{rule.message.zh}」")
                yield rule, says, _impact(counter, base, rule, zone)


def _impact(counter: Counter, base: Release, rule: ValidationModel, zone: str) -> Impact:
    parts = [rule.must, *([rule.when] if rule.when is not None else [])]
    fields = {pair for part in parts for pair in part.fields}
    functions = {name.upper() for part in parts for name in part.functions}
    known = all(o in base.model.objects and f in base.model.objects[o].fields for o, f in fields)
    if not known or functions & _WHILE_SAVING or any(part.user_paths for part in parts):
        return Impact(None, note=WHEN_SAVED)
    try:
        bad = _count(counter, base, rule, zone)
    except StatementTooSlow:
        return Impact(None, note=WHEN_SAVED)
    note = Label(f"{bad} records do not pass; they stay until they are next saved", f"{bad} 条记录不符，保留至下次保存")
    return Impact(bad, bad, note=note if bad else None)


def _count(counter: Counter, base: Release, rule: ValidationModel, zone: str) -> int:
    rows = PlainRows(tables(base.model, base.catalogue), base.model, rule.object)
    must = func.coalesce(compile_sql(rule.must, rows), False)
    conditions = [rows.base.c.deleted_at.is_(None), not_(must)]
    if rule.when is not None:
        conditions.append(func.coalesce(compile_sql(rule.when, rows), False))
    if rule.record_types:
        conditions.append(or_(*(rows.base.c.record_type == name for name in rule.record_types)))
    statement = compile_statement(select(func.count()).select_from(rows.source).where(and_(*conditions)))
    text = statement.text.replace('"§".', "")  # the tenant's search path finds its tables
    return int(
        counter.read(text, {**statement.params, "env_timezone": zone, "env_user": None, "env_locale": "en"})[0][0]
    )
