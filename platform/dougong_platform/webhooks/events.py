"""Turns what happened to records into calls of the webhooks that want to know. Called by the handler of record events.

Values are read when the call is prepared, moments after the commit, by the rights of the user whom the webhook runs as,
or by the company for the fields that the administrator named. So a record that changed twice may be told twice in its
newest state; its version says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from dougong_metadata.model.webhook_types import WebhookEvent, WebhookModel
from dougong_platform.access.rights import rights_for
from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.query import list_records
from dougong_platform.query.fields import readable_paths
from dougong_platform.releases.release import Release
from dougong_platform.webhooks.errors import ActorGone
from dougong_platform.webhooks.sending import refuse, send
from dougong_tenants import Database, Tenant, TenantTransaction
from dougong_tenants.organisation import organisation_of

AT_ONCE = 100  # records of one call
LARGEST = 256 * 1024  # bytes of one call's records, unless a single one is larger
NOBODY = str(UUID(int=0))
_WORDS = {"create": "created", "update": "updated", "delete": "deleted", "restore": "restored"}
_PAST = """
select record, jsonb_agg(distinct k) from _history h left join jsonb_object_keys(h.changes) k on true
 where xid = %(xid)s::text::xid8 and object = %(object)s and op = %(op)s group by record
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """What a record event says: `op` of `records`, each with the names of its changed fields (None = not known)."""

    object: str
    op: str
    records: Mapping[str, frozenset[str] | None]
    payload: Mapping[str, Any]

    @property
    def word(self) -> str:
        return _WORDS.get(self.op, "")


def tell(
    tx: TenantTransaction, database: Database, tenant: Tenant, release: Release, payload: Mapping[str, Any]
) -> int:
    """Note the calls that a record event gives rise to; how many."""
    wanted = _wanted(tx, release, payload)
    if not wanted:
        return 0
    company = _company(database, tenant, release)
    happening = _happening(tx, release, payload)
    count = 0
    for webhook, event in wanted:
        try:
            reader = _reader(database, tenant, webhook, company)
        except ActorGone as fault:
            refuse(tx, webhook.name, f"{happening.object}.{happening.word}", _head(happening), fault)
            continue
        for part in _parts(_told(reader, company, event, happening)):
            send(
                tx, tenant, webhook.name, f"{happening.object}.{happening.word}", {**_head(happening), "records": part}
            )
            count += 1
    return count


def _wanted(
    tx: TenantTransaction, release: Release, payload: Mapping[str, Any]
) -> list[tuple[WebhookModel, WebhookEvent]]:
    word = _WORDS.get(payload["op"])
    found = [
        (webhook, event)
        for webhook in release.model.webhooks.values()
        if webhook.active
        for event in webhook.events
        if event.object == payload["object"] and word in event.on
    ]
    if not found:
        return []
    stopped = {name for (name,) in tx.rows("select webhook from _webhook where stopped_at is not null")}
    return [(webhook, event) for webhook, event in found if webhook.name not in stopped]


def _happening(tx: TenantTransaction, release: Release, payload: Mapping[str, Any]) -> Happening:
    """Which records, and what of them changed: from history, where the object has one."""
    object, op = payload["object"], payload["op"]
    records: dict[str, frozenset[str] | None] = dict.fromkeys(payload["ids"] or ())
    if release.model.objects[object].history and (op == "update" or payload["ids"] is None):
        past = tx.rows(_PAST, {"xid": payload["xid"], "object": object, "op": op})
        records = {record: frozenset(names) - {None} for record, names in past}
    return Happening(object, op, records, payload)


def _reader(database: Database, tenant: Tenant, webhook: WebhookModel, company: Caller) -> Caller:
    """Whose rights decide what is told. Raises ActorGone."""
    if webhook.runs_as is None:
        return company
    wanted = webhook.runs_as.casefold()
    organisation = organisation_of(database, tenant)
    found = next((id for id, person in organisation.people.items() if (person.email or "").casefold() == wanted), None)
    if found is None:
        raise ActorGone(user=webhook.runs_as)
    try:
        return acting_as(database, tenant, found, cause="webhook", cause_ref=webhook.name)
    except NotAllowed:
        raise ActorGone(user=webhook.runs_as) from None


def _company(database: Database, tenant: Tenant, release: Release) -> Caller:
    """Nobody in particular, who may read everything."""
    rights = rights_for(release.model, (), True)
    return Caller(database, tenant, release, NOBODY, rights, tenant.locale, tenant.timezone, cause="webhook")


def _told(reader: Caller, company: Caller, event: WebhookEvent, happening: Happening) -> Iterator[dict[str, Any]]:
    """The records as the reader may see them: {"id", "version", …fields, "changed"}."""
    if reader.rights.object(event.object).read == "none":
        return
    named = event.fields or (("id",) if reader is company else ())
    fields = readable_paths(reader.rights, event.object, named) if named else None
    seen = frozenset(fields if fields is not None else reader.rights.fields(event.object))
    ids = list(happening.records)
    for start in range(0, len(ids), AT_ONCE):
        chosen = _fitting(company, event, happening, ids[start : start + AT_ONCE])
        for record in _read(reader, event.object, chosen, fields, happening.op):
            changed = happening.records[record["id"]]
            if changed is None or happening.op != "update":
                yield record
            elif changed & seen:  # what the receiver may not know is no news to it
                yield {**record, "changed": sorted(changed & seen)}


def _fitting(company: Caller, event: WebhookEvent, happening: Happening, ids: list[str]) -> list[str]:
    if event.condition is None:
        return ids
    found = _read(company, event.object, ids, ("id",), happening.op, event.condition.text)
    return [record["id"] for record in found]


def _read(
    caller: Caller, object: str, ids: Sequence[str], fields: Sequence[str] | None, op: str, condition: str = ""
) -> list[dict[str, Any]]:
    if not ids:
        return []
    # The number of ids is part of a statement's shape: doubled up to a power of two, there are few shapes.
    padded = [*ids, *[ids[-1]] * ((1 << (len(ids) - 1).bit_length()) - len(ids))]
    chosen = _among(padded)
    page = list_records(
        caller,
        object,
        fields=fields,
        filter=f"({condition}) and {chosen}" if condition else chosen,
        limit=2 * AT_ONCE,
        deleted=op == "delete",
    )
    return page.records


def _among(ids: Sequence[str]) -> str:
    quoted = ", ".join(f'"{id}"' for id in ids)
    return f"id in ({quoted})"


def _head(happening: Happening) -> dict[str, Any]:
    said = happening.payload
    return {"object": happening.object, "actor": said.get("actor"), "cause": said.get("cause")}


def _parts(records: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Calls of at most so many records and bytes."""
    part: list[dict[str, Any]] = []
    size = 0
    for record in records:
        length = len(orjson.dumps(record))
        if part and (len(part) >= AT_ONCE or size + length > LARGEST):
            yield part
            part, size = [], 0
        part.append(record)
        size += length
    if part:
        yield part
