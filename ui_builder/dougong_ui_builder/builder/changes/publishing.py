"""The plan of the draft, and publishing it."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request

from dougong_metadata.errors import Fault, InvalidDocuments
from dougong_platform.errors import DraftOfOthers, PublishConflict, PublishRefused
from dougong_platform.http.caller import ANY_KIND, Caller
from dougong_platform.releases.delegation import require_whole_draft
from dougong_platform.releases.listing import last_publish
from dougong_platform.releases.plan import Plan, plan
from dougong_platform.releases.planned_step import PlannedStep
from dougong_platform.releases.publish import publish_or_hand_over
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.changes.routes import blueprint
from dougong_ui_builder.builder.frame import document_url, problem_links
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext, ngettext

LONGEST_NOTE = 500
ICONS = {
    "add_table": ("table-plus", "good"),
    "add_column": ("circle-plus", "good"),
    "add_index": ("database", "accent"),
    "add_unique": ("key", "accent"),
    "add_foreign_key": ("link", "accent"),
    "change_type": ("transfer", "warn"),
    "retire_column": ("archive", "warn"),
    "retire_table": ("archive", "warn"),
    "add_validation": ("shield-check", "accent"),
    "set_required": ("asterisk", "accent"),
    "narrow": ("arrows-exchange", "warn"),
    "table_full": ("alert-circle", "bad"),
    "move_stage": ("arrow-guide", "warn"),
    "open_stays": ("clock", "accent"),
    "end_stays": ("clock", "warn"),
    "keep_version": ("git-branch", "accent"),
    "approval_reads": ("alert-triangle", "warn"),
    "break_own": ("alert-triangle", "warn"),
    "end_sharing": ("alert-triangle", "warn"),
    "stop_sending": ("alert-triangle", "warn"),
}


@blueprint.get("/changes/plan")
@page("metadata", ANY_KIND)
def show_plan(caller: Caller) -> str:
    """The plan's card, loaded after the page: counting may take its time. ?at=kind/name: whose impact is wanted."""
    made = plan(caller.database, caller.tenant)
    kind, _, name = request.args.get("at", "").partition("/")
    return plan_card(made, caller, impacts(made, kind, name))


def plan_card(made: Plan, caller: Caller, notes: list[PlannedStep], restore: int | None = None) -> str:
    """`restore`: the release that is planned to come back. A new object's fields stand in its own line."""
    new = {step.object for step in made.steps if step.action == "add_table"}
    return render_template(
        "builder/plan.html",
        plan=made,
        steps=[s for s in made.steps if s.action == "add_table" or s.object not in new],
        inside={name: sum(s.object == name and s.action == "add_column" for s in made.steps) for name in new},
        problems=problem_links(list(made.problems)),
        icons=ICONS,
        notes=notes,
        locale=caller.locale,
        document_url=document_url,
        restore=restore,
    )


def impacts(made: Plan, kind: str, name: str) -> list[PlannedStep]:
    """The steps that a changed document causes and that touch records."""
    mine = [s for s in made.steps if _belongs(s, kind, name)]
    return [s for s in mine if s.impact.bad or s.impact.hides_data or s.impact.refused]


def _belongs(step: PlannedStep, kind: str, name: str) -> bool:
    if kind == "object":
        return step.object == name
    if kind == "pipeline":
        return step.action == "move_stage" and (step.name or "").startswith(f"{name}.")
    return kind == "validation" and step.name == name


def said_stages() -> dict[str, str]:
    """Where records go whose stage is taken away, as the plan's form says: {"pipeline.stage": stage}."""
    prefix = "stage/"
    return {name.removeprefix(prefix): to for name, to in request.form.items() if name.startswith(prefix) and to}


@blueprint.get("/changes/progress")
@page("metadata", ANY_KIND)
def progress(caller: Caller) -> Response:
    """{target, state, done}: how far the publish is that began last."""
    return jsonify(last_publish(caller.database, caller.tenant) or {})


@blueprint.post("/changes/publish")
@page("metadata", ANY_KIND)
def publish_draft(caller: Caller) -> Response:
    """Publish just what was planned, in the background if it takes long; plan again when something moved meanwhile."""
    given = request.form
    note = given.get("note", "").strip()[:LONGEST_NOTE]
    try:
        require_whole_draft(caller)
        release = publish_or_hand_over(
            caller.database,
            caller.tenant,
            base=given.get("base", type=int),
            draft_hash=given.get("draft_hash"),
            note=note,
            by=caller.user,
            stages=said_stages(),
        )
    except (PublishConflict, PublishRefused, DraftOfOthers, InvalidDocuments) as fault:
        toasts.say(refusal(fault, caller.locale), tone="bad")
        return redirect_to("/builder/changes#plan")
    if release is None:
        toasts.say(gettext("Publishing goes on in the background"))
    else:
        toasts.say(gettext("Release #%(number)s is in force", number=release.number))
    return redirect_to("/builder/changes")


def refusal(fault: Fault, locale: str) -> str:
    """Why it was not published, for a toast."""
    if isinstance(fault, InvalidDocuments):
        count = len(fault.problems)
        return ngettext("%(num)d problem hinders publishing", "%(num)d problems hinder publishing", count)
    if isinstance(fault, PublishConflict):
        return gettext("The draft or the release changed meanwhile. Here is the new plan.")
    return fault.message(locale)
