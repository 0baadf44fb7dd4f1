"""Names of colleagues in what people wrote, set apart. Used by timelines of records and of approvals."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_MENTION = re.compile(r"@[\w·.-]+(?: [A-Z][\w.-]*)?")


def mentions_marked(text: str) -> Markup:
    """The text with every @name set apart."""
    pieces, at = [], 0
    for found in _MENTION.finditer(text):
        pieces += [escape(text[at : found.start()]), Markup('<b class="dg-mention">{}</b>').format(found.group(0))]
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])
