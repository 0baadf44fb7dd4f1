"""What the states of approvals are called: for the pages of those who take part, and for those of the flows."""

from __future__ import annotations

from dougong_ui_builder.words import gettext


def state_said(state: str) -> tuple[str, str]:
    """The word for an approval's state, and the pill's tone."""
    words = {
        "running": (gettext("in approval"), "warn"),
        "returned": (gettext("returned"), "warn"),
        "approved": (gettext("approved"), "good"),
        "rejected": (gettext("rejected"), "bad"),
        "recalled": (gettext("recalled"), ""),
        "ended": (gettext("ended"), ""),
    }
    return words.get(state, (state, ""))
