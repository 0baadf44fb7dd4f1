"""A restored company has its own reports and subscriptions, and sends nothing that the original has sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dougong_platform import own_documents
from dougong_platform.backups import restore, save
from dougong_platform.own_documents.sharing import share
from dougong_platform.people.acting import acting_as
from dougong_platform.reports.subscriptions import keeping
from dougong_platform.reports.subscriptions.clock import send_due
from dougong_tenants import Database
from dougong_tenants.tenancy import get
from kept_reports import Kept


def test_what_is_kept_and_sent_comes_along_and_nothing_is_sent_twice(
    kept: Kept, make_database: Callable[..., str], tmp_path: Path
) -> None:
    body = {"object": "book", "rows": ["genre"], "values": {"z": "COUNT()", "a": "SUM(price)"}}
    mine = own_documents.create(kept.caller("bob"), "report", "Mine", body)
    share(kept.caller("bob"), mine.id, [{"kind": "team", "id": kept["press"], "access": "edit"}])
    sent = keeping.create(kept.caller("bob"), "report", mine.id, {"cadence": "daily", "hour": 8})
    kept.reading.run("update _report_subscription set next_at = now() - interval '1 hour' returning 1")
    save(kept.reading.database, kept.reading.tenant, tmp_path / "home", tmp_path / "library.backup")
    elsewhere = Database(make_database(), 3, secret="test")
    elsewhere.install()
    try:
        restore(elsewhere, tmp_path / "elsewhere", tmp_path / "library.backup", "library")
        tenant = get(elsewhere, "library")
        fay = acting_as(elsewhere, tenant, kept["fay"], cause="user")
        found = own_documents.find(fay, mine.id)
        assert (found.access, list(found.body["values"])) == ("edit", ["z", "a"])
        assert send_due(elsewhere, tenant) == 0
        bob = acting_as(elsewhere, tenant, kept["bob"], cause="user")
        assert keeping.find(bob, sent.id).next_at == sent.next_at
    finally:
        elsewhere.close()
