"""The page of what somebody keeps and today's metadata knows no more: it says what is gone. Shown in place of a report
and of a dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from dougong_platform import own_documents
from dougong_platform.own_documents.bodies import REPORT
from dougong_platform.query.visible import visible_objects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dougong_metadata.errors import Fault
    from dougong_metadata.problems import Problem
    from dougong_platform.http.caller import Caller


def broken_page(caller: Caller, key: str, problems: Sequence[Problem], fault: Fault) -> tuple[str, int]:
    """The page, with the status that the API answers. Raises NotFound."""
    document = own_documents.find(caller, key)
    # without its object there is nothing of which a builder could offer fields
    mendable = document.kind != REPORT or document.body.get("object") in visible_objects(caller.rights)
    shown = {"document": document, "problems": problems, "mendable": mendable}
    return render_template("reports/broken.html", **shown), fault.status
