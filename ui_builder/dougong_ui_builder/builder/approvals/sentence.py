"""What the designer says of a flow: each node's rule and each branch's condition, one sentence in the page's language.

The wording is the metadata's own (`approval_words`), with people by their names instead of their e-mails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.model.approval_words import (
    branch_words,
    entry_words,
    node_title,
    node_words,
    recipient_words,
    rule_words,
)
from dougong_metadata.model.types import Model
from dougong_tenants.organisation import Organisation
from dougong_ui_builder.builder.approvals.tree import Node, branches_of, walk
from dougong_ui_builder.builder.draft_view import DraftView
from dougong_ui_builder.words import gettext, ngettext

MOST_NAMED = 3  # nodes that the list's sentence names
Said = Mapping[str, Any]


class Sayer:
    """Says the parts of a flow over `object`, taken as the draft has them, whatever is wrong with them."""

    def __init__(self, view: DraftView, locale: str, organisation: Organisation, object: str) -> None:
        self.locale, self.object = locale, object
        self.model: Model = view.model or view.base.model
        self._names = {one.email: one.name for one in organisation.people.values() if one.email}

    def title(self, node: Said) -> str:
        """What the node is called."""
        return node_title(node, self.locale)

    def rule(self, node: Said) -> str:
        """What happens at the node, in one sentence."""
        return node_words(self._named(node), self.locale, self.model, self.object)

    def approvers(self, rule: Said) -> str:
        """Whom one rule asks."""
        return rule_words(self._person(rule), self.locale, self.model, self.object)

    def branch(self, way: Said, kind: str) -> str:
        """The branch's condition as people say it."""
        return branch_words(way, self.locale, self.model, self.object, parallel=kind == "parallel")

    def start(self, body: Said) -> str:
        """The submitter's card: who may submit, and which records."""
        given = body.get("submit")
        submit = given if isinstance(given, Mapping) else {}
        by = submit.get("by")
        people = [self._recipient(one) for one in by] if isinstance(by, (list, tuple)) else []
        said = [gettext(", ").join(people) if people else gettext("Whoever may edit the record")]
        if body.get("entry"):
            condition = entry_words(str(body["entry"]), self.locale, self.model, self.object)
            said.append(gettext("only if %(condition)s", condition=condition))
        if submit.get("created"):
            said.append(gettext("by itself when created"))
        if isinstance(submit.get("crosses"), Mapping):
            for field, number in submit["crosses"].items():
                text = branch_words({"if": f"{field} > {number}"}, self.locale, self.model, self.object)
                said.append(gettext("by itself once %(condition)s", condition=text))
        if submit.get("gate"):
            said.append(gettext("by itself at a stage's gate"))
        return " · ".join(said)

    def flow(self, nodes: list[Node]) -> str:
        """The whole flow in a line: "Manager → Conditions (3 branches) → Director"."""
        said = [self._short(node) for node in nodes[:MOST_NAMED]]
        if len(nodes) > MOST_NAMED:
            said.append("…")
        return " → ".join(said) or gettext("No node yet: whatever is submitted is approved.")

    def _short(self, node: Node) -> str:
        ways = branches_of(node)
        if not ways:
            return self.title(node)
        many = ngettext("%(num)d branch", "%(num)d branches", len(ways))
        return gettext("%(node)s (%(branches)s)", node=self.title(node), branches=many)

    def _recipient(self, given: Any) -> str:
        said = self._person(given) if isinstance(given, Mapping) else given
        return recipient_words(said, self.locale, self.model, self.object)

    def _named(self, node: Said) -> Said:
        made = dict(node)
        for key in ("by", "to"):
            if isinstance(made.get(key), (list, tuple)):
                made[key] = [self._person(one) if isinstance(one, Mapping) else one for one in made[key]]
        limit = made.get("limit")
        if isinstance(limit, Mapping) and isinstance(limit.get("to"), (list, tuple)):
            rules = [self._person(one) if isinstance(one, Mapping) else one for one in limit["to"]]
            made["limit"] = {**limit, "to": rules}
        return made

    def _person(self, rule: Said) -> Said:
        email = rule.get("user")
        return {**rule, "user": self._names[email]} if isinstance(email, str) and email in self._names else rule


def counted(nodes: list[Node]) -> int:
    """How many approvals, at most, somebody has to give."""
    return sum(node.get("kind") == "approve" for _, node, _ in walk(nodes))
