"""Where records go whose stage is taken away: said while a pipeline is changed, kept beside the draft until it is
published. The plan asks for it; the builder and the API write it."""

from __future__ import annotations

from collections.abc import Mapping

from dougong_metadata.model.types import Model
from dougong_metadata.problems import unknown
from dougong_platform.releases.release import Reads
from dougong_tenants import Database, Tenant, TenantTransaction, audit

_PIPELINES = (
    "select name from _draft where kind = 'pipeline' union select name from _release_document"
    " where kind = 'pipeline' and release = (select max(number) from _release)"
)
Moves = Mapping[str, str]  # "pipeline.stage" -> the stage to which its records go


def stage_moves(tx: Reads) -> dict[str, str]:
    """What has been said so far."""
    rows = tx.execute("select pipeline, stage, target from _draft_stage order by pipeline, stage").fetchall()
    return {f"{pipeline}.{stage}": target for pipeline, stage, target in rows}


def said(moves: Moves, model: Model) -> dict[str, str]:
    """What was said of pipelines that the model has: one may have been deleted since."""
    return {place: new for place, new in moves.items() if place.partition(".")[0] in model.pipelines}


def put_stage_moves(
    database: Database, tenant: Tenant, moves: Mapping[str, str | None], *, by: str | None = None
) -> dict[str, str]:
    """Keep these (None: forget one); answers all. Raises UnknownName for a pipeline that neither the draft nor the
    release has; whether the stages make sense, the plan says."""
    with database.transaction(tenant) as tx:
        tx.execute("lock table _draft in share row exclusive mode")  # as for documents: one writer at a time
        before, known = stage_moves(tx), [name for (name,) in tx.execute(_PIPELINES).fetchall()]
        for place, target in moves.items():
            pipeline, _, stage = place.partition(".")
            if target is None:
                tx.execute("delete from _draft_stage where pipeline = %s and stage = %s", (pipeline, stage))
            elif pipeline not in known:
                raise unknown(pipeline, "a pipeline", "阶段流程", known)
            else:
                tx.execute(
                    "insert into _draft_stage (pipeline, stage, target, by) values (%s, %s, %s, %s)"
                    " on conflict (pipeline, stage) do update"
                    " set target = excluded.target, by = excluded.by, at = now()",
                    (pipeline, stage, target, by),
                )
        after = stage_moves(tx)
        _note(tx, before, after, by)
    return after


def forget_stage_moves(tx: TenantTransaction, pipelines: list[str] | None = None) -> None:
    """Drop what was said about these pipelines, or everything."""
    tx.execute(
        "delete from _draft_stage where %s::text[] is null or pipeline = any(%s::text[])", (pipelines, pipelines)
    )


def _note(tx: TenantTransaction, before: Moves, after: Moves, by: str | None) -> None:
    changed = {
        place: [before.get(place), after.get(place)]
        for place in {**before, **after}
        if before.get(place) != after.get(place)
    }
    if changed:
        audit.note(tx, "metadata.draft_changed", actor=by, details={"stages": changed})
