"""The builder's form, read into the body that it was drawn from: what people typed beside what buttons did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from dougong_metadata.report_words import COMPARE, CYCLES, FORMATS, GOOD, MODES, PERIODS, SHOW, SPANS
from dougong_ui_builder.formats import as_decimal
from dougong_ui_builder.screens.reports.designing.body import (
    GROUPED,
    Body,
    groups_of,
    part,
    steps_of,
    tidied,
    values_of,
)
from dougong_ui_builder.screens.reports.designing.known import Known
from dougong_ui_builder.screens.reports.designing.naming import value_label
from dougong_ui_builder.screens.reports.designing.places import items_of, place_of, with_items
from dougong_ui_builder.screens.reports.designing.value_text import FUNCTIONS, Aggregate, aggregate_of, text_of

Form = MultiDict[str, str]
LOCALES = ("en", "zh")
IN_VALUES = "-"  # a period that only values ask for
CUSTOM = "custom"  # a period whose days are written out


def read_form(body: Mapping[str, Any], form: Form, known: Known, locale: str) -> Body:
    """The body with what the form says. `item` names the items it shows and `part` the parts; others stay."""
    made = tidied(body)
    for address in form.getlist("item"):
        zone, at = place_of(made, address)
        if at < 0:
            continue
        items = items_of(made, zone)
        items[at] = _item(zone, items[at], _Inputs(form, address, locale), known)
        made = with_items(made, zone, items)
    for name in form.getlist("part"):
        if name in _PARTS:
            made = _PARTS[name](made, _Inputs(form, name, locale))
    return tidied(_with_order(made))


def _with_order(body: Body) -> Body:
    """The first so many of groups are those with most of a value: the last one, if nobody says which."""
    names = [name for name, one in values_of(body).items() if not one.get("hidden")]
    made = dict(body)
    for zone in GROUPED:
        groups = groups_of(body, zone)
        made[zone] = [{**one, "sort": f"-{names[-1]}"} if _unordered(one) and names else one for one in groups]
    return made


def _unordered(group: Mapping[str, Any]) -> bool:
    return bool(group.get("top")) and not group.get("sort")


class _Inputs:
    """The inputs of one item: `text("label")` of rows.0 is the form's rows.0.label."""

    def __init__(self, form: Form, address: str, locale: str) -> None:
        self.form, self.address, self.locale = form, address, locale

    def text(self, name: str) -> str:
        return self.form.get(f"{self.address}.{name}", "").strip()

    def has(self, name: str) -> bool:
        return f"{self.address}.{name}" in self.form

    def all(self, name: str) -> list[str]:
        return [one for one in self.form.getlist(f"{self.address}.{name}") if one]

    def one_of(self, name: str, known: Any, default: str = "") -> str:
        found = self.text(name)
        return found if found in known else default

    def number(self, name: str) -> str:
        """A decimal as text; "" for what is none, which is then as if it were not there."""
        found = as_decimal(self.text(name).replace(",", "").replace("，", ""))
        return f"{found.normalize():f}" if found is not None else ""

    def whole(self, name: str, most: int = 10_000) -> int | None:
        found = self.text(name)
        return min(int(found), most) if found.isascii() and found.isdigit() and len(found) < 7 and int(found) else None


def labelled(before: Any, text: str, locale: str) -> Any:
    """A label with another text in one language; the other keeps what it has."""
    known = dict.fromkeys(LOCALES, before) if isinstance(before, str) else dict(before or {})
    said = known.get(locale) or next((one for one in known.values() if one), "")
    if text == said:
        return before
    if not text:
        return None
    if set(known.values()) <= {said}:  # both languages said the same: nobody had told them apart
        return dict.fromkeys(LOCALES, text)
    return {**known, locale: text}


def _item(zone: str, item: Any, given: _Inputs, known: Known) -> Any:
    if zone in ("rows", "columns"):
        return _group(item, given)
    if zone == "values":
        return item[0], _value(item[1], given, known)
    if zone == "steps":
        label = labelled(item[1].get("label"), given.text("label"), given.locale)
        return item[0], {**item[1], "label": label, "where": given.text("where")}
    if zone == "cross":
        return {**item, "where": given.text("where"), "none": given.text("none") == "true"}
    return {**item, "label": labelled(item.get("label"), given.text("label"), given.locale)}


def _group(group: dict[str, Any], given: _Inputs) -> dict[str, Any]:
    made = {**group, "label": labelled(group.get("label"), given.text("label"), given.locale)}
    if given.has("every"):
        made["every"] = given.one_of("every", (*SPANS, *CYCLES))
    if given.has("bucket"):
        kind = given.text("bucket")
        edges = sorted({found for one in _split(given.text("edges")) if (found := as_decimal(one)) is not None})
        made["step"] = _plain(given.number("step") or "100") if kind == "step" else None
        made["edges"] = [_plain(f"{one:f}") for one in edges] or [0] if kind == "edges" else None
    made["top"] = given.whole("top", 1_000)
    made["sort"] = given.text("sort")
    made["other"] = given.text("other") == "true" if made["top"] and group.get("top") else True
    return made


def _split(text: str) -> list[str]:
    for separator in "，、;；\n":
        text = text.replace(separator, ",")
    return [one.strip() for one in text.split(",") if one.strip()][:50]


def _plain(text: str) -> int | float:
    """A number as YAML has it."""
    found = float(text)
    return int(found) if found.is_integer() else found


def _value(value: dict[str, Any], given: _Inputs, known: Known) -> dict[str, Any]:
    text, label = _text(value, given, known)
    made = {**value, "value": text, "label": labelled(label, given.text("label"), given.locale)}
    if given.text("label") == _in(value.get("label"), given.locale):
        made["label"] = label  # nobody typed: the name follows the function
    made["format"] = given.one_of("format", FORMATS)
    made["format"] = "" if made["format"] == "auto" else made["format"]
    made["good"] = given.one_of("good", GOOD)
    made["good"] = "" if made["good"] == "up" else made["good"]
    decimals = given.text("decimals")
    is_number = decimals.isascii() and decimals.isdigit() and len(decimals) < 3
    made["decimals"] = min(int(decimals), 10) if is_number else None
    made["show"] = [one for one in given.all("show") if one in SHOW]
    made["hidden"] = given.text("hidden") == "true"
    return made


def _text(value: dict[str, Any], given: _Inputs, known: Known) -> tuple[str, Any]:
    """(the value's text, its label): a formula as typed, an aggregate as chosen."""
    before = aggregate_of(str(value["value"]))
    if given.has("text"):
        return given.text("text"), value.get("label")
    if before is None or not given.has("function"):
        return str(value["value"]), value.get("label")
    function = given.one_of("function", FUNCTIONS, before.function)
    fraction = given.number("fraction") if given.has("fraction") else before.fraction
    found = known.find(before.path) if before.path else None
    label = value.get("label")
    if function != before.function and label == value_label(before.function, found):
        label = value_label(function, found)
    fraction = fraction if fraction and 0 <= float(fraction) <= 1 else ""
    return text_of(Aggregate(function, before.path, fraction, given.text("where"))), label


def _in(label: Any, locale: str) -> str:
    if isinstance(label, Mapping):
        return str(label.get(locale) or next((one for one in label.values() if one), ""))
    return str(label or "")


def _title(body: Body, given: _Inputs) -> Body:
    return {**body, "label": labelled(body.get("label"), given.form.get("label", "").strip()[:100], given.locale) or ""}


def _period(body: Body, given: _Inputs) -> Body:
    chosen = given.text("range")
    if chosen == CUSTOM:
        first, last = given.text("from"), given.text("to")
        chosen = f"{first}..{last}" if first or last else "all"
    elif chosen not in PERIODS:
        chosen = "all"
    compare, field = given.one_of("compare", COMPARE), given.text("field")
    period = {"field": field, "range": chosen} if field else {}
    return {**body, "period": {"range": chosen} if field == IN_VALUES else period, "compare": compare}


def _finish(body: Body, given: _Inputs) -> Body:
    sort, present = given.text("sort"), body.get("sort")
    kept = present if isinstance(present, list) and present[:1] == [sort] else [sort] if sort else []
    made = {**body, "having": given.text("having"), "sort": kept, "limit": given.whole("limit")}
    if given.has("has_totals"):
        made["totals"] = None if given.text("totals") == "true" else False
    return made


def _chart(body: Body, given: _Inputs) -> Body:
    chart = part(body, "chart")
    if not chart:
        return body
    target = given.number("target")
    values = [one for one in given.all("values") if one in values_of(body)]
    more = {"values": values, "stacked": given.text("stacked") == "true", "smooth": given.text("smooth") == "true"}
    return {**body, "chart": {**chart, **more, "target": _plain(target) if target else None}}


def _funnel(body: Body, given: _Inputs) -> Body:
    if given.text("kind") == "steps":
        return {**body, "funnel": {"steps": steps_of(body) or {"step_1": _first_step()}}}
    field = given.text("field")
    known = part(body, "funnel")
    stages = given.all("stages") if known.get("field") == field else []
    mode = given.one_of("mode", MODES)
    return {**body, "funnel": {"field": field, "mode": "" if mode == "now" else mode, "stages": stages}}


def _first_step() -> dict[str, Any]:
    return {"label": {"en": "Step 1", "zh": "步骤 1"}, "where": ""}


def _cohort(body: Body, given: _Inputs) -> Body:
    said = {name: given.text(name) for name in ("born", "event", "where")}
    every = given.one_of("every", SPANS, "month")
    return {**body, "cohort": {**said, "every": every, "ages": given.whole("ages", 60)}}


def _win_loss(body: Body, given: _Inputs) -> Body:
    """Which field decides, and an amount that is summed up of both."""
    field, amount = given.text("field"), given.text("amount")
    trend = {"field": field, "amount": amount} if amount and field else {}
    return {**body, "funnel": {"field": field}, "trend": trend}


def _trend(body: Body, given: _Inputs) -> Body:
    field, every = given.text("field"), given.one_of("every", SPANS, "week")
    stages = given.all("stages") if part(body, "trend").get("field") == field else []
    return {**body, "trend": {"field": field, "every": every, "amount": given.text("amount"), "stages": stages}}


_PARTS: dict[str, Callable[[Body, _Inputs], Body]] = {
    "title": _title,
    "period": _period,
    "finish": _finish,
    "chart": _chart,
    "funnel": _funnel,
    "cohort": _cohort,
    "trend": _trend,
    "win_loss": _win_loss,
}
