"""What is asked before something is done to an approval: one form for each act. Called by `acting`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_ui_builder.screens.approvals.listing import Row
    from dougong_ui_builder.screens.approvals.one import One


@dataclass(frozen=True, slots=True)
class Ask:
    """`kind` of the button (primary, good, danger). `parts`, each where it is asked for: fields (of the record),
    choices (groups of radio buttons), back, select, person, people, comment, files, chosen (rows)."""

    title: str
    submit: str
    kind: str = "primary"
    icon: str = ""
    text: str = ""
    parts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comment:
    """The text that goes with an act. `first`: it is where typing begins."""

    label: str
    required: bool = False
    placeholder: str = ""
    first: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several. `back`: it may come straight back from there."""

    value: str
    text: str
    about: str = ""
    back: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """A group of radio buttons."""

    name: str
    label: str
    options: tuple[Choice, ...]


def approve(one: One, fields: Sequence[Any] = ()) -> Ask:
    """`fields`: those that may be changed with it and are asked for here."""
    needed = one.comment == "required"
    comment = Comment(gettext("Your comment"), needed, gettext("What those who come after should know"), first=needed)
    behalf = gettext("You decide for %(name)s.", name=one.behalf) if one.behalf else ""
    parts = {"fields": list(fields), "comment": comment, "files": True}
    return Ask(gettext("Approve"), gettext("Approve"), "good", "check", behalf, parts)


def refuse(one: One) -> Ask:
    """Return or reject: where to, and why."""
    options: list[Choice] = []
    if "return" in one.may:
        about = gettext("The record is unlocked; it may be changed and submitted again.")
        if one.to_submitter:
            options.append(Choice("submitter", gettext("Return to %(name)s", name=one.submitter), about, back=True))
        options += [
            Choice(name, gettext("Return to “%(node)s”", node=text), gettext("Asked there once more."), back=True)
            for name, text in one.return_targets
        ]
    if "reject" in one.may:
        about = gettext("The approval ends here.") if not one.in_branch else gettext("This branch ends here.")
        options.append(Choice("reject", gettext("Reject"), about))
    needed = one.comment in ("required", "on_refusal")
    comment = Comment(gettext("Reason"), needed, gettext("What is wrong, what has to be different"), first=True)
    choices = Choices("to", gettext("Where to"), tuple(options))
    behalf = gettext("You decide for %(name)s.", name=one.behalf) if one.behalf else ""
    parts = {"choices": [choices] if len(options) > 1 else [], "comment": comment, "files": True}
    parts |= {"only": options[0].value if len(options) == 1 else None, "back": "return" in one.may}
    both = len({option.value == "reject" for option in options}) > 1
    title = gettext("Return or reject") if both else one.refuse_label
    return Ask(title, gettext("Send") if both else one.refuse_label, "primary", "", behalf, parts)


def transfer(one: One) -> Ask:
    """Somebody else decides in one's place."""
    text = gettext("The person decides in your place; you are no longer asked.")
    comment = Comment(gettext("Your comment"))
    parts = {"person": gettext("To whom"), "comment": comment}
    return Ask(gettext("Hand on"), gettext("Hand on"), "primary", "user-share", text, parts)


def add(one: One) -> Ask:
    """Further signers, before oneself or after."""
    before = gettext("They have to approve before you are asked again.")
    after = gettext("You approve now, and they have to approve next.")
    options = (Choice("before", gettext("Before me"), before), Choice("after", gettext("After me"), after))
    choices = Choices("place", gettext("When are they asked?"), options)
    parts = {"choices": [choices], "people": gettext("Whom"), "comment": Comment(gettext("Your comment"))}
    return Ask(gettext("Add signers"), gettext("Add"), "primary", "user-plus", "", parts)


def consult(one: One) -> Ask:
    """Ask for an opinion that decides nothing."""
    text = gettext("They give their opinion and decide nothing; you may decide without waiting for it.")
    question = Comment(gettext("Question"), True)
    parts = {"people": gettext("Whom"), "comment": question}
    return Ask(gettext("Consult"), gettext("Ask"), "primary", "message-question", text, parts)


def opine(one: One) -> Ask:
    """Give the opinion that one was asked for."""
    opinion = Comment(gettext("Your opinion"), True, first=True)
    return Ask(
        gettext("Give your opinion"), gettext("Send"), "primary", "message-2", one.question, {"comment": opinion}
    )


def recall(one: One) -> Ask:
    """The submitter takes it back."""
    text = gettext("It ends, nobody is asked any more, and the record is unlocked.")
    parts = {"comment": Comment(gettext("Reason"), first=True)}
    return Ask(gettext("Recall"), gettext("Recall"), "danger", "arrow-back-up", text, parts)


def resubmit(one: One) -> Ask:
    """After it was returned."""
    text = gettext("With the record as it is now: back to whoever returned it, or through the flow again.")
    parts = {"comment": Comment(gettext("What you changed"), first=True)}
    return Ask(gettext("Submit again"), gettext("Submit again"), "primary", "send", text, parts)


def reassign(one: One) -> Ask:
    """An administrator asks somebody else."""
    options = tuple(Choice(id, name, node) for id, name, node in one.open_tasks)
    parts: dict[str, Any] = {"choices": [Choices("task", gettext("In whose place"), options)]}
    parts |= {"person": gettext("Who decides instead"), "comment": Comment(gettext("Reason"), True)}
    return Ask(gettext("Reassign"), gettext("Reassign"), "primary", "user-share", _told(), parts)


def jump(one: One) -> Ask:
    """An administrator goes on at another node."""
    select = {"label": gettext("Go on at"), "name": "node", "options": one.nodes}
    parts = {"select": select, "comment": Comment(gettext("Reason"), True)}
    text = gettext("Whatever is open is left, and the approval goes on there.") + " " + _told()
    return Ask(gettext("Jump to a node"), gettext("Jump"), "primary", "arrow-guide", text, parts)


def end(one: One) -> Ask:
    """An administrator ends it."""
    options = (
        Choice("ended", gettext("Ended without an outcome"), gettext("Nothing follows; the record is unlocked.")),
        Choice("approved", gettext("Approved"), gettext("What the flow does after an approval is done.")),
        Choice("rejected", gettext("Rejected"), gettext("What the flow does after a rejection is done.")),
    )
    choices = Choices("outcome", gettext("As"), options)
    parts = {"choices": [choices], "comment": Comment(gettext("Reason"), True)}
    return Ask(gettext("End the approval"), gettext("End it"), "danger", "ban", _told(), parts)


def several(rows: Sequence[Row], verdict: str) -> Ask:
    """Decide the selected ones at once."""
    number = len(rows)
    title = (
        ngettext("Approve %(num)d approval", "Approve %(num)d approvals", number)
        if verdict == "approve"
        else ngettext("Reject %(num)d approval", "Reject %(num)d approvals", number)
    )
    comment = Comment(gettext("Comment for all of them"), first=verdict != "approve")
    kind, icon = ("good", "check") if verdict == "approve" else ("danger", "x")
    text = gettext("Those that need more than this (a comment, a look) stay and are named.")
    return Ask(title, title, kind, icon, text, {"chosen": list(rows), "comment": comment})


def _told() -> str:
    return gettext("The reason is kept, and everybody concerned is told.")


ASKS: Mapping[str, Callable[[One], Ask]] = {
    "transfer": transfer,
    "signers": add,
    "consultation": consult,
    "opinion": opine,
    "recall": recall,
    "resubmission": resubmit,
    "reassignment": reassign,
    "jump": jump,
    "end": end,
}
# Which right (of Progress.may) each of them needs.
NEEDS: Mapping[str, str] = {
    "transfer": "transfer",
    "signers": "add",
    "consultation": "consult",
    "opinion": "opine",
    "recall": "recall",
    "resubmission": "resubmit",
    "reassignment": "reassign",
    "jump": "jump",
    "end": "end",
}
