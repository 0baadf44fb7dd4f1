"""What a formula yields for a few real records, read as whoever builds may read them. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from psycopg import DataError
from sqlalchemy import Select, cast, select, true
from sqlalchemy.types import Text

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check, compile_sql
from dougong_metadata.model.types import Model
from dougong_platform.access import predicate
from dougong_platform.access.conditions import PlainRows
from dougong_platform.http.caller import Caller
from dougong_platform.storage import compile_statement
from dougong_platform.storage.tables import tables
from dougong_tenants.errors import StatementTooSlow
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.builder.formulas.routes import blueprint
from dougong_ui_builder.formats import day, moment, money, number, percent
from dougong_ui_builder.page import page
from dougong_ui_builder.words import gettext

RECORDS = 5
SLOWEST = 3_000  # milliseconds
LONGEST = 10_000  # characters of a formula


@dataclass(frozen=True, slots=True)
class Preview:
    """`rows`: (id, name, result in words); `note` says why there are none."""

    rows: tuple[tuple[str, str, str], ...] = ()
    note: str = ""


@blueprint.post("/objects/<name>/preview-formula")
@page("metadata", "object")
def show_preview(caller: Caller, name: str) -> str:
    """The fragment with five records and their results, of a form that is being filled in."""
    text = request.form.get("b/formula", "")[:LONGEST]
    returns, scale = request.form.get("b/returns", "text"), scale_of(request.form.get("b/scale"))
    view = read_draft(caller)
    if name not in caller.model.objects:
        view.document("object", name)  # NotFound for what is in neither
    found = preview(caller, view.model, name, text, returns, scale)
    return render_template("formulas/preview.html", preview=found, preview_of=name)


def preview(caller: Caller, draft: Model | None, object: str, text: str, returns: str, scale: int) -> Preview:
    """Of the release in force; a formula over what is not published yet has no results."""
    model = caller.model
    if not text.strip() or object not in model.objects:
        return Preview()
    checked = _checked(model, object, text)
    if checked is None:
        coming = draft is not None and _checked(draft, object, text) is not None
        return Preview(note=gettext("It can be tried once what it uses is published.") if coming else "")
    if not _may_see(caller, object, checked):
        return Preview(note=gettext("It uses what you may not read; others will see its result."))
    try:
        rows = _read(caller, object, checked)
    except StatementTooSlow:
        return Preview(note=gettext("Working it out takes too long."))
    except DataError:
        return Preview(note=gettext("It cannot be worked out for these records: a division by zero, for instance."))
    if not rows:
        return Preview(note=gettext("There are no records yet."))
    return Preview(tuple((id, str(name or "—"), said(value, returns, scale)) for id, name, value in rows))


def _checked(model: Model, object: str, text: str) -> Checked | None:
    try:
        return check(text, Scope.of(model, object, "value")) if object in model.objects else None
    except ExpressionError:
        return None


def scale_of(text: str | None) -> int:
    """The digits after the point that a form says; two by default."""
    return min(int(text), 18) if text and text.isascii() and text.isdigit() else 2


def said(value: Any, returns: str, scale: int) -> str:
    """A result as people read it."""
    if value is None:
        return ""
    match returns:
        case "boolean":
            return gettext("Yes") if value in (True, "true") else gettext("No")
        case "date":
            return day(value)
        case "datetime":
            return moment(value)
        case "currency":
            return money(value, exact=True, scale=scale)
        case "percent":
            return percent(value)
        case "decimal" | "integer":
            return number(value, scale)
    return str(value)


def _may_see(caller: Caller, object: str, checked: Checked) -> bool:
    """Administrators see everything; others what their fields allow, on the record itself alone."""
    rights = caller.rights
    if rights.is_admin:
        return True
    used = checked.fields | {(object, caller.model.objects[object].name_field)}
    far = any(of != object for of, _ in used)
    readable = all(rights.field(of, name) != "none" and not rights.masked(of, name) for of, name in used)
    return not far and readable and rights.may(object, "read")


def _read(caller: Caller, object: str, checked: Checked) -> list[tuple[Any, ...]]:
    model = caller.model
    made = tables(model, caller.release.catalogue)
    base = made[object].alias("t")
    rows = PlainRows(made, model, object, base)
    value = compile_sql(checked, rows).label("value")
    name = cast(rows.column((model.objects[object].name_field,)), Text).label("name")
    seen = predicate(made, caller.rights, object, "read", base)
    asked: Select[Any] = (
        select(base.c.id, name, value)
        .select_from(rows.source)
        .where(base.c.deleted_at.is_(None), true() if seen is None else seen)
        .order_by(base.c.id.desc())
        .limit(RECORDS)
    )
    statement = compile_statement(asked)
    params = {**statement.params, **caller.environment}
    sql = statement.for_tenant(caller.tenant.schema, caller.release.number)
    _, found = caller.database.read(caller.tenant, sql, params, statement_timeout=SLOWEST)
    return list(found)
