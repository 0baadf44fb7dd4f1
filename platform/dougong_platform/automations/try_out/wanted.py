"""What a try-out shows of each action: the values that it would have written, the text that it would have sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check
from dougong_metadata.model.flow_types import ActionModel, AutomationModel, TemplateText
from dougong_metadata.model.types import Model
from dougong_platform.http.caller import Caller
from dougong_platform.records.new_row import NewRow
from dougong_platform.texts.render import field_of
from dougong_platform.texts.writing import Place, written

_HEADLINES = ("title", "subject")
_OF_ITSELF = frozenset({"set", "update", "assign"})  # actions that write the record itself, but for a relation


@dataclass(frozen=True, slots=True)
class Wanted:
    """One column of the answer: the expression, and the type that its value is cast to."""

    checked: Checked
    cast: str | None


def wanted(model: Model, automation: AutomationModel) -> list[Wanted]:
    """Every expression of the actions, each once."""
    found: dict[Wanted, None] = {}
    for action in automation.actions:
        found |= dict.fromkeys(_of_values(model, automation, action).values())
        found |= dict.fromkeys(_before(model, automation, action).values())
        found |= dict.fromkeys(Wanted(one, None) for one in _of_text(_headline(action)))
    return list(found)


def column(row: NewRow, one: Wanted) -> str:
    """SQL for it over `row`."""
    text = row.text(one.checked)
    return f"({text})::{one.cast}" if one.cast else text


def shown(
    caller: Caller, automation: AutomationModel, columns: Sequence[Wanted], values: Sequence[Any]
) -> list[dict[str, Any]]:
    """[{"action", "object"?, "values"?, "before"?, "text"?}] for one record; `before`: what stood in the fields, where
    the record itself is written. Values that the caller may not read are left out."""
    of = dict(zip(columns, values, strict=True))
    return [_action(caller, automation, action, of) for action in automation.actions]


def _action(
    caller: Caller, automation: AutomationModel, action: ActionModel, of: Mapping[Wanted, Any]
) -> dict[str, Any]:
    said: dict[str, Any] = {"action": action.kind}
    given = {
        name: of[one]
        for name, one in _of_values(caller.model, automation, action).items()
        if _readable(caller, one.checked)
    }
    if given:
        said |= {"object": action.target or automation.object, "values": given}
        before = _before(caller.model, automation, action)
        stood = {name: of[one] for name, one in before.items() if name in given and _readable(caller, one.checked)}
        said |= {"before": stood} if stood else {}
    text = _headline(action)
    if text is not None:
        said["text"] = {locale: _text(caller, automation, text, of, locale) for locale in ("en", "zh")}
    if action.recipients:
        said["to"] = [{one.kind: one.value} for one in action.recipients]
    if "webhook" in action.settings:
        said["webhook"] = action.settings["webhook"]
    return said


def _text(
    caller: Caller, automation: AutomationModel, text: TemplateText, of: Mapping[Wanted, Any], locale: str
) -> str:
    here = Place(locale, caller.timezone, caller.tenant.currency)
    parts = []
    for piece in text.pieces(locale):
        if piece.value is None:
            parts.append(piece.text)
        elif _readable(caller, piece.value):
            field = field_of(caller.model, automation.object, piece.value)
            parts.append(written(of[Wanted(piece.value, None)], piece.value.type, field, piece.format, here))
        else:
            parts.append("…")
    return "".join(parts)


def _readable(caller: Caller, checked: Checked) -> bool:
    return all(caller.rights.field(object, name) != "none" for object, name in checked.fields)


def _of_values(model: Model, automation: AutomationModel, action: ActionModel) -> dict[str, Wanted]:
    fields = model.object(str(action.target or automation.object)).fields if action.values else {}
    return {name: Wanted(checked, fields[name].type.cast_type(fields[name])) for name, checked in action.values.items()}


def _before(model: Model, automation: AutomationModel, action: ActionModel) -> dict[str, Wanted]:
    """The fields of the record itself that a step writes, as they stand before it."""
    if action.kind not in _OF_ITSELF or action.relation is not None or automation.object is None:
        return {}
    found = {}
    for name in action.values:
        with suppress(ExpressionError):  # what no expression may name has no past here
            found[name] = Wanted(check(name, Scope.of(model, automation.object, "value")), None)
    return found


def _headline(action: ActionModel) -> TemplateText | None:
    return next((action.texts[key] for key in _HEADLINES if key in action.texts), None)


def _of_text(text: TemplateText | None) -> list[Checked]:
    if text is None:
        return []
    return [piece.value for locale in ("en", "zh") for piece in text.pieces(locale) if piece.value is not None]
