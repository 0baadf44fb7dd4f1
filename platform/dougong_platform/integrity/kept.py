"""Whether reports and dashboards that people keep for themselves mean something under the release in force."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_platform.integrity.finding import Finding, finding
from dougong_platform.integrity.snapshot import EXAMPLES, Snapshot
from dougong_platform.own_documents.bodies import KINDS
from dougong_platform.own_documents.standing import all_kept, fallen


def own_documents(snapshot: Snapshot) -> Iterator[Finding]:
    """Those whose metadata changed beneath them, by kind: what they are called, and whose they are."""
    broken = fallen(snapshot.release.model, all_kept(snapshot.rows))
    for kind in KINDS:
        mine = [one for one in broken if one.kind == kind]
        if mine:
            said = (f"“{one.label}” ({one.owner})" for one in mine[:EXAMPLES])
            yield finding(
                f"own {kind}",
                "speaks of what is gone: whoever keeps it has to change or remove it",
                "引用的内容已不存在，须由所有者修改或删除",
                len(mine),
                *said,
            )
