"""The loop guard: how long a chain of automations may become, and how often one may come back to the same record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dougong_platform.automations.firing import Firing
from dougong_platform.records.arrays import array_text
from dougong_tenants import TenantTransaction

LONGEST = 8  # automations in one chain
AGAIN = 1  # how often the same automation may come back to the same record within a chain

_BEFORE = """
with recursive above (batch, depth) as (
  select %(parent)s::uuid, 1
  union
  select r.parent, a.depth + 1 from above a join _automation_run r on r.batch = a.batch
   where r.parent is not null and a.depth <= %(longest)s)
select r.record from (select distinct batch from above) a join _automation_run r on r.batch = a.batch
 where r.automation = %(automation)s and r.record = any(%(ids)s::uuid[]) and r.state = 'done'
 group by r.record having count(*) > %(again)s
"""


def cut(tx: TenantTransaction, firing: Firing) -> dict[str, dict[str, Any]]:
    """Why the automation does not run, by record, for those where it would go in a circle."""
    chain = (*firing.chain, firing.automation)
    if len(chain) > LONGEST:
        return dict.fromkeys(firing.ids or ("",), _too_long(chain))
    if firing.parent is None or firing.automation not in firing.chain:
        return {}
    values = {
        "parent": firing.parent,
        "automation": firing.automation,
        "ids": array_text(firing.ids),
        "longest": LONGEST,
        "again": AGAIN,
    }
    return {row[0]: _circle(chain) for row in tx.rows(_BEFORE, values)}


def _too_long(chain: Sequence[str]) -> dict[str, Any]:
    return {
        "code": "chain_too_long",
        "en": f"More than {LONGEST} automations set each other off: {_shown(chain)}.",
        "zh": f"超过 {LONGEST} 个自动化相互触发：{_shown(chain)}。",
    }


def _circle(chain: Sequence[str]) -> dict[str, Any]:
    return {
        "code": "chain_in_circle",
        "en": f"The automations go in a circle over this record: {_shown(chain)}.",
        "zh": f"自动化在此记录上循环触发：{_shown(chain)}。",
    }


def _shown(chain: Sequence[str]) -> str:
    return " → ".join(chain)
