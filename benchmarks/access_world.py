"""A company for the access benchmarks: 2,000 people in 200 departments five levels deep, 20 sharing rules, 50,000
shares and 1,000,000 records of which each person owns 500. In a tenant of its own beside the others'."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from benchmarks.world import FOLDER, INDUSTRIES, STAGES, World
from dougong_metadata.documents import read_documents
from dougong_metadata.folders import read_folder
from dougong_platform.people.acting import acting_as
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_tenants import Tenant, new_id
from dougong_tenants.organisation import organisation_of

LEVELS = (1, 4, 15, 60, 120)  # departments on each level
INSIDE = 10  # people in a department, the head among them
SETS = """
kind: permission_set
name: rep
label: Representative
objects: {'*': {create: true, read: own, update: own}, company: {read: all}}
---
kind: permission_set
name: director
label: Director
objects: {'*': {create: true, read: own_below, update: own_below, export: true}, company: {read: all}}
"""
# Conditions and whom they are for; %d is the number of a department or team.
LOCAL = 'stage = "{stage}" and amount > {amount}'
OVER_COMPANY = 'company.industry = "{industry}" and amount > 880000'
FILL = """
insert into deal (id, title, company, stage, amount, close_date, probability, note, owner, created_at)
select gen_random_uuid(), 'Grown ' || g, companies[1 + (random() * (cardinality(companies) - 1))::int],
       stages[1 + (random() * 3)::int], round((random() ^ 2 * 900000)::numeric, 2),
       date '2025-01-01' + (random() * 699)::int, round(random()::numeric, 2), 'Seen twice, wants a demo',
       users[1 + g %% cardinality(users)], now() - g * interval '1 second'
  from (select (select array_agg(id) from company) as companies, %(users)s::uuid[] as users,
               %(stages)s::text[] as stages) given, generate_series(1, %(rows)s) g
"""


def rules() -> str:
    """Twenty of them: twelve of the row's own fields, five over a lookup, three that ask who asks."""
    made = []
    for number in range(12):
        when = LOCAL.format(stage=STAGES[number % 4], amount=850_000 + number * 3_000)
        to = {0: f"departments_below: [D{number}]", 1: "permission_sets: [rep]", 2: f"teams: [T{number}]"}[number % 3]
        made.append(f"kind: sharing\nname: own_{number}\nobject: deal\nwhen: {when}\nwith: {{{to}}}\n")
    for number in range(5):
        when = OVER_COMPANY.format(industry=INDUSTRIES[number])
        to = "permission_sets: [director]" if number == 0 else f"departments_below: [D{number * 7}]"
        made.append(f"kind: sharing\nname: over_{number}\nobject: deal\nwhen: {when}\nwith: {{{to}}}\n")
    for number, when in enumerate(
        ("company.owner = $user", 'company.owner = $user and stage = "won"', "created_by = $user")
    ):
        made.append(f"kind: sharing\nname: asks_{number}\nobject: deal\nwhen: {when}\nwith: {{everyone: true}}\n")
    return "\n---\n".join(made)


class Company:
    """`director` has about 400 people below, `rep` owns 500 records; ids of users. Made once per run."""

    def __init__(self, world: World) -> None:
        self.world, self.database = world, world.database
        self.rows = int(1_000_000 * world.scale)
        documents = [d for d in read_folder(FOLDER / "metadata") if d.kind != "permission_set"]
        self.tenant: Tenant = provision(
            self.database,
            "company",
            documents=[*documents, *read_documents(f"{SETS}\n---\n{rules()}")],
            administrator=FirstAdministrator("admin@company.test", "benchmark-pass-1", "Admin"),
        )
        self.people: list[str] = []
        self.departments: list[tuple[str, str | None]] = []  # id, parent
        with world.connect() as connection:
            connection.execute(f'set search_path = "{self.tenant.schema}"'.encode())
            self._organise(connection)
            self._fill(connection)
            connection.execute("update dougong.tenant set stamp = stamp + 1 where name = 'company'")
        self.organisation = organisation_of(self.database, self.tenant)
        self.now = datetime.now(UTC)
        self.director = min(self.heads, key=lambda one: abs(len(self.organisation.reach(one, self.now).below) - 401))
        self.rep = self.people[-1]
        self.admin = next(p.id for p in self.organisation.people.values() if p.email == "admin@company.test")

    def caller(self, user: str) -> Any:
        """As whom a list is read."""
        return acting_as(self.database, self.tenant, user, cause="benchmark")

    def _organise(self, connection: Any) -> None:
        above: list[str] = []
        number = 0
        self.heads: list[str] = []
        heads: dict[str, str] = {}
        for count in LEVELS:
            level = []
            for at in range(count):
                department = new_id()
                parent = above[at % len(above)] if above else None
                connection.execute(
                    "insert into department (id, name, parent) values (%s, %s, %s)", (department, f"D{number}", parent)
                )
                self.departments.append((department, parent))
                number += 1
                level.append(department)
                head = self._people(connection, department, heads.get(str(parent)))
                heads[department] = head
                self.heads.append(head)
            above = level
        for team in range(12):
            identifier = new_id()
            connection.execute("insert into team (id, name) values (%s, %s)", (identifier, f"T{team}"))
            for user in self.people[team::40]:
                connection.execute(
                    'insert into team_member (id, team, "user") values (%s, %s, %s)', (new_id(), identifier, user)
                )

    def _people(self, connection: Any, department: str, above: str | None) -> str:
        head = None
        for _ in range(INSIDE):
            user = new_id()
            name = f"Person {len(self.people)}"
            connection.execute(
                'insert into "user" (id, name, email, department, manager) values (%s, %s, %s, %s, %s)',
                (user, name, f"p{len(self.people)}@company.test", department, head or above),
            )
            sets = ["director"] if head is None else ["rep"]
            connection.execute("insert into user_permission_set values (%s, %s)", (user, sets[0]))
            self.people.append(user)
            head = head or user
        return str(head)

    def _fill(self, connection: Any) -> None:
        dice = random.Random(5)
        with connection.cursor().copy("copy company (id, name, code, industry, owner) from stdin") as copy:
            for number in range(self.rows // 100):
                owner = dice.choice(self.people)
                copy.write_row((new_id(), f"Company {number}", f"C{number:06}", dice.choice(INDUSTRIES), owner))
        connection.execute(FILL, {"users": self.people, "stages": list(STAGES), "rows": self.rows})
        shares = int(50_000 * self.world.scale)
        connection.execute(
            "insert into _share (id, object, record, subject, access, created_by, expires_at)"
            " select gen_random_uuid(), 'deal', d.id, (%(users)s::uuid[])[1 + d.n %% 2000], 'read', d.owner,"
            " case when d.n %% 2 = 0 then now() + interval '30 days' end"
            " from (select id, owner, row_number() over () as n from deal tablesample system (12)) d limit %(shares)s",
            {"users": self.people, "shares": shares},
        )
        connection.execute("vacuum analyze")
