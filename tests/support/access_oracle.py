"""Who may see and do what in a drawn World, worked out one record at a time in plain Python from the words of the
design: no SQL, nothing of the engine. Slow and simple; what the engine answers is compared with it."""

from __future__ import annotations

from typing import Any

from organisation_rules import RULES
from organisation_worlds import FIELDS, Someone, World

Row = dict[str, Any]
PARENTS = {"part": ("machine", "machine")}  # detail -> (its field, its parent's object)
_BY = {"owner": "user", "created_by": "user", "updated_by": "user"}
LINKS = {
    "site": {"keeper": "user", **_BY},
    "machine": {"site": "site", "twin": "machine", "keeper": "user", **_BY},
    "part": {"machine": "machine", "site": "site", **_BY},
    "visit": {"machine": "machine", "site": "site", **_BY},
    "user": {"manager": "user"},
}
FOLLOWS = {"machine": ("site", "twin"), "visit": ("machine", "site")}
LEVELS = ("none", "mask", "read", "edit")
TRAIL = ("id", "owner", "record_type", "created_at", "created_by", "updated_at", "updated_by", "version")


class Oracle:
    """What one person may do. `me` is the id of an active person."""

    def __init__(self, world: World, me: str) -> None:
        self.world, self.me = world, me
        self.sets = self._sets()
        self.bodies = [world.sets[name] for name in self.sets]
        self.identities = {me} | {
            a.user for a in world.assistants if a.assistant == me and self._lasts(a.since, a.until)
        }
        self.teams = {t.id for t in world.teams.values() if t.members & self.identities}
        self.own = self.identities | {p.id for p in world.people.values() if p.kind == "queue" and p.team in self.teams}
        self.departments = {d for one in self.identities for d in self.departments_of(one)}
        self.departments_above = {a for d in self.departments for a in self.line(d)}
        self._seen: dict[tuple[str, str, str], str | None] = {}

    # -- people ------------------------------------------------------------------------------------------------------

    def _lasts(self, since: Any, until: Any) -> bool:
        now = self.world.now
        return (since is None or since <= now) and (until is None or now < until)

    def departments_of(self, user: str) -> set[str]:
        one = self.world.people[user]
        return {one.department, *one.further} - {None}  # type: ignore[return-value]  # without None

    def line(self, division: str) -> list[str]:
        """The department and all above it."""
        found: list[str] = []
        at: str | None = division
        while at is not None:
            found.append(at)
            at = self.world.divisions[at].parent
        return found

    def _sets(self) -> list[str]:
        person, homes = self.world.people[self.me], self.departments_of(self.me)
        found = {g.permission_set for g in self._grants(person, homes)}
        return sorted(found)

    def _grants(self, person: Someone, homes: set[str]) -> list[Any]:
        given = []
        for grant in self.world.grants:
            reached = (
                grant.user == person.id
                or (grant.title is not None and grant.title == person.title)
                or grant.department in homes
                or (grant.below and any(grant.department in self.line(home) for home in homes))
            )
            if reached and self._lasts(grant.since, grant.until):
                given.append(grant)
        return given

    def people_in(self, divisions: set[str]) -> set[str]:
        return {user for user in self.world.people if self.departments_of(user) & divisions}

    def divisions_below(self, divisions: set[str]) -> set[str]:
        """These and all below."""
        return {d for d in self.world.divisions if set(self.line(d)) & divisions}

    def reports(self) -> set[str]:
        """Everybody below one of the identities in the manager line."""
        found: set[str] = set()
        for user in self.world.people:
            at = self.world.people[user].manager
            while at is not None:
                if at in self.identities:
                    found.add(user)
                at = self.world.people[at].manager
        return found

    def owners(self, scope: str, permission_set: str) -> set[str]:
        """Whose records a scope means."""
        match scope:
            case "own":
                return self.own
            case "own_below":
                return self.own | self.reports()
            case "department":
                return self.own | self.people_in(self.departments)
            case "department_below":
                return self.own | self.people_in(self.divisions_below(self.departments))
            case "departments":
                person = self.world.people[self.me]
                chosen = {
                    d
                    for g in self._grants(person, self.departments_of(self.me))
                    if g.permission_set == permission_set
                    for d in g.departments
                }
                return self.own | self.people_in(self.divisions_below(chosen))
        return set()

    # -- what sets grant ---------------------------------------------------------------------------------------------

    def right(self, body: dict[str, Any], object: str) -> dict[str, Any]:
        objects = body["objects"]
        found = dict(objects.get(object) or objects.get("*") or {})
        if found.get("view_all") or found.get("modify_all"):
            found["read"] = "all"
        if found.get("modify_all"):
            found["update"] = found["delete"] = "all"
        return found

    def scopes(self, object: str, action: str) -> set[tuple[str, str]]:
        """(scope, set) granted on an action."""
        found = {(self.right(self.world.sets[name], object).get(action, "none"), name) for name in self.sets}
        return {one for one in found if one[0] != "none"}

    def may(self, object: str, action: str) -> bool:
        if action in ("read", "update", "delete"):
            return bool(self.scopes(object, action))
        return any(self.right(body, object).get(action, False) for body in self.bodies)

    def level(self, object: str, field: str) -> str:
        """none, mask, read or edit."""
        if object == "user":
            said = [body["fields"].get(f"user.{field}", "read") for body in self.bodies]
            return "read" if not said or max(said, key=LEVELS.index) in ("read", "edit") else "none"
        writes = self.may(object, "create") or self.may(object, "update")
        if not (self.may(object, "read") or self.may(object, "create")):
            return "none"
        most = "edit" if writes else "read"
        if field in ("id", "version"):
            return most
        said = []
        for body in self.bodies:
            right = self.right(body, object)
            explicit = body["fields"].get(f"{object}.{field}")
            if explicit is not None:
                said.append(explicit)
            elif right.get("create") or right.get("update", "none") != "none":
                said.append("edit")
            elif right.get("read", "none") != "none":
                said.append("read")
        granted = max(said, key=LEVELS.index) if said else "none"
        return min(most, granted, key=LEVELS.index)

    def readable(self, object: str, field: str) -> bool:
        return self.level(object, field) in ("read", "edit")

    def fields(self, object: str) -> list[str]:
        """Names of the fields that may be read."""
        return [f for f in (*FIELDS[object], *TRAIL) if self.readable(object, f)]

    def masked(self, object: str) -> list[str]:
        """Names of the fields of which only a mask is shown."""
        return [f for f in FIELDS.get(object, ()) if self.level(object, f) == "mask"]

    def shown(self, object: str, field: str) -> bool:
        """Whether anything of a field is shown."""
        return self.level(object, field) != "none" and (object == "user" or self.may(object, "read"))

    def record_types(self, object: str) -> set[str] | None:
        """The record types that may be created and chosen; None = all."""
        found: set[str] = set()
        for body in self.bodies:
            right = self.right(body, object)
            if not right.get("record_types") and (right.get("create") or right.get("update", "none") != "none"):
                return None
            found |= set(right.get("record_types", ()))
        return found or None

    # -- records -----------------------------------------------------------------------------------------------------

    def why(self, object: str, row: Row, action: str) -> str | None:
        """How the action on this row (live or not) is granted; None where it is not."""
        key = (object, row["id"], action)
        if key not in self._seen:
            self._seen[key] = self._why(object, row, action)
        return self._seen[key]

    def can(self, object: str, row: Row, action: str) -> bool:
        """Whether he may do it: whoever changes or deletes a record must see it."""
        return self.why(object, row, "read") is not None and self.why(object, row, action) is not None

    def _why(self, object: str, row: Row, action: str) -> str | None:
        scopes = self.scopes(object, action)
        if not scopes:
            return None
        if object in PARENTS:
            field, parent = PARENTS[object]
            above = self.world.rows[parent][row[field]]
            found = self.why(parent, above, "read" if action == "read" else "update")
            return None if found is None else f"parent: {found}"
        for scope, name in sorted(scopes):
            if scope == "all":
                return f"all by {name}"
            if row["owner"] in self.owners(scope, name):
                return f"{scope} by {name}"
        access = self.world.access[object]
        if (action == "read" and access in ("read", "write")) or (action == "update" and access == "write"):
            return "default access"
        if action == "delete":
            return None
        return self._shared(object, row, action) or self._ruled(object, row, action)

    def _shared(self, object: str, row: Row, action: str) -> str | None:
        subjects = self.identities | self.teams | self.departments_above
        for share in self.world.shares:
            if share.subject not in subjects or (share.until is not None and share.until <= self.world.now):
                continue
            if action == "update" and share.access != "edit":
                continue
            if (share.object, share.record) == (object, row["id"]):
                return f"share {share.id}"
            for link in FOLLOWS.get(object, ()):
                along = f"{object}.{link}" in share.relations and LINKS[object][link] == share.object
                if along and share.record == row[link]:
                    return f"share {share.id} along {link}"
        return None

    def _ruled(self, object: str, row: Row, action: str) -> str | None:
        for rule in self.world.rules:
            if rule["object"] != object or not rule["active"] or (action == "update" and rule["access"] != "edit"):
                continue
            if self.reached(rule["with"]) and self.fits(rule, row):
                return str(rule["name"])
        return None

    def fits(self, rule: dict[str, Any], row: Row) -> bool:
        if rule["when"] is None:
            return True
        me = self.user_row(self.me) | {"identities": self.identities}
        return RULES[rule["object"]][rule["when"]](row, self.looker(rule["object"]), me) is True

    def reached(self, named: dict[str, Any]) -> bool:
        world = self.world
        names = {world.divisions[d].name for d in self.departments}
        above = {world.divisions[d].name for d in self.departments_above}
        return bool(
            named.get("everyone")
            or set(named.get("permission_sets", ())) & set(self.sets)
            or set(named.get("departments", ())) & names
            or set(named.get("departments_below", ())) & above
            or set(named.get("teams", ())) & {world.teams[t].name for t in self.teams}
            or set(named.get("users", ())) & {world.people[u].email for u in self.identities}
        )

    def user_row(self, id: str) -> Row:
        one = self.world.people.get(id)
        if one is None:  # the administrator: in no department, of no title
            return {"id": id, "name": "Ada", "title": None, "department": None, "manager": None}
        return {"id": id, "name": one.name, "title": one.title, "department": one.department, "manager": one.manager}

    def looker(self, object: str, *, seen: bool = False) -> Any:
        """A function that follows a path from a row; with `seen`, only over records that may be read, and to a masked
        value where the field is masked."""

        def look(row: Row, path: str) -> Any:
            at, here = row, object
            names = path.split(".")
            for name in names[:-1]:
                target, id = LINKS[here][name], at[name]
                if id is None:
                    return None
                if target == "user":
                    found = self.user_row(id)
                else:
                    found = self.world.rows[target][id]
                    if found["deleted_at"] is not None or (seen and self.why(target, found, "read") is None):
                        return None
                at, here = found, target
            hidden = seen and names[-1] in self.masked(here)
            return mask(here, names[-1], at[names[-1]]) if hidden else at[names[-1]]

        return look

    def knows(self, object: str, path: str) -> bool:
        """Whether every step of a path may be read."""
        return self._walks(object, path, self.readable)

    def shows(self, object: str, path: str) -> bool:
        """Whether a path may be answered: what is at its end may be masked."""
        return self._walks(object, path, self.shown)

    def _walks(self, object: str, path: str, fits: Any) -> bool:
        here = object
        *links, last = path.split(".")
        for name in links:
            if not self.readable(here, name):
                return False
            here = LINKS[here][name]
            if here != "user" and not self.may(here, "read"):
                return False
        return bool(fits(here, last))

    def live(self, object: str, action: str = "read") -> list[Row]:
        """The live records on which the action is allowed."""
        rows = self.world.rows[object].values()
        return [row for row in rows if row["deleted_at"] is None and self.can(object, row, action)]

    def gone(self, object: str) -> list[Row]:
        """What he sees of the recycle bin."""
        rows = self.world.rows[object].values()
        return [row for row in rows if row["deleted_at"] is not None and self.can(object, row, "read")]

    def seen(self, object: str, row: Row) -> Row:
        """A record as he reads it."""
        look = self.looker(object, seen=True)
        return {name: look(row, name) for name in (*FIELDS[object], *TRAIL) if self.shown(object, name)}


def mask(object: str, field: str, value: str | None) -> str | None:
    """What is shown of a masked value: of a number its beginning and its last four digits, of a text one letter."""
    if value is None:
        return None
    if field != "phone":
        return value[0] + "***"
    assert len(value) == len("+8613800110001"), (object, value)
    return f"{value[3:6]}****{value[-4:]}"
