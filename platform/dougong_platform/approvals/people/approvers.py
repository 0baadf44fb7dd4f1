"""Who is asked at a node: the eleven kinds of rules, and what holds for people who have left, for the submitter himself
and where nobody is found. Pure: the machine, the preview of a route and the try-out call the very same.

A rule names people (user, manager, field …) or a set of them (permission set, team, department, a queue). Whoever has
left is replaced, as the node says, where he was named; a set is those of its people who are active.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalNode, Approvers
from dougong_platform.approvals.people.directory import Directory, directory_of
from dougong_platform.approvals.people.lines import Line, levels_of, line_of
from dougong_platform.approvals.people.reasons import joined, reason
from dougong_platform.approvals.state import Found, Search, Text
from dougong_tenants.organisation import Organisation

Called = Callable[[str, str], Label | str]  # (permission_set, team, department or field; its name or path)


def _as_written(kind: str, value: str) -> Label | str:
    return value


def find(
    organisation: Organisation,
    now: dt.datetime,
    rules: Sequence[Approvers],
    settings: ApprovalNode,
    *,
    submitter: str | None,
    facts: Mapping[Any, Any],
    roles: Mapping[str, Sequence[str]],
    choices: Sequence[str],
    administrators: Sequence[str],
    called: Called | None = None,
) -> Search:
    """The people whom `rules` find, each active and each once, in the order of the rules.

    `settings` are the node's `own`, `nobody` and `left`. `facts`: the value of each path and expression of the rules.
    `roles`: by role, the users, teams and departments that the record is shared with in it. `choices`: whom the
    submitter named at this node. `administrators` are the active ones, `administrators_of`. `called` says how a
    permission set or a path of fields is called in sentences.
    """
    directory = directory_of(organisation, now)
    fallback = [user for user in administrators if directory.is_active(user)]
    asking = _Asking(directory, settings, submitter, facts, roles, choices, fallback, called or _as_written)
    for rule in rules:
        asking.add(rule)
    return asking.result()


def administrators_of(organisation: Organisation, now: dt.datetime) -> list[str]:
    """The active people who hold the permission set that may do everything, in the order of their names."""
    return list(directory_of(organisation, now).administrators)


def choosable(organisation: Organisation, now: dt.datetime, rule: Approvers) -> list[str]:
    """Among whom the submitter chooses: the active people of a choice rule's set, in the order of their names."""
    return list(_members(directory_of(organisation, now), rule.source, rule.value))


@dataclass(slots=True)
class _Asking:
    directory: Directory
    settings: ApprovalNode
    submitter: str | None
    facts: Mapping[Any, Any]
    roles: Mapping[str, Sequence[str]]
    choices: Sequence[str]
    administrators: Sequence[str]
    called: Called
    people: dict[str, Text] = field(default_factory=dict)
    notes: dict[str, Text] = field(default_factory=dict)  # by their English
    refused: Text | None = None
    own: bool = False

    def add(self, rule: Approvers) -> None:
        """Those whom one rule finds."""
        match rule.kind:
            case "permission_set" | "team" | "department":
                self._add_set(
                    _members(self.directory, rule.kind, rule.value),
                    reason(rule.kind, what=self.called(rule.kind, rule.value)),
                )
            case "user":
                self._add_user(rule.value, reason("user"))
            case "role":
                self._add_role(rule.value)
            case "field":
                self._add_field(rule)
            case "choice":
                self._add_choice()
            case "expression":
                value = self.facts.get(rule.expression)
                self._add_user(str(value) if value else "", reason("expression"))
            case "department_head":
                self._add_head(rule)
            case _:
                self._add_line(rule)

    def result(self) -> Search:
        """What the rules came to, after all of them were added."""
        notes = tuple(self.notes.values())
        if self.refused is not None:
            return Search("refuse", why=self.refused, notes=notes)
        if self.people:
            found = tuple(Found(user, why) for user, why in self.people.items())
            return Search("ask", found, notes=notes, own=self.own)
        stated = self._stated
        if self.settings.nobody == "skip":
            return Search("skip", why=stated("skip"), notes=notes)
        if self.settings.nobody == "refuse":
            return Search("refuse", why=stated("refuse"), notes=notes)
        why = reason("nobody_administrator")
        found = tuple(Found(user, why) for user in self._fallback())
        if not found:
            return Search("refuse", why=stated("no_administrator"), notes=notes)
        own = self.settings.own == "approve" and self.submitter in [one.user for one in found]
        return Search("ask", found, notes=notes, own=own)

    def _stated(self, name: str) -> Text:
        said = reason(name)
        return said if not self.notes else joined(said, next(iter(self.notes.values())))

    # People and sets

    def _add_set(self, users: Iterable[str], why: Text) -> None:
        users = list(users)
        if not users:
            self._note({language: reason("nobody_in", what=text)[language] for language, text in why.items()})
        for user in users:
            self._ask(user, why)

    def _add_named(self, user: str, why: Text) -> None:
        """One who was named: a queue stands for its team, and somebody who has left is replaced."""
        queue = self.directory.of_queue(user)
        if queue is not None:
            self._add_set(queue, reason("queue", what=self._name(user)))
        elif self.directory.is_active(user):
            self._ask(user, why)
        elif user not in self.directory.organisation.people:
            self._note(reason("unknown_user"))
        else:
            self._replace_left(user)

    def _replace_left(self, user: str) -> None:
        who = self._name(user)
        if self.settings.left == "leave_out":
            return self._note(reason("left_out", who))
        if self.settings.left == "administrator":
            return self._hand_to(self._fallback(), reason("left_administrator", who), "left", who)
        manager = self.directory.next_manager(user)
        return self._hand_to([manager] if manager else [], reason("in_place", who), "left", who)

    def _ask(self, user: str, why: Text) -> None:
        """Ask somebody active, unless he is the submitter and the node says otherwise."""
        own = self.settings.own
        if user != self.submitter or own == "ask":
            self.people.setdefault(user, why)
        elif own == "approve":
            self.own = True
            self.people.setdefault(user, why)
        elif own == "refuse":
            self.refused = self.refused or reason("refuse_own", self._name(user))
        elif own == "administrator":
            self._hand_to(self._fallback(), reason("own_administrator", self._name(user)), "own", self._name(user))
        else:
            manager = self.directory.next_manager(user, but=(user,))
            why = reason("own_manager", self._name(user))
            self._hand_to([manager] if manager else [], why, "own", self._name(user))

    def _hand_to(self, users: Iterable[str], why: Text, cause: str, who: str | None) -> None:
        users = list(users)
        if not users:
            return self._note(reason(f"{cause}_nobody", who))
        self._note(reason(f"{cause}_replaced", who, by="、".join(filter(None, map(self._name, users)))))
        for user in users:
            if cause == "left":
                self._ask(user, why)
            else:
                self.people.setdefault(user, why)
        return None

    def _fallback(self) -> list[str]:
        """The administrators, without the submitter unless he may decide his own."""
        mine = self.settings.own in ("ask", "approve")
        return [user for user in self.administrators if mine or user != self.submitter]

    # Rules

    def _add_user(self, value: str, why: Text) -> None:
        """Somebody by his id or his e-mail."""
        if not value:
            return self._note(reason("blank"))
        user = value if value in self.directory.organisation.people else self.directory.by_email(value)
        return self._note(reason("no_user", what=value)) if user is None else self._add_named(user, why)

    def _add_role(self, role: str) -> None:
        why = reason("role", what=role)
        subjects = self.roles.get(role, ())
        if not subjects:
            self._add_set((), why)
        for subject in subjects:
            if subject in self.directory.organisation.teams:
                self._add_set(self.directory.in_team(subject), why)
            elif subject in self.directory.organisation.departments:
                self._add_set(self.directory.in_department(subject), why)
            else:
                self._add_named(subject, why)

    def _add_field(self, rule: Approvers) -> None:
        value = self.facts.get(rule.path)
        users = [value] if isinstance(value, str) else list(value or ())
        if not users:
            self._note(reason("no_base", what=self.called("field", rule.value)))
        for user in users:
            self._add_named(user, reason("field", what=self.called("field", rule.value)))

    def _add_choice(self) -> None:
        if not self.choices:
            self._note(reason("no_choice"))
        for user in self.choices:
            self._add_named(user, reason("choice", self._name(self.submitter)))

    def _add_head(self, rule: Approvers) -> None:
        base = self._base(rule)
        if base is None:
            return None
        organisation = self.directory.organisation
        own = base if base in organisation.departments else next(iter(organisation.departments_of(base)), None)
        above = () if own is None else (own, *organisation.departments_above(own))
        known = [organisation.departments[one] for one in above if one in organisation.departments]
        if not known:
            return self._note(reason("no_department", self._name(base)))
        if rule.levels >= len(known):
            return self._note(reason("no_department_above", what=known[0].name, level=rule.levels))
        department = known[rule.levels]
        if not department.head:
            return self._note(reason("no_head", what=department.name))
        return self._add_named(department.head, reason("department_head", what=department.name))

    def _add_line(self, rule: Approvers) -> None:
        """manager and managers."""
        base = self._base(rule)
        if base is None:
            return None
        levels = levels_of(rule, self.facts)
        if levels is None or levels < 1:
            return self._note(reason("no_levels"))
        line = line_of(self.directory.organisation, base)
        least = 1 if rule.kind == "managers" else levels  # of a chain, whatever there is of it
        if line.above(least) is None or (line.circle and len(line.users) < levels):
            self._note(line.missing(least, self._name(base)))
        for level, user in self._upwards(line, levels, rule):
            if level >= least:
                why = reason("manager" if level == 1 else "manager_above", self._name(base), level=level)
                self._add_named(user, why)
        return None

    def _upwards(self, line: Line, levels: int, rule: Approvers) -> Iterator[tuple[int, str]]:
        """The managers up to the level, of a chain to the first active one who holds what the rule says."""
        for level, user in enumerate(line.users[:levels], 1):
            yield level, user
            if rule.until is not None and self.directory.holds(user, rule.until):
                return

    def _base(self, rule: Approvers) -> str | None:
        """Whose line is meant."""
        value = self.submitter if rule.of is None else self.facts.get(rule.of)
        if not value:
            self._note(
                reason("no_submitter")
                if rule.of is None
                else reason("no_base", what=self.called("field", ".".join(rule.of)))
            )
            return None
        return str(value)

    def _name(self, user: str | None) -> str | None:
        return self.directory.name(user)

    def _note(self, note: Text) -> None:
        self.notes.setdefault(note["en"], note)


def _members(directory: Directory, kind: str, name: str) -> Sequence[str]:
    if kind == "permission_set":
        return directory.holders(name)
    return directory.named_teams(name) if kind == "team" else directory.named_departments(name)
