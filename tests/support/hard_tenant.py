"""A workshop whose records are as odd as people make them: names alike, quotes and emoji in them, days of the years
1 and 9999, parents gone, chains of links, masked and hidden fields. What reports are asked hard questions about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dougong_platform import records
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.settings import Settings
from dougong_tenants.people import create_user
from reading import PASSWORD, Client, Reading, make_reading

DOCUMENTS = """
kind: object
name: room
name_field: name
default_access: read
fields:
  name: {type: text, required: true}
  floor: {type: integer}
  above: {type: lookup, to: room, on_delete: clear}
---
kind: object
name: machine
name_field: name
fields:
  name: {type: text, required: true}
  room: {type: lookup, to: room, on_delete: clear, relation: standing}
  next_room: {type: lookup, to: room, on_delete: clear, relation: coming}
  whole: {type: lookup, to: machine, on_delete: clear}
  keeper: {type: user}
  phone: {type: phone}
  note: {type: long_text}
  tags: {type: multi_picklist, values: [old, new, loud]}
  kind: {type: picklist, values: [lathe, press, saw]}
  on: {type: boolean}
  bought: {type: date}
  seen_at: {type: datetime}
  power: {type: decimal, scale: 3}
  wear: {type: percent}
  cost: {type: currency, scale: 2}
  half: {type: formula, returns: decimal, formula: power / 2}
  uses: {type: rollup, of: part_use.machine, count: true}
---
kind: object
name: part_use
name_field: name
fields:
  machine: {type: detail, to: machine}
  name: {type: text}
  qty: {type: integer}
---
kind: object
name: bolt
name_field: name
fields:
  part: {type: lookup, to: part_use, on_delete: clear}
  name: {type: text}
  grams: {type: integer}
---
kind: object
name: safe
name_field: name
fields:
  name: {type: text}
  machine: {type: lookup, to: machine, on_delete: clear}
---
kind: permission_set
name: reader
label: Reader
objects:
  room: {read: all}
  machine: {read: own}
  part_use: {read: all}
  bolt: {read: own}
fields: {machine.cost: none, machine.phone: mask, bolt.grams: none}
"""
NAMES = ['a"b\\c', "it's", "M0", "mv0_0", "北京", "😀", "twin", "twin", "%s {0} $1", "null", "\ufffdother", "--;"]


@dataclass
class Hard:
    reading: Reading
    app: Engine
    rooms: list[str]
    machines: list[str]

    @property
    def ann(self) -> Client:
        return Client(self.app.test_client(), self.reading.token(self.reading.ann))

    @property
    def bob(self) -> Client:
        """Sees machines and bolts that are his own, no cost, telephones behind a mask, and no safe at all."""
        return Client(self.app.test_client(), self.reading.token(self.reading.bob))


def make_hard(url: str, home: Path, more: str = "") -> Hard:
    """The workshop, with two dozen machines of hostile names, and its API; `more`: further documents."""
    reading = make_reading(url, f"{DOCUMENTS}{more}", "hard")
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    app = create_app(settings, reading.database, faces=False)
    create_user(reading.database, reading.tenant, {"name": "Bob", "email": "bob2@library.test"}, password=PASSWORD)
    admin = reading.admin
    rooms = _made(admin, "room", [{"name": "twin", "floor": 1}, {"name": "twin", "floor": 2}, {"name": "gone"}])
    machines = _made(admin, "machine", [_machine(reading, n, rooms) for n in range(26)])
    wholes = [{"id": one, "whole": machines[n // 3]} for n, one in enumerate(machines) if n]
    records.update(admin, "machine", wholes)
    uses = _made(admin, "part_use", [{"machine": machines[n % 20], "name": f"u{n}", "qty": n % 4} for n in range(50)])
    bolts = [
        {"part": uses[n % 40], "grams": n, "owner": (reading.ann, reading.bob)[n % 2], "name": f"b{n}"}
        for n in range(90)
    ]
    _made(admin, "bolt", bolts)
    _made(admin, "safe", [{"name": "s", "machine": machines[0]}])
    records.delete(admin, "room", rooms[2:])
    return Hard(reading, app, rooms, machines)


def _machine(reading: Reading, n: int, rooms: list[str]) -> dict[str, Any]:
    days = ["0001-01-01", "9999-12-31", "2026-02-28", "2024-02-29", None, "1970-01-01"]
    return {
        "name": NAMES[n % len(NAMES)],
        "room": [*rooms, None][n % 4],
        "next_room": rooms[n % 2],
        "keeper": (reading.ann, reading.bob)[n % 2],
        "owner": (reading.ann, reading.bob)[n // 2 % 2],
        "phone": f"1380000{n:04}",
        "note": "line\nline",
        "tags": ["old", "new"][: n % 3],
        "kind": ["lathe", "press", "saw", None][n % 4],
        "on": [True, False, None][n % 3],
        "bought": days[n % 6],
        "seen_at": f"{days[n % 6]}T{n % 24:02}:00:00Z" if days[n % 6] not in (None, "9999-12-31") else None,
        "power": [None, "0.001", "12.5", "-3", "0"][n % 5],
        "wear": [None, "0.25", "1"][n % 3],
        "cost": f"{n}.50",
    }


def _made(caller: Any, object: str, rows: list[dict[str, Any]]) -> list[str]:
    return [str(one.id) for one in records.create(caller, object, rows).records]
