"""When an automation looks: from its document's `on` to the inputs of the form, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from dougong_ui_builder.builder.forms import MISSING, read_value
from dougong_ui_builder.builder.forms.shapes import Schema, part_of
from dougong_ui_builder.words import lazy_gettext

# kind: (words, what it does, icon)
KINDS = {
    "saved": (lazy_gettext("Created or updated"), lazy_gettext("Each time a record is saved"), "device-floppy"),
    "created": (lazy_gettext("Created"), lazy_gettext("When a record is new"), "square-plus"),
    "updated": (lazy_gettext("Updated"), lazy_gettext("When a record, or one of some fields, changes"), "pencil"),
    "deleted": (lazy_gettext("Moved into the bin"), lazy_gettext("When a record goes into the recycle bin"), "trash"),
    "date": (
        lazy_gettext("A date comes"),
        lazy_gettext("Some days before or after a date of the record"),
        "calendar-event",
    ),
    "cron": (lazy_gettext("The clock strikes"), lazy_gettext("Every day, week or month at a time"), "clock"),
    "incoming": (lazy_gettext("A call comes in"), lazy_gettext("Another system calls its own address"), "webhook"),
    "approval": (
        lazy_gettext("An approval has an outcome"),
        lazy_gettext("When a flow is approved, rejected, returned …"),
        "clipboard-check",
    ),
}
OF_A_WRITE = ("saved", "created", "updated", "deleted")
USUAL_TIME, USUAL_OUTCOME = "09:00", "approved"


@dataclass(frozen=True, slots=True)
class TriggerInputs:
    """What the inputs hold. `days` are never negative: `before` says which side of the date."""

    kind: str = ""
    fields: tuple[str, ...] = ()
    field: str = ""
    days: str = "0"
    before: bool = False
    time: str = USUAL_TIME
    cron: str = ""
    incoming: Mapping[str, Any] | None = None
    approval: str = ""
    outcome: str = USUAL_OUTCOME

    @property
    def of_a_write(self) -> bool:
        """Whether prior() and changed() mean anything."""
        return self.kind in OF_A_WRITE


def inputs_of(on: Any) -> TriggerInputs:
    """Of a document's `on`, whatever is wrong with it."""
    if isinstance(on, str):
        return TriggerInputs(on if on in KINDS else "")
    if not isinstance(on, Mapping):
        return TriggerInputs()
    if on.get("event"):
        return TriggerInputs(str(on["event"]))
    kind = next((key for key in ("saved", "updated", "date", "cron", "incoming", "approval") if on.get(key)), "")
    if kind in ("saved", "updated"):
        names = on[kind]
        return TriggerInputs(kind, tuple(str(n) for n in names) if isinstance(names, (list, tuple)) else ())
    days = on.get("days", 0)
    before = isinstance(days, int) and days < 0
    return TriggerInputs(
        kind,
        field=str(on.get("date") or ""),
        days=str(-days if before else days),
        before=before,
        time=str(on.get("time") or USUAL_TIME),
        cron=str(on.get("cron") or ""),
        incoming=on if kind == "incoming" else None,
        approval=str(on.get("approval") or ""),
        outcome=str(on.get("outcome") or USUAL_OUTCOME),
    )


def read_trigger(form: MultiDict[str, str], schema: Schema, tree: Any, old: Any, *, keep: bool = False) -> Any:
    """The document's `on` as the form says it; `old` where that says the same. None where nothing is chosen."""
    made = _read(form, schema, tree, old, keep)
    if inputs_of(made) == inputs_of(old) and set(_plain(made)) == set(_plain(old)):
        return old
    return made


def _read(form: MultiDict[str, str], schema: Schema, tree: Any, old: Any, keep: bool) -> Any:
    kind = form.get("@on", "")
    fields = [name for name in form.getlist(f"@on_{kind}") if name] if kind in ("saved", "updated") else []
    before = old if isinstance(old, Mapping) else {}
    if fields:
        return {kind: fields}
    if kind in OF_A_WRITE:
        return kind
    if kind == "date":
        days, time = _days(form), form.get("@on_time", "").strip()
        made: dict[str, Any] = {"date": form.get("@on_date", "")}
        if days != 0 or "days" in before:
            made["days"] = days
        if time not in ("", USUAL_TIME) or "time" in before:
            made["time"] = time or USUAL_TIME
        return made
    if kind == "cron":
        return {"cron": " ".join(form.get("@on_cron", "").split())}
    if kind == "approval":
        outcome = form.get("@on_outcome", "") or USUAL_OUTCOME
        told = {"outcome": outcome} if outcome != USUAL_OUTCOME or "outcome" in before else {}
        return {"approval": form.get("@on_approval", ""), **told}
    if kind == "incoming":
        said = read_value({"type": "object", "properties": incoming_keys(schema)}, tree, before or MISSING, keep=keep)
        rest = {} if said is MISSING else {k: v for k, v in said.items() if v not in (False, {}) or k in before}
        return {"incoming": True, **rest}
    return None


def incoming_keys(schema: Schema) -> dict[str, Schema]:
    """The keys that go with an incoming call, from the schema of `on`."""
    part = part_of(schema)
    assert part is not None
    return {key: part["properties"][key] for key in ("map", "key", "signed")}


def _days(form: MultiDict[str, str]) -> int | str:
    text = form.get("@on_days", "").strip() or "0"
    try:
        days = abs(int(text))
    except ValueError:
        return text
    return -days if form.get("@on_side") == "before" else days


def _plain(on: Any) -> Mapping[str, Any]:
    return on if isinstance(on, Mapping) else {}
