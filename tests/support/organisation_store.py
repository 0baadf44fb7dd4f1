"""Puts a drawn World into a tenant: people by SQL in one transaction that raises the stamp, records by the engine."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dougong_metadata.documents import read_documents
from dougong_platform import records
from dougong_platform.comments import conversation
from dougong_platform.files import attachment
from dougong_platform.files.store import FileStore
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.query import list_records
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_tenants import Database, Tenant
from dougong_tenants.people import get_user
from dougong_tenants.people.rows import people_transaction
from organisation_worlds import FOLLOWING, KINDS, OBJECTS, TAGS, TYPES, ZONES, Draw, Sharing, World
from reading import PASSWORD

COUNTS = {"site": 12, "machine": 30, "part": 24, "visit": 20}


@dataclass
class Furnished:
    """A world in its tenant. `files`: record -> (file attached to it, file that its field holds or None)."""

    database: Database
    tenant: Tenant
    world: World
    admin: Caller
    store: FileStore
    files: dict[str, tuple[str, str | None]]
    comments: dict[str, str]

    def acting(self, user: str) -> Caller:
        """Who this user is, by the real organisation. Raises NotAllowed for one who has left."""
        return acting_as(self.database, self.tenant, user, cause="api")


def furnish(database: Database, world: World, home: Path, counts: Mapping[str, int] = COUNTS) -> Furnished:
    """A tenant of its own, called after the world's seed; fills `world.rows` and `world.shares`. `counts`: how many
    records of each object."""
    email = f"admin{world.seed}@company.test"
    tenant = provision(
        database,
        f"world_{world.seed}",
        documents=read_documents(world.documents()),
        locale="en",
        administrator=FirstAdministrator(email, PASSWORD, "Ada"),
    )
    _people(database, tenant, world)
    admin = acting_as(database, tenant, get_user(database, tenant, email), cause="api")
    made = Furnished(database, tenant, world, admin, FileStore(home), {}, {})
    by = Draw(world.seed + 1_000_000)
    _records(made, by, counts)
    _shares(made, by)
    _leave_out(made, by)
    for object in OBJECTS:
        world.rows[object] = {
            row["id"]: {"deleted_at": None, **row} for deleted in (False, True) for row in _all(admin, object, deleted)
        }
        assert len(world.rows[object]) == counts[object]
    return made


def _people(database: Database, tenant: Tenant, world: World) -> None:
    with people_transaction(database, tenant) as tx:
        for division in world.divisions.values():
            tx.execute(
                "insert into department (id, name, parent) values (%s, %s, %s)",
                [division.id, division.name, division.parent],
            )
        for team in world.teams.values():
            tx.execute("insert into team (id, name) values (%s, %s)", [team.id, team.name])
        for one in world.people.values():
            tx.execute(
                'insert into "user" (id, name, email, title, department, manager, active, kind, team)'
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [one.id, one.name, one.email, one.title, one.department, one.manager, one.active, one.kind, one.team],
            )
            for further in one.further:
                tx.execute("insert into _user_department values (%s, %s)", [one.id, further])
        with tx.control() as control:
            for one in world.people.values():
                if one.email is not None:
                    control.execute("insert into dougong.person (id, email) values (%s, %s)", (one.id, one.email))
                    control.execute(
                        "insert into dougong.membership (tenant, user_id, person, active, admitted)"
                        " values (%s, %s, %s, %s, true)",
                        (tenant.id, one.id, one.id, one.active),
                    )
        for team in world.teams.values():
            for user in sorted(team.members):
                tx.execute(
                    'insert into team_member (id, team, "user") values (gen_random_uuid(), %s, %s)', [team.id, user]
                )
        for assisting in world.assistants:
            tx.execute(
                'insert into _assistant (id, "user", assistant, from_at, until_at)'
                " values (gen_random_uuid(), %s, %s, %s, %s)",
                [assisting.user, assisting.assistant, assisting.since, assisting.until],
            )
        for grant in world.grants:
            chosen = list(grant.departments) or None
            if grant.user is not None:
                tx.execute(
                    'insert into user_permission_set ("user", permission_set, from_at, until_at, departments)'
                    " values (%s, %s, %s, %s, %s::uuid[]) on conflict do nothing",
                    [grant.user, grant.permission_set, grant.since, grant.until, chosen],
                )
            else:
                tx.execute(
                    "insert into _permission_set_assignment (id, permission_set, department, below, title, from_at,"
                    " until_at, departments) values (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s::uuid[])",
                    [
                        grant.permission_set,
                        grant.department,
                        grant.below,
                        grant.title,
                        grant.since,
                        grant.until,
                        chosen,
                    ],
                )


def _all(admin: Caller, object: str, deleted: bool) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = list_records(admin, object, limit=1000, deleted=deleted, cursor=cursor)
        yield from page.records
        cursor = page.next
        if cursor is None:
            return


def _records(made: Furnished, by: Draw, counts: Mapping[str, int]) -> None:
    """Every record, with a second version for some, so that there is history beyond the creation."""
    owners = list(made.world.people)

    def create(object: str, values: Any) -> list[str]:
        rows = [{"owner": by.chance.choice(owners), **values(n)} for n in range(counts[object])]
        return [str(one.id) for one in records.create(made.admin, object, rows).records]

    chance, maybe = by.chance, by.maybe
    keepers = [one.id for one in made.world.people.values() if one.kind == "person"]
    sites = create(
        "site",
        lambda n: {
            "name": f"common site{n}x",
            "zone": maybe(chance.choice(ZONES), 0.8),
            "size": maybe(chance.randint(1, 9), 0.8),
            "keeper": maybe(chance.choice(keepers), 0.6),
            "phone": f"1380011{n:04d}",
        },
    )
    machines = create(
        "machine",
        lambda n: {
            "name": f"common machine{n}x",
            "code": f"M-{n}",
            "notes": maybe(f"remark{n}y", 0.8),
            "rank": maybe(chance.randint(1, 6), 0.8),
            "cost": maybe(f"{chance.randint(1, 99)}.{chance.randint(10, 99)}", 0.85),
            "due": maybe(f"2026-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}", 0.7),
            "at": maybe(f"2026-03-0{chance.randint(1, 9)}T08:30:00Z", 0.7),
            "kind": maybe(chance.choice(KINDS), 0.8),
            "tags": maybe(sorted(by.some(TAGS, 3)), 0.7),
            "live": maybe(chance.random() < 0.5, 0.9),
            "site": maybe(chance.choice(sites), 0.8),
            "keeper": maybe(chance.choice(keepers), 0.5),
            "phone": f"1390022{n:04d}",
            "record_type": chance.choice(TYPES),
        },
    )
    twins = [{"id": id, "twin": chance.choice([m for m in machines if m != id])} for id in chance.sample(machines, 18)]
    records.update(made.admin, "machine", twins)
    parts = create(
        "part",
        lambda n: {
            "machine": chance.choice(machines),
            "name": f"common part{n}x",
            "amount": chance.randint(1, 50),
            "site": maybe(chance.choice(sites), 0.5),
        },
    )
    visits = create(
        "visit",
        lambda n: {
            "name": f"common visit{n}x",
            "machine": maybe(chance.choice(machines), 0.8),
            "site": maybe(chance.choice(sites), 0.6),
            "cost": maybe(f"{chance.randint(1, 99)}.50", 0.9),
            "kind": maybe(chance.choice(KINDS), 0.7),
            "phone": f"1370033{n:04d}",
        },
    )
    for object, ids in (("site", sites), ("machine", machines), ("visit", visits)):
        for id in chance.sample(ids, 5):
            records.update(made.admin, object, [{"id": id, "owner": chance.choice(owners)}])
        for id in chance.sample(ids, 3):
            records.update(made.admin, object, [{"id": id, "phone": f"1360044{chance.randint(1000, 9999)}"}])
    for object, ids, most in (("site", sites, 2), ("machine", machines, 4), ("part", parts, 2), ("visit", visits, 3)):
        _attach(made, object, chance.sample(ids, 2))
        gone = chance.sample(ids, most)
        if object == "site":  # of which none leaves that a visit points to
            held = {r["site"] for r in list_records(made.admin, "visit", fields=["site"], limit=1000).records}
            gone = [id for id in ids if id not in held][:most]
        if object == "part":
            live = {r["id"] for r in list_records(made.admin, "part", fields=["id"], limit=1000).records}
            gone = [id for id in gone if id in live]
        records.delete(made.admin, object, gone)


def _attach(made: Furnished, object: str, ids: list[str]) -> None:
    """A file and a comment at each of these records; machines also hold a file in a field."""
    for id in ids:
        if not list_records(made.admin, object, fields=["id"], filter=f'id = "{id}"').records:
            continue  # left with its parent
        whole = attachment.upload(made.admin, made.store, io.BytesIO(b"whole"), "whole.txt", 1000, (object, id))
        held = None
        if object == "machine":
            held = attachment.upload(made.admin, made.store, io.BytesIO(b"held"), "held.txt", 1000)["id"]
            records.update(made.admin, object, [{"id": id, "papers": [held]}])
        made.files[id] = (whole["id"], held)
        made.comments[id] = conversation.add(made.admin, object, id, "said")["id"]


def _shares(made: Furnished, by: Draw) -> None:
    world = made.world
    subjects = [
        *(one.id for one in world.people.values() if one.kind == "person" and one.active),
        *world.divisions,
        *world.teams,
    ]
    seen = set()
    for object in ("site", "machine", "visit"):
        ids = [row["id"] for row in list_records(made.admin, object, fields=["id"], limit=1000).records]
        for id in by.some(ids, 12):
            subject = by.chance.choice(subjects)
            if (id, subject) in seen:
                continue
            seen.add((id, subject))
            along = [
                one for one in FOLLOWING if one.endswith(f".{object}") or (object, one) == ("machine", "machine.twin")
            ]
            relations = tuple(by.some(along, 2)) if along and by.chance.random() < 0.6 else ()
            access = by.chance.choice(("read", "edit"))
            world.shares.append(Sharing(by.id(), object, id, subject, access, relations, by.span()[1]))
    with made.database.transaction(made.tenant) as tx:
        for share in world.shares:
            tx.execute(
                "insert into _share (id, object, record, subject, access, relations, expires_at, created_by)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    share.id, share.object, share.record, share.subject, share.access, list(share.relations),
                    share.until, made.admin.user,
                ],
            )  # fmt: skip


def _leave_out(made: Furnished, by: Draw) -> None:
    """Records without an owner: the engine makes none, but a table may hold them."""
    with made.database.transaction(made.tenant) as tx:
        for object in OBJECTS:
            tx.execute(f"update {object} set owner = null where id in (select id from {object} order by id limit 2)")
