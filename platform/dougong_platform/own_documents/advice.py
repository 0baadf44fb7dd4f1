"""What a publish means for reports and dashboards that people keep for themselves. Asked by the plan of a release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dougong_metadata.label import Label
from dougong_metadata.model.types import Model
from dougong_platform.own_documents.bodies import KINDS
from dougong_platform.own_documents.sharing import SET
from dougong_platform.own_documents.standing import Kept, all_kept, named, newly_fallen
from dougong_platform.releases.advising import advises
from dougong_platform.releases.impact import Impact
from dougong_platform.releases.planned_step import PlannedStep
from dougong_platform.releases.release import Release
from dougong_tenants import Database, Tenant

_WORDS = {
    "report": ("report that somebody keeps", "reports that people keep", "个自建报表"),
    "dashboard": ("dashboard that somebody keeps", "dashboards that people keep", "个自建仪表盘"),
}


@advises
def tell(database: Database, tenant: Tenant, base: Release, model: Model) -> Iterator[PlannedStep]:
    """One step for the reports that fall, one for the dashboards, one for each permission set that goes and that
    something is shared with."""
    if base.model.hash == model.hash:
        return
    with database.transaction(tenant, read_only=True) as tx:
        kept = all_kept(tx.rows)
    broken = newly_fallen(base.model, model, kept)
    for kind in KINDS:
        mine = [one for one in broken if one.kind == kind]
        if mine:
            yield _broken(kind, mine)
    for name in sorted(base.model.permission_sets.keys() - model.permission_sets.keys()):
        shared = [one for one in kept if f"{SET}{name}" in one.shared]
        if shared:
            yield _closed(name, base.model.permission_sets[name].label, shared)


def _broken(kind: str, mine: Sequence[Kept]) -> PlannedStep:
    one, several, zh = _WORDS[kind]
    many, who = len(mine), named(mine)
    says = Label(f"Breaks {many:,} {one if many == 1 else several}", f"使 {many:,} {zh}失效")
    note = Label(
        f"{who.en}. A new name does not reach them, it counts as removed: whoever may change one is shown what is gone",
        f"{who.zh}。改名视为删除，不会同步到其中；可编辑者打开时会看到缺失的内容",
    )
    return PlannedStep("break_own", kind, says, Impact(many, bad=many, note=note))


def _closed(name: str, label: Label, shared: Sequence[Kept]) -> PlannedStep:
    who = named(shared)
    says = Label(
        f"“{label.en}” goes, with whom people share reports and dashboards",
        f"删除「{label.zh}」，将结束与其共享的报表和仪表盘",
    )
    note = Label(f"No longer shared: {who.en}", f"不再共享：{who.zh}")
    return PlannedStep(
        "end_sharing", "permission_set", says, Impact(len(shared), bad=len(shared), note=note), name=name
    )
