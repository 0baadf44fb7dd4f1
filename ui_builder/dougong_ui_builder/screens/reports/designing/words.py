"""What expressions in the builder may be completed with: the person's own fields, links, relations and functions."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from dougong_metadata.expressions.functions import AGGREGATES, FUNCTIONS
from dougong_platform.http.caller import Caller
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page
from dougong_ui_builder.screens.reports.designing.known import Found, Known
from dougong_ui_builder.screens.reports.designing.routes import blueprint
from dougong_ui_builder.words import gettext

MOST_VALUES = 100
Word = dict[str, Any]


@blueprint.get("/reports/new/words")
@page()
def complete(caller: Caller) -> Response:
    """[{text, label, kind, detail, icon, values}] of ?object= behind ?path=."""
    known = Known(caller, request.args.get("object", ""))
    path = request.args.get("path", "")[:200]
    if not known.exists:
        return jsonify([])
    made = [_word(one) for one in known.below(path)]
    if not path:
        made += [{"text": "$user", "label": gettext("Whoever asks"), "kind": "link", "detail": "", "icon": "user"}]
        made += [_function(one) for one in (*FUNCTIONS.values(), *AGGREGATES.values()) if not one.saving]
    return jsonify(made)


def _word(one: Found) -> Word:
    name = one.path.rsplit(".", 1)[-1]
    if one.field is None:
        detail = gettext("records: COUNT(%(name)s), SUM(%(name)s.…)", name=name)
        return {"text": name, "label": one.last, "kind": "relation", "detail": detail, "icon": one.icon}
    picklist = one.field.picklist
    values = [[value.value, label_text(value)] for value in picklist.values.values()] if picklist is not None else []
    return {
        "text": name,
        "label": one.last,
        "kind": "link" if one.object is not None else "field",
        "detail": one.field.type.label[current_locale()],
        "icon": one.icon,
        "values": values[:MOST_VALUES],
    }


def _function(one: Any) -> Word:
    summary = one.summary.text(current_locale())
    return {"text": one.name, "label": one.usage, "kind": "function", "detail": summary, "icon": "math-function"}
