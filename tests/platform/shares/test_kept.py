"""How long shares last beyond their records' lives in the metadata and in this database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dougong_platform import shares
from dougong_platform.backups import restore, save
from dougong_platform.integrity import check
from dougong_tenants.tenancy import get as get_tenant
from reading import Client
from sharing import Sharing


def share(sharing: Sharing, object: str, record: str) -> None:
    shares.share(sharing.caller("ann"), object, [record], {"subject": sharing["dan"], "role": "Editor"})


def test_a_backup_brings_shares_back(sharing: Sharing, tmp_path: Path) -> None:
    book, reading = sharing.make(), sharing.reading
    share(sharing, "book", book)
    held = "select id, record, subject, access, role, relations, ended from _share"
    before = reading.run(held)
    save(reading.database, reading.tenant, tmp_path, tmp_path / "a.backup")
    restore(reading.database, tmp_path, tmp_path / "a.backup", "library", "copy")
    copy = get_tenant(reading.database, "copy")
    with reading.database.transaction(copy) as tx:
        assert tx.rows(held) == before
    assert [found for _, all_ in check(reading.database, copy, tmp_path) for found in all_] == []


def test_shares_of_a_removed_object_wait_with_its_data_and_end_with_it(
    sharing: Sharing, client_as: Callable[..., Client]
) -> None:
    review, client = sharing.make("review"), client_as("ann", "read", "write", "metadata")
    share(sharing, "review", review)
    count = "select count(*) from _share where object = 'review'"
    for kind, name in (("object", "review"), ("permission_set", "keeper")):
        assert client.open(f"/api/v1/metadata/{kind}/{name}", method="DELETE").status_code in (200, 204)
    _, plan = client.get("/api/v1/metadata/plan")
    published, said = client.post("/api/v1/metadata/publish", {"base": plan["base"], "draft_hash": plan["draft_hash"]})
    assert published == 200, said
    assert sharing.reading.run(count) == [(1,)]
    assert client.open("/api/v1/metadata/retired/review", method="DELETE").status_code == 204
    assert sharing.reading.run(count) == [(0,)]
