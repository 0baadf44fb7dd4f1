"""Whose records count as somebody's own, as those below him, as those of his department. Made by `Organisation`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Sets of ids at one moment; each is its own key, so that what is derived from one can be remembered.

    `identities` are the user and those he acts for. Owners: `own` are the identities and the queues their teams work;
    `below` also everybody below them in the manager line; `department` whoever shares a department with them;
    `department_below` also those in departments below; `chosen` by permission set, the people of the departments that
    were named where the set was granted, and below. `subjects` are what a share may be made out to so that it reaches
    the user: identities, their teams, their departments and all above. The names are what sharing rules call people.
    """

    user: str
    identities: frozenset[str]
    own: frozenset[str]
    below: frozenset[str]
    department: frozenset[str]
    department_below: frozenset[str]
    subjects: frozenset[str]
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    emails: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()  # names of those they are in
    departments_above: frozenset[str] = frozenset()  # names of those and of all above
    teams: frozenset[str] = frozenset()  # names

    def owners(self, scope: str) -> frozenset[str]:
        """The owners whose records `scope` means: own, own_below, department, department_below, departments:SET."""
        match scope:
            case "own":
                return self.own
            case "own_below":
                return self.below
            case "department":
                return self.department
            case "department_below":
                return self.department_below
        return self.chosen.get(scope.partition(":")[2], frozenset()) | self.own


def alone(user: str) -> Reach:
    """The reach of somebody of whom nothing else is known: himself."""
    me = frozenset({user})
    return Reach(user, me, me, me, me, me, me)
