"""How many records stand at each stage now: asked of the release in force, given up when slow."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, or_, select

from dougong_platform.storage import compile_statement
from dougong_platform.storage.tables import tables
from dougong_tenants.errors import StatementTooSlow
from dougong_ui_builder.builder.pipelines.page_of import PipelinePage

SLOWEST = 2_000  # milliseconds


def standing(made: PipelinePage) -> Mapping[str, int]:
    """Live records by value, of the record types that the pipeline is for; {} where nobody has published the field."""
    model = made.caller.model.objects.get(made.object)
    if model is None or made.field not in model.fields or model.fields[made.field].picklist is None:
        return {}
    table = tables(made.caller.model, made.caller.release.catalogue)[made.object]
    column = table.c[made.field]
    asked = select(column, func.count()).where(table.c.deleted_at.is_(None), column.is_not(None)).group_by(column)
    mine, others = _types(made)
    if mine:
        asked = asked.where(table.c.record_type.in_(mine))
    elif others:
        asked = asked.where(or_(table.c.record_type.is_(None), table.c.record_type.not_in(others)))
    statement = compile_statement(asked)
    text = statement.text.replace('"§".', "")  # the tenant's search path finds its tables
    try:
        rows = made.caller.database.read(made.caller.tenant, text, statement.params, statement_timeout=SLOWEST)[1]
    except StatementTooSlow:
        return {}
    return {str(value): int(count) for value, count in rows}


def _types(made: PipelinePage) -> tuple[list[str], list[str]]:
    """The pipeline's own record types, and those that other pipelines of the field are for."""
    mine = [str(name) for name in made.document.body.get("record_types") or ()]
    others = [
        str(name)
        for document in made.view.of_kind("pipeline")
        if document.name != made.name
        and (document.body.get("object"), document.body.get("field")) == (made.object, made.field)
        for name in document.body.get("record_types") or ()
    ]
    return mine, others
