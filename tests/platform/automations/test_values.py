"""Values of every type travel from one record to another, and automations may speak of people."""

from __future__ import annotations

from collections.abc import Callable

from dougong_platform import records
from dougong_platform.automations import enqueue
from workshop import make_workshop

FIELDS = {
    "a_text": ("{type: text}", "x “y” %s \\ 'z'"),
    "b_long": ("{type: long_text}", "line\nline"),
    "c_integer": ("{type: integer}", 7),
    "d_decimal": ("{type: decimal, scale: 3}", "1.250"),
    "e_currency": ("{type: currency, scale: 2}", "12.50"),
    "f_percent": ("{type: percent}", "0.25"),
    "g_boolean": ("{type: boolean}", True),
    "h_date": ("{type: date}", "2026-02-03"),
    "i_datetime": ("{type: datetime}", "2026-02-03T04:05:06Z"),
    "j_time": ("{type: time}", "08:30:00"),
    "k_picklist": ("{type: picklist, values: [p, q]}", "q"),
    "l_several": ("{type: multi_picklist, values: [p, q, r]}", ["p", "r"]),
    "m_email": ("{type: email}", "a@b.test"),
    "n_url": ("{type: url}", "https://a.test/"),
    "o_phone": ("{type: phone}", "+8613812345678"),
    "p_rating": ("{type: rating}", 3),
    "q_place": ("{type: geolocation}", {"latitude": 31.2, "longitude": 121.4}),
    "r_json": ("{type: json}", {"a": [1, None, "x"]}),
    "s_colour": ("{type: colour}", "#ff0000"),
    "t_user": ("{type: user}", None),
}
OBJECTS = """
kind: object
name: sheet
name_field: a_text
fields:
""" + "".join(f"  {name}: {kind}\n" for name, (kind, _) in FIELDS.items())
COPIED = ", ".join(f"{name}: {name}" for name in FIELDS if name != "c_integer")
AUTOMATIONS = f"""
kind: automation
name: copy
object: sheet
on: {{updated: [c_integer]}}
do:
  - create: {{object: sheet, values: {{{COPIED}, c_integer: prior(c_integer)}}}}
---
kind: automation
name: greet
object: user
on: {{cron: "0 9 * * *"}}
if: active
do:
  - notify: {{to: [id], title: "Good morning, {{{{ name }}}}"}}
"""


def test_values_of_every_type_travel_and_people_are_greeted(make_database: Callable[..., str]) -> None:
    workshop = make_workshop(make_database(), AUTOMATIONS, objects=OBJECTS)
    given = {name: value for name, (_, value) in FIELDS.items()} | {"t_user": workshop.bob}
    (made,) = records.create(workshop.admin, "sheet", [given]).records
    columns = ", ".join(FIELDS)
    (before,) = workshop.rows(f"select {columns} from sheet")
    records.update(workshop.admin, "sheet", [{"id": made.id, "c_integer": 8}])
    workshop.work()
    (run,) = workshop.runs("copy")
    assert run["state"] == "done", run["error"]
    assert workshop.rows(f"select {columns} from sheet where id <> %s", [made.id]) == [before]
    with workshop.database.transaction(workshop.tenant) as tx:
        enqueue(tx, "greet", "user", [workshop.ann, workshop.bob], op="cron", due="2026-01-01T01:00:00Z")
    workshop.work()
    titles = workshop.rows("select \"user\", title from _notification order by title->>'en'")
    assert {user for user, _ in titles} == {workshop.ann, workshop.bob}
    assert {run["label"] for run in workshop.runs("greet")} == {"ann", "bob"}
    workshop.database.close()
