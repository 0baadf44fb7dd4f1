"""Links and pictures in the texts of formulas (HYPERLINK, IMAGE), which write them as Markdown does. Used where a
formula's text is shown; whatever people type in themselves stays as they typed it."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_MARKED = re.compile(r"(!?)\[((?:\\.|[^\]\\])*)\]\(([^()\s<>\"]{1,4000})\)")
_HARMLESS = re.compile(r"(?:https?://|mailto:|tel:|/(?![/\\]))", re.IGNORECASE)
_LINK = Markup('<a class="dg-link" href="{}"{}>{}</a>')
_AWAY = Markup(' rel="noopener noreferrer nofollow" target="_blank"')
_PICTURE = Markup('<img class="dg-thumb" src="{}" alt="{}" loading="lazy">')


def with_links(text: str) -> Markup:
    """`text` as HTML, its links and pictures as such. A picture that lies elsewhere is a link: pages load none."""
    if "](" not in text:
        return escape(text)
    out, end = [], 0
    for found in _MARKED.finditer(text):
        address = found[3]
        if not _HARMLESS.match(address):
            continue
        out.append(escape(text[end : found.start()]))
        label = re.sub(r"\\(.)", r"\1", found[2], flags=re.DOTALL)
        own = address.startswith("/")
        if found[1] and own:
            out.append(_PICTURE.format(address, label))
        else:
            out.append(_LINK.format(address, Markup() if own else _AWAY, label or address))
        end = found.end()
    return Markup().join([*out, escape(text[end:])])
