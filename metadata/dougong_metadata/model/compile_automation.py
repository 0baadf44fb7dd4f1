"""Automations of all objects, with the checks that need the objects. The write path, the jobs and the schedulers read
what is made here; called by `compile`, and for the actions of stages by `compile_pipeline`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cronsim import CronSim, CronSimError

from dougong_metadata.actions import registered
from dougong_metadata.label import Label
from dougong_metadata.model.action_step import Step
from dougong_metadata.model.compile_expressions import NO_OBJECT, ExpressionCheck
from dougong_metadata.model.flow_types import ActionModel, AutomationModel, Trigger
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import ObjectModel
from dougong_metadata.problems import Path
from dougong_metadata.system import NAMES as SYSTEM_OBJECTS

OF_A_SAVE = ("saved", "created", "updated")
OF_A_WRITE = (*OF_A_SAVE, "deleted")
_CRON_WORDS = {"minute": "分钟", "hour": "小时", "day-of-month": "日", "month": "月", "day-of-week": "星期"}


def compile_automations(loaded: Sequence[Loaded], expressions: ExpressionCheck) -> dict[str, AutomationModel]:
    """The active ones by name. What is wrong with any is recorded."""
    documents = {(one.kind.name, one.name): one for one in loaded}
    made = {}
    for one in loaded:
        if one.kind.name == "automation":
            automation = _compile(one, expressions, documents)
            if automation is not None and one.body.get("active", True):
                made[one.name] = automation
    return made


def with_automations(
    objects: Mapping[str, ObjectModel], automations: Iterable[AutomationModel]
) -> dict[str, ObjectModel]:
    """The objects, each with those on its records, in the order in which they run."""
    found: dict[str, list[AutomationModel]] = {}
    for automation in sorted(automations, key=lambda a: (a.position, a.name)):
        if automation.object:
            found.setdefault(automation.object, []).append(automation)
    return {
        name: replace(model, automations=tuple(found[name])) if name in found else model
        for name, model in objects.items()
    }


def compile_actions(
    one: Loaded,
    path: Path,
    steps: Sequence[Mapping[str, Any]],
    object: str | None,
    trigger: str,
    expressions: ExpressionCheck,
    documents: Mapping[tuple[str, str], Loaded],
    *,
    mixed: bool = False,
) -> tuple[ActionModel, ...]:
    """The actions under `path` of a document (as `actions.actions_key` loads them), for an automation about `object`
    whose trigger is of that kind. What is wrong is recorded. `mixed`: whoever asks makes two automations of what
    belongs to the save and what comes after it."""
    made = []
    kinds = [name for said in steps for name in said] if not mixed else []
    for index, said in enumerate(steps):
        for name, body in said.items():
            action = registered()[name]
            step = Step(
                one,
                (*path, index, name),
                body,
                object or NO_OBJECT,
                trigger == "deleted",
                expressions,
                documents,
            )
            _check_place(step, name, kinds, trigger)
            made.append(action.compile(step))
    return tuple(made)


def _check_place(step: Step, name: str, kinds: Sequence[str], trigger: str) -> None:
    """Whether this action may stand here at all."""
    action = registered()[name]
    if action.about_record and step.object == NO_OBJECT:
        step.wrong(
            (), "no_record", f"“{name}” needs a record: name an `object`.", f"「{name}」需要记录：请指定 `object`。"
        )
    if action.about_living and name != "set":
        step.living()
    if not action.in_write:
        return
    others = sorted({kind for kind in kinds if not registered()[kind].in_write})
    if trigger not in OF_A_SAVE:
        step.wrong(
            (),
            "not_in_a_save",
            f"“{name}” belongs to a save; with this trigger use “update: {{set: …}}”.",
            f"「{name}」只能用于保存时；此触发请用「update: {{set: …}}」。",
        )
    elif others:
        step.wrong(
            (),
            "split_it",
            f"“{name}” is part of the save, {', '.join(others)} comes after it: make two automations of this one.",
            f"「{name}」在保存时执行，{'、'.join(others)} 在保存之后执行：请拆分为两个自动化。",
        )


def _compile(
    one: Loaded, expressions: ExpressionCheck, documents: Mapping[tuple[str, str], Loaded]
) -> AutomationModel | None:
    body, of = one.body, one.body.get("object")
    if not isinstance(body.get("on"), Mapping) or (of is not None and of not in expressions.names.fields):
        return None  # told already
    trigger = _trigger(body["on"])
    if trigger is None:
        return None
    _check_trigger(one, trigger, of, expressions, documents)
    saving = trigger.kind in OF_A_WRITE
    condition = expressions.condition(one, ("if",), body.get("if"), of or NO_OBJECT, saving=saving)
    actions = compile_actions(one, ("do",), body.get("do", ()), of, trigger.kind, expressions, documents)
    return AutomationModel(
        one.name,
        of,
        Label.of(body.get("label"), one.name),
        trigger,
        condition,
        actions,
        body.get("position", 0),
        trigger.kind in OF_A_SAVE and bool(actions) and all(registered()[a.kind].in_write for a in actions),
        tuple(body.get("record_types", ())),
    )


def _trigger(on: Mapping[str, Any]) -> Trigger | None:
    """The one trigger that `on` says; None where it says none or several (recorded by the kind)."""
    if on.get("event"):
        return Trigger(on["event"])
    if on.get("saved"):
        return Trigger("saved", tuple(on["saved"]))
    if on.get("updated"):
        return Trigger("updated", tuple(on["updated"]))
    if on.get("date"):
        return Trigger("date", field=on["date"], days=int(on.get("days", 0)), time=on.get("time", "09:00"))
    if on.get("cron"):
        return Trigger("cron", cron=on["cron"])
    if on.get("incoming"):
        mapping = tuple(on.get("map", {}).items())
        return Trigger("incoming", mapping=mapping, key=on.get("key"), signed=bool(on.get("signed")))
    if on.get("approval"):
        return Trigger("approval", approval=on["approval"], outcome=on.get("outcome", "approved"))
    return None


def _check_trigger(
    one: Loaded,
    trigger: Trigger,
    of: str | None,
    expressions: ExpressionCheck,
    documents: Mapping[tuple[str, str], Loaded],
) -> None:
    problems = expressions.problems
    if of is None and trigger.kind in (*OF_A_WRITE, "date", "approval"):
        problems.add(one.document, ("object",), "required", "“object” is needed.", "缺少「object」。")
    if of in SYSTEM_OBJECTS and trigger.kind != "cron":
        problems.add(
            one.document,
            ("object",),
            "system_object",
            f"Records of “{of}” are kept by the administration of people: only cron triggers see them.",
            f"「{of}」的记录由人员管理维护：只能用 cron 触发。",
        )
    if trigger.kind == "cron":
        _check_cron(one, trigger.cron or "", expressions)
    elif trigger.kind == "date":
        _check_date(one, trigger.field or "", of, expressions)
    elif trigger.kind == "incoming":
        _check_incoming(one, trigger, of, expressions)
    elif trigger.kind == "approval":
        step = Step(one, ("on",), {}, of or NO_OBJECT, False, expressions, documents)
        step.about_same(("approval",), "approval", trigger.approval)


def _check_cron(one: Loaded, cron: str, expressions: ExpressionCheck) -> None:
    reason = ("five columns are needed", "需要五列")
    try:
        if len(cron.split()) == 5:
            next(CronSim(cron, datetime(2024, 1, 1, tzinfo=UTC)))
            return
    except CronSimError as fault:
        place = str(fault).removeprefix("Bad ")
        reason = (f"its {place} is wrong", f"{_CRON_WORDS.get(place, place)}有误")
    except StopIteration:
        reason = ("that day never comes", "该日期不存在")
    expressions.problems.add(
        one.document,
        ("on", "cron"),
        "bad_cron",
        f"“{cron}” is no cron line: {reason[0]}. Columns: minute, hour, day, month, weekday (0 9 * * 1).",
        f"「{cron}」不是有效的 cron：{reason[1]}。各列为：分 时 日 月 周（0 9 * * 1）。",
    )


def _check_date(one: Loaded, name: str, of: str | None, expressions: ExpressionCheck) -> None:
    field = expressions.names.fields.get(of or "", {}).get(name)
    if field is None:
        return  # told where the reference is
    if field.type.expression_type not in ("date", "datetime") or not field.is_stored:
        expressions.problems.add(
            one.document,
            ("on", "date"),
            "not_a_date",
            f"“{name}” is not a date that is stored; a date, or date and time, is needed.",
            f"「{name}」不是已存储的日期；需要日期或日期时间字段。",
        )


def _check_incoming(one: Loaded, trigger: Trigger, of: str | None, expressions: ExpressionCheck) -> None:
    fields = expressions.names.fields.get(of or "", {})
    problems = expressions.problems
    if of is None and (trigger.mapping or trigger.key):
        problems.add(one.document, ("object",), "required", "“object” is needed.", "缺少「object」。")
    if of is not None and not trigger.mapping:
        problems.add(
            one.document,
            ("on", "map"),
            "required",
            "“map” is needed: it says which fields of the record the call brings.",
            "缺少「map」：须指定调用带来哪些字段的值。",
        )
    Step(one, ("on", "map"), {}, of or NO_OBJECT, False, expressions, {}).targets((), dict(trigger.mapping), of)
    key = fields.get(trigger.key or "")
    if key is None:
        return
    if not key.unique or key.name not in dict(trigger.mapping):
        problems.add(
            one.document,
            ("on", "key"),
            "not_a_key",
            f"“{key.name}” has to be a unique field that “map” gives.",
            f"「{key.name}」须为唯一字段，且在「map」中给出。",
        )
