"""Puts a mark around what was looked for, as search understands it: any case, full width as plain."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from dougong_platform.search.words import normal


def marked(text: str, runs: Sequence[str]) -> Markup:
    """`text` escaped, each of `runs` (as `words.question` gives them) inside <mark>. Longer runs win over shorter."""
    plain = normal(text)
    if len(plain) != len(text):  # some characters became several: places in one mean nothing in the other
        return escape(text)
    spans: list[tuple[int, int]] = []
    for run in sorted(set(runs), key=len, reverse=True):
        at = plain.find(run) if run else -1
        while at >= 0:
            if all(at + len(run) <= start or at >= end for start, end in spans):
                spans.append((at, at + len(run)))
            at = plain.find(run, at + len(run))
    parts, done = [], 0
    for start, end in sorted(spans):
        parts += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    return Markup("").join([*parts, escape(text[done:])])
