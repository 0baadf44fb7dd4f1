"""Which of the product's languages an answer speaks. Called by problems and by endpoints without a signed-in user."""

from __future__ import annotations

from functools import lru_cache

from dougong_metadata.label import LOCALES


@lru_cache(maxsize=500)
def best_locale(accept_language: str | None, fallback: str = "en") -> str:
    """The locale ("en", "zh") that an Accept-Language header prefers, or the fallback where it names neither."""
    best, best_quality = "", 0.0
    for part in (accept_language or "")[:200].split(","):
        tag, _, rest = part.strip().partition(";")
        language = tag.split("-")[0].lower()
        try:
            quality = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            continue
        if language in LOCALES and quality > best_quality:
            best, best_quality = language, quality
    return best or ("zh" if fallback.startswith("zh") else "en")
