"""Who is asked at a node, and how long they have: the rules and limits of approvals, with the checks that need the
objects. Called by `compile_approval`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.expressions import Checked
from dougong_metadata.expressions.types import NUMBER, Type
from dougong_metadata.kinds.approval_checks import APPROVERS
from dougong_metadata.kinds.approval_rules import MAX_LEVELS
from dougong_metadata.model.approval_types import Approvers, TimeLimit
from dougong_metadata.model.calendar_types import CalendarModel
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import Use
from dougong_metadata.problems import Path, path_text

Said = Mapping[str, Any]
_SOURCES = ("permission_set", "team", "department")


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """Makes the rules and limits of one flow on records of the object `about`. What is wrong is recorded."""

    one: Loaded
    about: str
    checks: ExpressionCheck
    calendars: Mapping[str, CalendarModel]

    def rules(self, path: Path, given: object) -> tuple[Approvers, ...]:
        """The rules that stand at `path`; those that are wrong are left out."""
        made = (
            self._rule((*path, index), rule)
            for index, rule in enumerate(given if isinstance(given, Sequence) else ())
            if isinstance(rule, Mapping)
        )
        return tuple(rule for rule in made if rule is not None)

    def limit(self, path: Path, said: object) -> TimeLimit | None:
        """The time limit at `path`, if there is one."""
        if not isinstance(said, Mapping) or "hours" not in said:
            return None
        calendar = said.get("calendar")
        if calendar is not None and calendar not in self.calendars:
            self.checks.problems.unknown(
                self.one.document, (*path, "calendar"), calendar, "a calendar", "工作日历", self.calendars
            )
        elif calendar is not None:
            use = Use(self.one.kind.name, self.one.name, path_text((*path, "calendar")))
            self.checks.names.used(f"calendar/{calendar}", use)
        return TimeLimit(
            said["hours"],
            said.get("working", True),
            calendar,
            said.get("remind"),
            said.get("then", "remind"),
            self.rules((*path, "to"), said.get("to")),
        )

    def _rule(self, path: Path, said: Said) -> Approvers | None:
        given = [key for key in APPROVERS if key in said]
        if len(given) != 1:
            return None  # told by the kind
        kind, value = given[0], said[given[0]]
        place = (*path, kind)
        of = self._user_path((*path, "of"), said["of"]) if "of" in said else None
        if kind == "managers":
            return self._managers(place, value, of)
        if kind in ("manager", "department_head"):
            return Approvers(kind, of=of, levels=value)
        if kind == "choice":
            source = next((key for key in _SOURCES if key in value), _SOURCES[0])
            least = value.get("least", 1)
            return Approvers(
                kind, value.get(source, ""), source=source, least=least, most=value.get("most", max(least, 1))
            )
        if kind == "expression":
            checked = self._person(place, value)
            return Approvers(kind, expression=checked) if checked is not None else None
        if kind == "field":
            return Approvers(kind, value) if self._user_path(place, value) is not None else None
        return Approvers(kind, value)

    def _managers(self, path: Path, said: Said, of: tuple[str, ...] | None) -> Approvers:
        """Levels that are a number are kept as one; without any the line is followed as far as it goes."""
        text, levels, checked = said.get("levels"), MAX_LEVELS, None
        if text is not None and text.strip().isdigit():
            levels = int(text)
            if not 1 <= levels <= MAX_LEVELS:
                self._wrong(
                    (*path, "levels"),
                    "out_of_range",
                    f"“levels” has to lie between 1 and {MAX_LEVELS}.",
                    f"「levels」必须在 1 与 {MAX_LEVELS} 之间。",
                )
        elif text is not None:
            checked = self.checks.read(self.one, (*path, "levels"), text, self.about, NUMBER)
        return Approvers("managers", of=of, levels=levels, levels_by=checked, until=said.get("until"))

    def _person(self, path: Path, text: str) -> Checked | None:
        """An expression that gives a user, or text to be taken as an e-mail address."""
        checked = self.checks.read(self.one, path, text, self.about)
        if checked is None:
            return None
        type = checked.type
        if type.name == "text" or (type.name == "record" and type.to == "user"):
            return checked
        self._wrong(
            path,
            "bad_approver",
            f"This gives {type.words('en')}; a user, or an e-mail address as text, is needed.",
            f"这里得出的是{type.words('zh')}；需要人员，或文本形式的邮箱地址。",
        )
        return None

    def _user_path(self, path: Path, value: str) -> tuple[str, ...] | None:
        """The steps of a path that leads to a user. Unknown steps are recorded where references are."""
        at, type = self.about, None
        steps = tuple(value.split("."))
        for step in steps:
            field = self.checks.names.fields.get(at, {}).get(step)
            if field is None:
                return None
            type = Type.of(field)
            at = type.to or ""
        if type is not None and (type.name != "record" or type.to != "user"):
            self._wrong(
                path,
                "bad_approver",
                f"“{value}” is {type.words('en')}; a user is needed.",
                f"「{value}」是{type.words('zh')}；需要人员。",
            )
            return None
        return steps

    def _wrong(self, path: Path, code: str, en: str, zh: str) -> None:
        self.checks.problems.add(self.one.document, path, code, en, zh)
