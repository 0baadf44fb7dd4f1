"""What a subscription may say: to whom, when, asked for what, under which condition. Called by keeping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean
from dougong_platform.errors import FieldError, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import uuid_text
from dougong_platform.reports.number_texts import as_decimal
from dougong_platform.reports.periods import is_period
from dougong_platform.reports.subscriptions.schedule import CADENCES, MONTHLY, WEEKLY, Schedule
from dougong_platform.reports.subscriptions.sources import source_of
from dougong_platform.reports.subscriptions.stored import FILTERS, REPORT, SET, USER, Recipient, Subscription
from dougong_tenants.organisation import organisation_of

MOST = 100  # of one person
MOST_RECIPIENTS = 50
_LONGEST = 2_000  # characters of a filter
_TEXTS = {
    "cadence": ("daily, weekly or monthly.", "只能是每天、每周或每月。"),
    "hour": ("An hour from 0 to 23.", "小时须为 0 到 23。"),
    "weekday": ("A day of the week from 1 (Monday) to 7.", "星期须为 1（周一）到 7。"),
    "day": ("A day of the month from 1 to 31.", "日期须为 1 到 31。"),
    "recipients": (
        f"1 to {MOST_RECIPIENTS} people or permission sets.",
        f"请选择 1 到 {MOST_RECIPIENTS} 个人员或权限集。",
    ),
    "no_recipient": ("There is no such person or permission set.", "没有此人员或权限集。"),
    "filters": ("This cannot be asked of it.", "筛选条件无效。"),
    "only_if": ("Rows, or a value above or below a number.", "条件须为“有数据”，或某数值高于、低于一个数。"),
    "too_many": (f"At most {MOST} subscriptions.", f"每人最多 {MOST} 个订阅。"),
}


def refusal(caller: Caller, field: str | None, code: str) -> FieldError:
    """One wrong thing, in the caller's language."""
    return FieldError(field, code, _TEXTS[code][caller.locale.startswith("zh")])


def checked(caller: Caller, before: Subscription, given: Mapping[str, Any]) -> Subscription:
    """`before` with what is given, if all of it is right; tried out where what is asked changed."""
    wrong: list[FieldError] = []
    made = replace(
        before,
        schedule=_schedule(caller, before.schedule, given, wrong),
        active=bool(given.get("active", before.active)),
    )
    if "recipients" in given:
        made = replace(made, recipients=_recipients(caller, before, given["recipients"], wrong))
    if "filters" in given:
        made = replace(made, filters=_filters(caller, made.kind, given["filters"], wrong))
    if "only_if" in given:
        made = replace(made, only_if=_only_if(caller, given["only_if"], wrong))
    if wrong:
        raise RecordsInvalid(wrong)
    if "filters" in given or "only_if" in given or not before.recipients:
        source_of(made.kind).check(caller, made.key, made.asked, made.only_if)
    return made


def _schedule(caller: Caller, before: Schedule, given: Mapping[str, Any], wrong: list[FieldError]) -> Schedule:
    values = {name: given.get(name, getattr(before, name)) for name in ("cadence", "hour", "weekday", "day")}
    if values["cadence"] not in CADENCES:
        wrong.append(refusal(caller, "cadence", "cadence"))
        return before
    values["weekday"] = (values["weekday"] or 1) if values["cadence"] == WEEKLY else None
    values["day"] = (values["day"] or 1) if values["cadence"] == MONTHLY else None
    for name, least, most in (("hour", 0, 23), ("weekday", 1, 7), ("day", 1, 31)):
        found = values[name]
        if found is None and name != "hour":
            continue
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            wrong.append(refusal(caller, name, name))
            return before
    return Schedule(**values)


def _recipients(
    caller: Caller, before: Subscription, given: Sequence[Mapping[str, Any]], wrong: list[FieldError]
) -> tuple[Recipient, ...]:
    people = organisation_of(caller.database, caller.tenant, caller.stamp).people
    found = []
    for index, one in enumerate(given[: MOST_RECIPIENTS + 1]):
        kind, id = one.get("kind"), str(one.get("id"))
        known = Recipient(USER, uuid_text(id) or "") if kind == USER else Recipient(SET, id)
        person = people.get(known.id)
        fits = (
            person is not None and person.active and person.kind == "person"
            if kind == USER
            else kind == SET and id in caller.model.permission_sets
        )
        if not fits and known not in before.recipients:
            wrong.append(refusal(caller, f"recipients.{index}", "no_recipient"))
        found.append(known)
    if not 1 <= len(given) <= MOST_RECIPIENTS:
        wrong.append(refusal(caller, "recipients", "recipients"))
    return tuple(dict.fromkeys(found))


def _filters(caller: Caller, kind: str, given: Mapping[str, Any], wrong: list[FieldError]) -> dict[str, str]:
    found = {name: value for name, value in given.items() if value not in (None, "")}
    for name, value in found.items():
        try:
            clean(value)
        except FieldValueError:
            value = None
        fits = name in FILTERS and isinstance(value, str) and len(value) <= _LONGEST
        if fits and name in ("owner", "department"):
            fits = uuid_text(str(value)) is not None
        if fits and name == "compare":
            fits = value in ("previous", "year_ago", "none")
        if fits and name in ("where", "sort"):
            fits = kind == REPORT
        if fits and name == "period":
            fits = is_period(str(value))
        if not fits:
            wrong.append(refusal(caller, f"filters.{str(name)[:60]}", "filters"))
    return found


def _only_if(caller: Caller, given: Mapping[str, Any] | None, wrong: list[FieldError]) -> dict[str, Any] | None:
    if given is None:
        return None
    if given == {"rows": True}:
        return {"rows": True}
    than = as_decimal(given.get("than"))
    fits = given.keys() == {"value", "is", "than"} and isinstance(given["value"], str)
    if not fits or than is None or given["is"] not in ("above", "below"):
        wrong.append(refusal(caller, "only_if", "only_if"))
        return None
    return {"value": given["value"][:60], "is": given["is"], "than": str(than)}
