"""What a publish means for what is sent regularly. Asked by the plan of a release."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_metadata.label import Label
from dougong_metadata.model.types import Model
from dougong_platform.own_documents.standing import all_kept, listed, newly_fallen
from dougong_platform.releases.advising import advises
from dougong_platform.releases.impact import Impact
from dougong_platform.releases.planned_step import PlannedStep
from dougong_platform.releases.release import Release
from dougong_tenants import Database, Tenant

_SENT = """
select s.kind, s.key, coalesce(o.name, '?') from _report_subscription s left join "user" o on o.id = s.owner
 where s.active order by s.kind desc, o.name, s.key
"""
_WORDS = {"report": ("reports", "报表"), "dashboard": ("dashboards", "仪表盘")}
Sent = tuple[Label, str]  # what it is called, whose the subscription is


@advises
def tell(database: Database, tenant: Tenant, base: Release, model: Model) -> Iterator[PlannedStep]:
    """One step for subscriptions to reports, one for those to dashboards: of those that can be sent no more."""
    if base.model.hash == model.hash:
        return
    with database.transaction(tenant, read_only=True) as tx:
        sent = tx.rows(_SENT)
        kept = all_kept(tx.rows) if sent else []
    gone = {(one.kind, one.id): Label(one.label, one.label) for one in newly_fallen(base.model, model, kept)}
    for kind, before, after in (
        ("report", base.model.reports, model.reports),
        ("dashboard", base.model.dashboards, model.dashboards),
    ):
        gone |= {(kind, name): before[name].label for name in before.keys() - after.keys()}
    for kind in _WORDS:
        mine = [(gone[kind, key], owner) for of, key, owner in sent if of == kind and (kind, key) in gone]
        if mine:
            yield _stopped(kind, mine)


def _stopped(kind: str, mine: list[Sent]) -> PlannedStep:
    many, (en, zh) = len(mine), _WORDS[kind]
    says = Label(
        f"Stops {many:,} {'subscription' if many == 1 else 'subscriptions'} to {en}", f"停止 {many:,} 个{zh}订阅"
    )
    who = listed(mine)
    note = Label(f"{who.en}. Their owners are told when they are due", f"{who.zh}。到期时会通知所有者")
    return PlannedStep("stop_sending", kind, says, Impact(many, bad=many, note=note))
