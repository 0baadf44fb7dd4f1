"""gettext with types: the words of Python code in the reader's language. Templates use `_()`, which is the same."""

from __future__ import annotations

from typing import Any

import flask_babel


def gettext(text: str, /, **values: Any) -> str:
    """The translation of an English text, its %(name)s places filled."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, /, **values: Any) -> str:
    """The translation for `num` things; %(num)d is the number."""
    return str(flask_babel.ngettext(one, many, num, **values))


def lazy_gettext(text: str) -> str:
    """For constants: translated when shown, not when the module is loaded."""
    return flask_babel.lazy_gettext(text)  # type: ignore[no-any-return]  # behaves as text; flask_babel ships no types
