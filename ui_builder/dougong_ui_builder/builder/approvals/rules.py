"""Rules that find approvers, and recipients, as rows of the inspector: shown, read back, and whom they find now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.model.approval_types import APPROVERS
from dougong_metadata.problems import Problem
from dougong_platform.approvals.people.directory import directory_of
from dougong_tenants.organisation import Organisation
from dougong_ui_builder.builder.automations.recipients import KINDS as RECIPIENTS
from dougong_ui_builder.builder.automations.recipients import said_of
from dougong_ui_builder.builder.forms.tree import items, last
from dougong_ui_builder.words import gettext, lazy_gettext, ngettext

KINDS: dict[str, Any] = {
    "manager": lazy_gettext("A manager"),
    "managers": lazy_gettext("Managers, level by level"),
    "department_head": lazy_gettext("Head of the department"),
    "permission_set": lazy_gettext("Whoever holds a permission set"),
    "user": lazy_gettext("A person"),
    "department": lazy_gettext("A department"),
    "team": lazy_gettext("A team"),
    "role": lazy_gettext("A role in the record's team"),
    "field": lazy_gettext("Somebody in a field"),
    "choice": lazy_gettext("Whom the submitter chooses"),
    "expression": lazy_gettext("As an expression says"),
}
assert set(KINDS) == set(APPROVERS)
OF = ("manager", "managers", "department_head")
SOURCES = ("permission_set", "team", "department")
FRESH = "permission_set"  # what a new row asks for, until somebody chooses
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule. `name` of its inputs; `value` as the document has it; `now`: whom it would find this minute."""

    name: str
    kind: str
    value: Any
    of: str
    errors: tuple[str, ...]
    now: str

    @property
    def part(self) -> Mapping[str, Any]:
        """The value of a rule that has parts; a number alone is a chain's levels."""
        if isinstance(self.value, Mapping):
            return self.value
        return {"levels": self.value} if self.kind == "managers" else {}

    @property
    def source(self) -> str:
        """Of a choice: what is chosen from."""
        return next((one for one in SOURCES if one in self.part), SOURCES[0])


def rule_rows(
    rules: Any, organisation: Organisation, problems: Sequence[Problem], locale: str, *, name: str, path: str
) -> list[RuleRow]:
    """The rows of a list of rules; `name` of their inputs, `path` in the document."""
    made = []
    for index, rule in enumerate(rules if isinstance(rules, (list, tuple)) else ()):
        said = rule if isinstance(rule, Mapping) else {}
        kind = next((one for one in KINDS if one in said), FRESH)
        place = f"{path}[{index}]"
        errors = tuple(p.message(locale) for p in problems if p.path == place or p.path.startswith(place + "."))
        now = would_be(said, organisation)
        made.append(RuleRow(f"{name}/{index}", kind, said.get(kind), str(said.get("of") or ""), errors, now))
    return made


def would_be(rule: Mapping[str, Any], organisation: Organisation) -> str:
    """ "Amelia Wong, Liu Wei": whom a rule that needs no record would find now; "" for the others."""
    directory = directory_of(organisation, dt.datetime.now(dt.UTC))
    kind = next((one for one in ("user", *SOURCES) if rule.get(one)), None)
    if kind is None:
        return ""
    value = str(rule[kind])
    found: Sequence[str | None]
    if kind == "user":
        found = [directory.by_email(value)]
        if found[0] is None or not directory.is_active(str(found[0])):
            return gettext("nobody: there is no such active person")
    else:
        by_kind = {"permission_set": directory.holders, "team": directory.named_teams}
        found = by_kind.get(kind, directory.named_departments)(value)
    names = [name for one in found[:MOST_NAMED] if (name := directory.name(one))]
    if not names:
        return gettext("nobody")
    more = len(found) - len(names)
    said = gettext(", ").join(names)
    return said + (" " + ngettext("and %(num)d other", "and %(num)d others", more) if more > 0 else "")


def read_rules(branch: Any) -> list[dict[str, Any]]:
    """The rules that the form says; one that is not finished stays, and is a problem of the draft."""
    return [_read(row) for _, row in items(branch) if isinstance(row, dict)]


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = last(row.get("@kind"))
    kind = kind if kind in KINDS else FRESH
    own = row.get(kind)
    of = last(row.get("of")).strip() if kind in OF else ""
    rule: dict[str, Any] = {kind: _value(kind, own)}
    return {**rule, "of": of} if of else rule


def _value(kind: str, own: Any) -> Any:
    if kind in ("manager", "department_head"):
        return number(last(own), 1 if kind == "manager" else 0)
    part = own if isinstance(own, dict) else {}
    if kind == "managers":
        until = last(part.get("until")).strip()
        levels = number(last(part.get("levels")), None if until else 3)
        return {**({} if levels is None else {"levels": levels}), **({"until": until} if until else {})}
    if kind == "choice":
        source = last(part.get("@source"))
        source = source if source in SOURCES else SOURCES[0]
        least = number(last(part.get("least")), 1)
        most = number(last(part.get("most")), least)
        return {source: last(part.get(source)).strip(), "least": least, "most": most}
    return last(own).replace("\r\n", "\n").strip()


def number(text: str, default: Any) -> Any:
    """The number in a text; what is none stays as it was typed, so that the problem is seen."""
    plain = text.strip()
    if not plain:
        return default
    try:
        return int(plain)
    except ValueError:
        try:
            return float(plain)
        except ValueError:
            return plain


def recipient_rows(given: Any, problems: Sequence[Problem], locale: str, *, name: str, path: str) -> list[RuleRow]:
    """The rows of people who are told."""
    made = []
    for index, row in enumerate(given if isinstance(given, (list, tuple)) else ()):
        kind, value = said_of(row)
        place = f"{path}[{index}]"
        errors = tuple(p.message(locale) for p in problems if p.path == place or p.path.startswith(place + "."))
        made.append(RuleRow(f"{name}/{index}", kind, value, "", errors, ""))
    return made


def read_recipients(branch: Any, old: Any) -> list[Any]:
    """The recipients that the form says; a field stays as short as it was written."""
    short = {one for one in old if isinstance(one, str)} if isinstance(old, (list, tuple)) else set()
    made: list[Any] = []
    for _, row in items(branch):
        said = row if isinstance(row, dict) else {}
        kind = last(said.get("@kind"))
        kind = kind if kind in RECIPIENTS else "field"
        value = last(said.get(kind)).strip()
        made.append(value if kind == "field" and value in short else {kind: value})
    return made
