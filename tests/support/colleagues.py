"""An organisation around ann, bob and cat, for tests of what people share with each other.

ann administers; bob and cat are keepers; dan, eve and fay are readers. eve sits in a department below `north`, fay is
of the team `press`, which works the queue `inbox`. The documents bring the permission sets `keeper` and `reader`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dougong_platform.app import create_app
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.settings import Settings
from dougong_tenants import people
from reading import PASSWORD, Client, Reading

READERS = ("dan", "eve", "fay")
KEEPERS = ("bob", "cat")


@dataclass
class Colleagues:
    """The tenant and, by name, everybody and everything in it."""

    reading: Reading
    ids: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    def caller(self, name: str) -> Caller:
        """What somebody is at this moment."""
        return acting_as(self.reading.database, self.reading.tenant, self.ids[name], cause="user")


def ids_of_colleagues(reading: Reading) -> dict[str, str]:
    """Everybody, made around the three who are there."""
    database, tenant = reading.database, reading.tenant
    ids = {"ann": reading.ann, "bob": reading.bob, "cat": reading.cat}
    for name in READERS:
        given = {"name": name.title(), "email": f"{name}@library.test"}
        ids[name] = people.create_user(database, tenant, given, password=PASSWORD, permission_sets=["reader"]).id
    for name in KEEPERS:
        people.set_permission_sets(database, tenant, ids[name], ["keeper"])
    ids["north"] = people.create_department(database, tenant, {"name": "North"})
    ids["east"] = people.create_department(database, tenant, {"name": "North-east", "parent": ids["north"]})
    people.update_user(database, tenant, ids["eve"], {"department": ids["east"]})
    ids["press"] = people.create_team(database, tenant, "Press")
    people.set_members(database, tenant, ids["press"], {ids["fay"]: None})
    ids["inbox"] = people.create_queue(database, tenant, "Inbox", team=ids["press"])
    return ids


def clients(colleagues: Colleagues, home: Path) -> Callable[..., Client]:
    """`client_as(name, *scopes)`: an HTTP client of one of them; reads and writes unless said otherwise."""
    reading = colleagues.reading
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    app = create_app(settings, reading.database, faces=False)

    def make(name: str, *scopes: str) -> Client:
        return Client(app.test_client(), reading.token(colleagues[name], *(scopes or ("read", "write"))))

    return make
