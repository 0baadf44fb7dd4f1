"""Conditions of sharing rules, each beside what it means in Python: (row, look, me) -> True, False or None (unknown).

`look(row, "site.zone")` follows a path from a row (blank where a lookup is blank or leads into the recycle bin), `me`
is the person who asks as such a row, with `identities`: himself and those for whom he acts.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

Truth = bool | None
Row = dict[str, Any]
Look = Callable[[Row, str], Any]
Condition = Callable[[Row, Look, Row], Truth]


def same(left: Any, right: Any) -> Truth:
    return None if left is None or right is None else left == right


def asks(value: Any, me: dict[str, Any]) -> Truth:
    """`value = $user`: also true of whom the one who asks acts for."""
    return None if value is None else value in me["identities"]


def mine(value: Any, me: Row) -> Truth:
    """`value = $user`: it is the one who asks, or one for whom he acts."""
    return None if value is None else value in me["identities"]


def above(left: Any, right: Any) -> Truth:
    return None if left is None or right is None else Decimal(left) > Decimal(right)


def no(truth: Truth) -> Truth:
    return None if truth is None else not truth


def both(*truths: Truth) -> Truth:
    return False if False in truths else None if None in truths else True


def either(*truths: Truth) -> Truth:
    return True if True in truths else None if None in truths else False


RULES: dict[str, dict[str, Condition]] = {
    "machine": {
        # of the row alone
        'kind = "a"': lambda r, look, me: same(r["kind"], "a"),
        'not (kind = "a")': lambda r, look, me: no(same(r["kind"], "a")),
        "cost > 50": lambda r, look, me: above(r["cost"], 50),
        "ISBLANK(kind) or rank > 3": lambda r, look, me: either(r["kind"] is None, above(r["rank"], 3)),
        'INCLUDES(tags, "x")': lambda r, look, me: None if r["tags"] is None else "x" in r["tags"],
        "live and cost > 20": lambda r, look, me: both(r["live"], above(r["cost"], 20)),
        "keeper = $user": lambda r, look, me: asks(r["keeper"], me),
        "owner = $user": lambda r, look, me: mine(r["owner"], me),
        "$user = keeper or owner = $user": lambda r, look, me: either(mine(r["keeper"], me), mine(r["owner"], me)),
        "not (keeper = $user) and live": lambda r, look, me: both(no(mine(r["keeper"], me)), r["live"]),
        "keeper != $user and live": lambda r, look, me: both(no(mine(r["keeper"], me)), r["live"]),
        "ISBLANK(site)": lambda r, look, me: r["site"] is None,
        "ISBLANK(owner)": lambda r, look, me: r["owner"] is None,
        # over one lookup
        'site.zone = "n"': lambda r, look, me: same(look(r, "site.zone"), "n"),
        'site.zone != "n"': lambda r, look, me: no(same(look(r, "site.zone"), "n")),
        'not (site.zone = "n")': lambda r, look, me: no(same(look(r, "site.zone"), "n")),
        'site.zone in ("s", "w")': lambda r, look, me: either(
            same(look(r, "site.zone"), "s"), same(look(r, "site.zone"), "w")
        ),
        'site.zone not in ("n")': lambda r, look, me: no(same(look(r, "site.zone"), "n")),
        "site.keeper = $user": lambda r, look, me: asks(look(r, "site.keeper"), me),
        "owner.department = $user.department": lambda r, look, me: same(look(r, "owner.department"), me["department"]),
        'owner.title = "Lead"': lambda r, look, me: same(look(r, "owner.title"), "Lead"),
        "keeper.manager = $user": lambda r, look, me: asks(look(r, "keeper.manager"), me),
        'twin.kind = "b"': lambda r, look, me: same(look(r, "twin.kind"), "b"),
        'twin.site.zone = "s"': lambda r, look, me: same(look(r, "twin.site.zone"), "s"),
        "site.size + 1 > 5": lambda r, look, me: None if look(r, "site.size") is None else look(r, "site.size") + 1 > 5,
        "5 < site.size": lambda r, look, me: above(look(r, "site.size"), 5),
        # over a lookup that may be blank
        "ISBLANK(site.zone)": lambda r, look, me: look(r, "site.zone") is None,
        'site.zone = ""': lambda r, look, me: look(r, "site.zone") is None,
        "not ISBLANK(site.zone)": lambda r, look, me: look(r, "site.zone") is not None,
        'ISBLANK(site.keeper) and kind = "b"': lambda r, look, me: both(
            look(r, "site.keeper") is None, same(r["kind"], "b")
        ),
        "ISBLANK(twin.site.zone)": lambda r, look, me: look(r, "twin.site.zone") is None,
        'COALESCE(site.zone, "n") = "n"': lambda r, look, me: (look(r, "site.zone") or "n") == "n",
        # of both at once
        'site.size > 4 and kind = "a"': lambda r, look, me: both(above(look(r, "site.size"), 4), same(r["kind"], "a")),
        'site.zone = "n" or kind = "a"': lambda r, look, me: either(
            same(look(r, "site.zone"), "n"), same(r["kind"], "a")
        ),
        'site.zone = "n" or twin.kind = "a"': lambda r, look, me: either(
            same(look(r, "site.zone"), "n"), same(look(r, "twin.kind"), "a")
        ),
        "site.size < rank": lambda r, look, me: above(r["rank"], look(r, "site.size")),
        'live and site.zone = "s" and not ISBLANK(twin.kind)': lambda r, look, me: both(
            r["live"], same(look(r, "site.zone"), "s"), look(r, "twin.kind") is not None
        ),
        'site.zone = "w" and (ISBLANK(keeper) or site.keeper = keeper)': lambda r, look, me: both(
            same(look(r, "site.zone"), "w"),
            either(r["keeper"] is None, same(look(r, "site.keeper"), r["keeper"])),
        ),
        'IF(live, site.zone = "n", kind = "c")': lambda r, look, me: (
            same(look(r, "site.zone"), "n") if r["live"] else same(r["kind"], "c")
        ),
    },
    "site": {
        'zone = "n"': lambda r, look, me: same(r["zone"], "n"),
        "size > 4 or ISBLANK(zone)": lambda r, look, me: either(above(r["size"], 4), r["zone"] is None),
        "keeper = $user": lambda r, look, me: asks(r["keeper"], me),
        "keeper.department = $user.department": lambda r, look, me: same(
            look(r, "keeper.department"), me["department"]
        ),
        "ISBLANK(keeper.title)": lambda r, look, me: look(r, "keeper.title") is None,
        '$user.title = "Lead" and zone = "s"': lambda r, look, me: both(
            same(me["title"], "Lead"), same(r["zone"], "s")
        ),
    },
    "visit": {
        'machine.kind = "a"': lambda r, look, me: same(look(r, "machine.kind"), "a"),
        'machine.site.zone = "n"': lambda r, look, me: same(look(r, "machine.site.zone"), "n"),
        "ISBLANK(machine.site.zone)": lambda r, look, me: look(r, "machine.site.zone") is None,
        'site.zone = "n" and machine.kind = "b"': lambda r, look, me: both(
            same(look(r, "site.zone"), "n"), same(look(r, "machine.kind"), "b")
        ),
        "machine.cost > cost": lambda r, look, me: above(look(r, "machine.cost"), r["cost"]),
        "machine.owner = $user": lambda r, look, me: asks(look(r, "machine.owner"), me),
        "cost > 50": lambda r, look, me: above(r["cost"], 50),
    },
}
