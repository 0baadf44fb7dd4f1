"""The page of what somebody keeps and today's metadata knows no more: it says what is gone. Shown in place of a report
and of a dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from dougong_platform import own_documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dougong_metadata.errors import Fault
    from dougong_metadata.problems import Problem
    from dougong_platform.http.caller import Caller


def broken_page(caller: Caller, key: str, problems: Sequence[Problem], fault: Fault) -> tuple[str, int]:
    """The page, with the status that the API answers. Raises NotFound."""
    document = own_documents.find(caller, key)
    return render_template("reports/broken.html", document=document, problems=problems), fault.status
