"""QR codes as SVG inside a page, for the setting up of authenticator apps: no request leaves for them."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """The picture, black on white in every theme (cameras expect it so), with the quiet margin of the standard."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True))  # noqa: S704  # made of squares only
