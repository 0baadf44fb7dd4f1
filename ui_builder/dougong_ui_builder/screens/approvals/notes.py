"""What an approval's page says above everything else: why it came to the reader, that it was returned, that somebody
was faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_platform.approvals.machine.moving import OTHERWISE
from dougong_ui_builder.formats import moment
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.approvals.reading.shown_steps import StepShown
    from dougong_ui_builder.screens.approvals.one import One

DECIDED = ("approved", "rejected", "returned")


@dataclass(frozen=True, slots=True)
class Note:
    """`tone` as ui.note knows it."""

    text: str
    tone: str = "info"
    icon: str | None = None


def why_of(one: One) -> list[str]:
    """Why the reader is asked: which ways the flow took to here, and by which rule he was found."""
    if not one.answerable:
        return []
    step, task = one.answerable[0]
    before = [taken for taken in one.progress.steps if taken.number < step.number and taken.kind == "branch"]
    ways = [_way(taken) for taken in before if taken.branch_label]
    rule = [task.why] if task.why else [step.why] if step.why else []
    return [" · ".join(dict.fromkeys([*_latest(ways), *rule]))] if ways or rule else []


def _way(taken: StepShown) -> str:
    """Which way a branch took, with its condition where it has one: those of others do not hold."""
    said = gettext("%(node)s: %(branch)s", node=taken.label, branch=taken.branch_label)
    return said if not taken.why or taken.why in OTHERWISE.values() else f"{said} ({taken.why})"


def _latest(ways: list[str]) -> list[str]:
    """The last two: what was decided longer ago says little about here."""
    return ways[-2:]


def notes_of(one: One) -> list[Note]:
    """In order of weight."""
    found = []
    progress = one.progress
    if progress.broken:
        found.append(Note(progress.broken, "bad"))
    if progress.state == "returned":
        found.append(_returned(one))
    if one.behalf and one.answerable:
        found.append(Note(gettext("You decide this for %(name)s.", name=one.behalf), "info", "user-share"))
    faster = _faster(one)
    if faster is not None:
        found.append(faster)
    return found


def _returned(one: One) -> Note:
    last = next((event for event in reversed(one.progress.events) if event.action == "returned"), None)
    said = f"{last.text}, {moment(last.at)}. " if last is not None else ""
    if one.is_mine:
        text = gettext("Change the record as it is asked, then submit it again; or recall it.")
    else:
        text = gettext("It waits for %(name)s, who changes it and submits it again.", name=one.submitter)
    return Note(said + text, "warn", "arrow-back-up")


def _faster(one: One) -> Note | None:
    """Who decided in place of the reader, where he was asked and is not any more."""
    user = one.caller.user
    for step in reversed(one.progress.steps):
        mine = [task for task in step.tasks if task.user.id == user and task.kind == "decide"]
        if any(task.state in ("open", "waiting") for task in mine):
            return None
        if any(task.state == "cancelled" for task in mine):
            said = _decision(one, step)
            return Note(said or gettext("It was decided without you; nothing is left for you to do."), "info", "clock")
    return None


def _decision(one: One, step: StepShown) -> str:
    """Who decided there, and when; else how the whole came to its end."""
    decided = [e for e in one.progress.events if e.step == step.number and e.action in DECIDED and e.actor is not None]
    ended = [e for e in one.progress.events if e.action in ("recalled", "ended", "jumped")]
    last = (decided or ended)[-1:]
    if not last:
        return ""
    return gettext("%(said)s at %(when)s; you need not decide any more.", said=last[0].text, when=moment(last[0].at))
