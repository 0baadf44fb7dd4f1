"""What automations do after the commit: the write itself decides for which of its rows, and puts that into the outbox.

The condition is asked where both the old and the new values are at hand. Used by the insert, the update and the delete
statement; the automations noun handles the topic.
"""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.flow_types import AutomationModel
from dougong_metadata.model.types import ObjectModel
from dougong_platform.records.before import fired
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.statement import literal

TOPIC = "automation"
AT_ONCE = 200  # records of one outbox row: what is repeated when one of them fails, and another tenant's longest wait
_KINDS = {"create": ("saved", "created"), "update": ("saved", "updated"), "delete": ("deleted",), "restore": ()}


def after_automations(object: ObjectModel, op: str, touched: Sequence[str] = ()) -> list[AutomationModel]:
    """Those that this kind of write can set off. `touched`: the fields that an update may change."""
    return [
        one
        for one in object.automations
        if not one.before
        and one.trigger.kind in _KINDS[op]
        and (op != "update" or not one.trigger.fields or set(touched).intersection(one.trigger.fields))
    ]


def firing(
    object: ObjectModel, op: str, row: NewRow, *, source: str, version: str, touched: Sequence[str] = ()
) -> list[str]:
    """`fire_0 as (…), …`: outbox rows for the rows of `source` for which an automation fires."""
    parts = []
    for number, one in enumerate(after_automations(object, op, touched)):
        own = row.again()
        condition = fired(one, own, creating=op == "create", touched=touched)
        payload = (
            f"jsonb_build_object('automation', {literal(one.name)}, 'object', {literal(object.name)},"
            f" 'op', {literal(op)}, 'ids', jsonb_agg(f.id order by f._i), 'versions', jsonb_agg(f._v order by f._i),"
            " 'actor', %(env_user)s, 'cause', %(cause)s::text, 'cause_ref', %(cause_ref)s::text,"
            " 'chain', %(chain)s::jsonb, 'xid', pg_current_xact_id()::text)"
        )
        chosen = (
            f"select n.id, n._i, {version} as _v, (row_number() over (order by n._i) - 1) / {AT_ONCE} as part"
            f" from {source} n {own.joins} where %(fires)s::boolean and {condition}"
        )
        parts.append(
            f'fire_{number} as (insert into "§"._outbox (topic, payload) select {literal(TOPIC)}, {payload}'
            f" from ({chosen}) f group by f.part order by f.part)"
        )
    return parts
