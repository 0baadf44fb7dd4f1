"""A drawn company that changes: people and departments move, teams and assistants come and go, sets are granted and
revoked. The very next request with the same token holds what the oracle says of the company as it is then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from access_oracle import Oracle
from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from dougong_tenants import Database, people
from dougong_tenants.tokens import issue
from organisation_store import Furnished, furnish
from organisation_worlds import OBJECTS, Draw, Granting, draw
from reading import Client

ROUNDS = 4


@pytest.fixture(scope="module", params=[201, 202])
def moving(request: Any, company_database: Database, tmp_path_factory: pytest.TempPathFactory) -> tuple[Furnished, Any]:
    """A company of private objects, and the application over it."""
    world = draw(request.param)
    world.access = dict.fromkeys(world.access, "private")
    home = tmp_path_factory.mktemp("home")
    made = furnish(company_database, world, home)
    settings = Settings(home=home, database_url=company_database.dsn, secret="test", rate_limit=0)
    return made, create_app(settings, company_database, faces=False)


def move_person(made: Furnished, by: Draw) -> str:
    """Another department and another manager, who joined earlier."""
    staff = [one for one in made.world.people.values() if one.kind == "person"]
    place = by.chance.randrange(1, len(staff))
    one, manager = staff[place], by.chance.choice(staff[:place]).id
    department = by.chance.choice(list(made.world.divisions))
    people.update_user(made.database, made.tenant, one.id, {"manager": manager, "department": department})
    one.manager, one.department = manager, department
    one.further = [d for d in one.further if d != department]
    return f"{one.name} moved"


def move_department(made: Furnished, by: Draw) -> str:
    """Under another one that does not lie below it."""
    divisions = made.world.divisions
    one = by.chance.choice(list(divisions.values()))

    def above(id: str | None) -> list[str]:
        return [] if id is None else [id, *above(divisions[id].parent)]

    free = [other.id for other in divisions.values() if one.id not in above(other.id)]
    parent = by.chance.choice([*free, None])
    people.place_department(made.database, made.tenant, one.id, parent, 0)
    one.parent = parent
    return f"{one.name} moved"


def change_team(made: Furnished, by: Draw) -> str:
    team = by.chance.choice(list(made.world.teams.values()))
    staff = [one.id for one in made.world.people.values() if one.kind == "person" and one.active]
    team.members = set(by.some(staff, 5))
    people.set_members(made.database, made.tenant, team.id, dict.fromkeys(sorted(team.members)))
    return f"{team.name} has other members"


def end_assistance(made: Furnished, by: Draw) -> str:
    found = people.list_assistants(made.database, made.tenant)
    if found:
        one = by.chance.choice(found)
        people.remove_assistant(made.database, made.tenant, one.id)
        left = [a for a in made.world.assistants if (a.user, a.assistant) != (one.user, one.assistant)]
        made.world.assistants = left
    return "an assistance ended"


def give_set(made: Furnished, by: Draw) -> str:
    """To a department and all below it."""
    name, department = by.chance.choice(list(made.world.sets)), by.chance.choice(list(made.world.divisions))
    people.grant(made.database, made.tenant, name, department=department, below=True)
    others = [g for g in made.world.grants if (g.permission_set, g.department) != (name, department)]
    made.world.grants = others  # granted anew, it replaces what was granted before
    made.world.grants.append(Granting(name, department=department, below=True))
    return f"{name} was granted to {made.world.divisions[department].name}"


def take_set(made: Furnished, by: Draw) -> str:
    """From a department or a position."""
    found = [g for g in people.list_grants(made.database, made.tenant) if g.user is None]
    if found:
        one = by.chance.choice(found)
        people.revoke(made.database, made.tenant, one.id)
        same = [
            g
            for g in made.world.grants
            if (g.permission_set, g.department, g.title, g.user)
            == (one.permission_set, one.department, one.title, None)
        ]
        made.world.grants.remove(same[0])
        return f"{one.permission_set} was revoked"
    return "nothing was revoked"


def end_share(made: Furnished, by: Draw) -> str:
    share = made.world.shares.pop(by.chance.randrange(len(made.world.shares)))
    with made.database.transaction(made.tenant) as tx:
        tx.execute("delete from _share where id = %s", [share.id])
    return f"the share of a {share.object} ended"


CHANGES: tuple[Callable[[Furnished, Draw], str], ...] = (
    move_person, move_department, change_team, end_assistance, give_set, take_set, end_share,
)  # fmt: skip


def test_the_next_request_knows_every_change(moving: tuple[Furnished, Any]) -> None:
    made, app = moving
    world, by = made.world, Draw(made.world.seed)
    staff = [one.id for one in world.people.values() if one.kind == "person" and one.active]
    acting = {a.assistant for a in world.assistants}
    asking = sorted(staff, key=lambda id: (id not in acting, id))[:6]
    clients = {
        id: Client(app.test_client(), issue(made.database, made.tenant, id, name="t", scopes=("read",)).token)
        for id in asking
    }
    differences, before = 0, {}
    for number in range(ROUNDS * len(CHANGES)):
        happened = CHANGES[number % len(CHANGES)](made, by)
        for id, client in clients.items():
            oracle = Oracle(replace(world), id)
            for object in ("machine", "visit") if number % 3 else OBJECTS:
                status, answer = client.get(f"/api/v1/records/{object}", fields="id", limit=200)
                about = f"world {world.seed}: {happened}: {world.people[id].name} with {oracle.sets}: {object}"
                assert status == (200 if oracle.may(object, "read") else 403), about
                found = {row["id"] for row in answer["records"]} if status == 200 else None
                assert found is None or found == {row["id"] for row in oracle.live(object)}, about
                differences += (id, object) in before and before[id, object] != found
                before[id, object] = found
    assert differences > 5, "the changes changed something"
