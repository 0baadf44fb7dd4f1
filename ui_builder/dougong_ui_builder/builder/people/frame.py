"""What every page about people is drawn with: the builder's navigation, the draft bar for who may see it, the tabs."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.errors import RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.builder.people.sentences import set_label
from dougong_ui_builder.builder_navigation import builder_groups
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext

Errors = dict[str, list[str]]
SENT = "/builder/people/subscriptions"


def draw(caller: Caller, template: str, tab: str = "", **context: Any) -> str:
    """A page. Who looks after people need not hold the right to the metadata: then there is no draft to show."""
    view = read_draft(caller) if "metadata" in caller.rights.system else None
    return render_template(
        template,
        draft=view,
        builder_nav=builder_groups(caller, request.path, view.documents if view else None),
        people_tabs=[
            {"text": gettext("People"), "href": "/builder/people", "current": tab == "people"},
            {"text": gettext("Departments"), "href": "/builder/people/departments", "current": tab == "departments"},
            {"text": gettext("Teams"), "href": "/builder/people/teams", "current": tab == "teams"},
            {"text": gettext("Queues"), "href": "/builder/people/queues", "current": tab == "queues"},
            {"text": gettext("Hand-overs"), "href": "/builder/people/hand-overs", "current": tab == "hand-overs"},
            {"text": gettext("Subscriptions"), "href": SENT, "current": tab == "subscriptions"},
        ],
        set_label=lambda name: set_label(caller.model, name),
        **context,
    )


def errors_of(fault: Fault) -> Errors:
    """{field: [sentence]} of a refusal; the field is "" where it is about none."""
    if isinstance(fault, RecordsInvalid):
        found: Errors = {}
        for error in fault.errors:
            found.setdefault(error.field or "", []).append(error.message)
        return found
    field = fault.data.get("field")
    return {field if isinstance(field, str) else "": [fault.message(current_locale())]}
