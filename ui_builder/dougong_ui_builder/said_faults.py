"""What was wrong, in one line: for toasts, notes and lists of what could not be done."""

from __future__ import annotations

from dougong_metadata.errors import Fault
from dougong_platform.errors import RecordsInvalid
from dougong_ui_builder.languages import current_locale


def fault_said(fault: Fault) -> str:
    """The sentence in the reader's language; each of the errors where there are several."""
    if isinstance(fault, RecordsInvalid):
        return " ".join(dict.fromkeys(error.message for error in fault.errors))
    return fault.message(current_locale())
