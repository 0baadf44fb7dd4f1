"""What a form shows for the values in it right now: asked by the form's island after each change."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request

from dougong_platform.http.caller import Caller
from dougong_platform.query import get
from dougong_ui_builder.components import field_currency, tenant_currency
from dougong_ui_builder.formats import currency_symbol
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import page
from dougong_ui_builder.posted import read_posted
from dougong_ui_builder.screens.forms.routes import blueprint
from dougong_ui_builder.screens.record_values.layout import arrange, layout_for
from dougong_ui_builder.screens.record_values.reading import editable


@blueprint.post("/o/<object>/form-state")
@page()
def form_state(caller: Caller, object: str) -> Any:
    """{"sections": {name: shown}, "fields": {name: {"shown", "required"}}, "symbols": {name: "€"}}."""
    model = caller.model.object(object)
    fields = [f for f in model.fields.values() if editable(caller, f)]
    values: dict[str, Any] = read_posted(fields, request.form, timezone=current_timezone()).values
    kind, id = request.form.get("record_type"), request.form.get("id") or None
    if kind in model.record_types:
        values["record_type"] = kind
    if id is not None:
        saved = get(caller, object, id, ["id", "record_type"])
        values.setdefault("record_type", saved["record_type"])
    arranged = arrange(caller, model, layout_for(caller, model, values.get("record_type")), values, id)
    return jsonify(
        sections={s.model.name: s.shown for s in arranged.sections},
        fields={
            f.name: {"shown": f.name not in arranged.hidden, "required": f.required or f.name in arranged.needed}
            for s in arranged.sections
            for f in s.fields
            if f is not None and (f.visible_when is not None or f.required_when is not None)
        },
        symbols={
            f.name: currency_symbol(field_currency(f, values) or tenant_currency())
            for s in arranged.sections
            for f in s.fields
            if f is not None and f.settings.get("currency_field")
        },
    )
