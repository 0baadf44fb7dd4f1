"""What people keep for themselves and have sent that speaks of a document or a field. The builder's "where used" asks;
it is told what each is called and whose it is, as the plan of a publish tells, and nothing that stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dougong_metadata.model.types import Model
from dougong_platform.http.caller import Caller
from dougong_platform.own_documents.bodies import REPORT
from dougong_platform.own_documents.sharing import SET as SHARED_SET
from dougong_platform.own_documents.standing import Kept, all_kept, listed, named, that_show, that_use
from dougong_platform.reports.subscriptions.sources import label_in
from dougong_platform.reports.subscriptions.stored import SET, Recipient, Subscription, read


@dataclass(frozen=True, slots=True)
class Uses:
    """In words, each with its owner; "" for none: own reports and dashboards that use it, those that are shared with
    it (a permission set), and subscriptions."""

    kept: str = ""
    shared: str = ""
    sent: str = ""

    def __bool__(self) -> bool:
        return bool(self.kept or self.shared or self.sent)


NO_USES = Uses()


def used_by_people(caller: Caller, kind: str, name: str, field: str | None = None) -> Uses:
    """Who uses the document (`field`: that field of the object) as the release in force has it."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        kept = all_kept(tx.rows)
        subscriptions = read(tx, caller.tenant, "true order by s.kind desc, o.name, s.key, s.id", {})
        using = _using(caller.model, kind, name, field, kept)
        asking = _using(caller.model, kind, name, field, list(_asking(caller.model, kept, subscriptions)))
        away = {(one.kind, one.id) for one in using} | {(kind, name)}
        asks = {one.id for one in asking}
        sent = [
            (label_in(tx, caller.model, one.kind, one.key), one.owner_name or "?")
            for one in subscriptions
            if (one.kind, one.key) in away or one.id in asks or (kind == SET and Recipient(SET, name) in one.recipients)
        ]
    shared = [one for one in kept if kind == SET and f"{SHARED_SET}{name}" in one.shared]
    return Uses(*(found.text(caller.locale) for found in (named(using), named(shared), listed(sent))))


def _using(model: Model, kind: str, name: str, field: str | None, kept: Sequence[Kept]) -> list[Kept]:
    if kind != "object":
        return that_show(model, kind, name, kept)
    known = name in model.objects and (field is None or field in model.objects[name].fields)
    return that_use(model, name, field, kept) if known else []


def _asking(model: Model, kept: Sequence[Kept], subscriptions: Sequence[Subscription]) -> Iterator[Kept]:
    """What subscriptions ask of their reports besides, each as a report of its own that says only that."""
    objects = {name: report.object for name, report in model.reports.items()}
    objects |= {one.id: str(one.body.get("object")) for one in kept if one.kind == REPORT}
    for one in subscriptions:
        where = one.filters.get("where")
        if where and one.kind == REPORT and one.key in objects:
            body = {"object": objects[one.key], "where": where, "values": {"n": "COUNT()"}}
            yield Kept(one.id, REPORT, "", "?", body, {})
