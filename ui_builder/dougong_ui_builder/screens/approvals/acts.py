"""The buttons of an approval's action bar besides approving and returning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_ui_builder.formats import clock
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_ui_builder.screens.approvals.one import One


@dataclass(frozen=True, slots=True)
class Act:
    """`place`: first (a button everywhere), bar (a quiet one, on a phone in the menu), menu. `post`: it is done at
    once, without a form. `off`: why it cannot be done now. `line`: the menu draws one before it."""

    name: str
    text: str
    icon: str
    href: str
    place: str = "bar"
    kind: str = ""
    post: bool = False
    off: str = ""
    bad: bool = False
    line: bool = False


def acts_of(one: One) -> list[Act]:
    """In the order in which they stand."""
    return [*_own(one), *_asked(one), *_administrators(one)]


def _own(one: One) -> Iterator[Act]:
    if "opine" in one.may:
        kind = "" if "approve" in one.may else "primary"
        yield Act("opinion", gettext("Give your opinion…"), "message-2", one.href("opinion"), "first", kind)
    if "resubmit" in one.may:
        yield Act("resubmission", gettext("Submit again…"), "send", one.href("resubmission"), "first", "primary")
    if "urge" in one.may:
        yield Act("urge", gettext("Urge"), "bell-ringing", one.href("urge"), "first", post=True)
    elif one.is_mine and one.progress.urge_again_at is not None and one.progress.state == "running":
        again = gettext("Reminded already; again at %(time)s", time=clock(one.progress.urge_again_at))
        yield Act("urge", gettext("Urge"), "bell-ringing", one.href("urge"), "first", post=True, off=again)
    if "recall" in one.may:
        yield Act("recall", gettext("Recall…"), "arrow-back-up", one.href("recall"), "first")


def _asked(one: One) -> Iterator[Act]:
    if "add" in one.may:
        yield Act("signers", gettext("Add signers…"), "user-plus", one.href("signers"))
    if "transfer" in one.may:
        yield Act("transfer", gettext("Hand on…"), "user-share", one.href("transfer"))
    if "consult" in one.may:
        yield Act("consultation", gettext("Consult…"), "message-question", one.href("consultation"))


def _administrators(one: One) -> Iterator[Act]:
    first = True
    for right, name, text, icon in (
        ("reassign", "reassignment", gettext("Reassign…"), "user-share"),
        ("jump", "jump", gettext("Jump to a node…"), "arrow-guide"),
        ("end", "end", gettext("End the approval…"), "ban"),
    ):
        if right in one.may:
            yield Act(name, text, icon, one.href(name), "menu", bad=right == "end", line=first)
            first = False
