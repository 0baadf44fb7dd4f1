"""Entries of a record's history that tell of shares, in words: with whom, what, until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g

from dougong_platform import shares
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext

ICONS = {"share": "user-plus", "unshare": "user-minus"}


def words(object: str, one: Mapping[str, Any]) -> tuple[str, str]:
    """(who, what) of an entry of op share or unshare."""
    who, name = one["actor.name"] or gettext("The system"), one["subject.name"] or "—"
    before, after = one["share"]["before"], one["share"]["after"]
    if after is None:
        if one["cause"] == "expiry":
            return name, gettext("no longer has access: the share has expired")
        return who, gettext("no longer shares it with %(name)s", name=name)
    terms = terms_said(object, after)
    if before is not None and before["role"] == after["role"]:
        return who, gettext("changed the share with %(name)s: %(terms)s", name=name, terms=terms)
    if after["role"]:
        role = after["role"]
        return who, gettext("took %(name)s into the team as %(role)s: %(terms)s", name=name, role=role, terms=terms)
    if before is not None:
        return who, gettext("took %(name)s out of the team, still shared: %(terms)s", name=name, terms=terms)
    return who, gettext("shared it with %(name)s: %(terms)s", name=name, terms=terms)


def access_said(access: str) -> str:
    """read, edit."""
    return gettext("read") if access == "read" else gettext("read and edit")


def terms_said(object: str, share: Mapping[str, Any]) -> str:
    """ "read, until 2026-12-31, with its Loans" """
    said = [access_said(share["access"])]
    if share["expires_at"]:
        said.append(gettext("until %(day)s", day=shares.until(share["expires_at"], g.caller.timezone)))
    if share["relations"]:
        said.append(gettext("with its %(things)s", things=along(object, share["relations"])))
    return ("，" if current_locale() == "zh" else ", ").join(said)


def along(object: str, relations: list[str]) -> str:
    """Which records come along, by their plurals."""
    known = {one.name: one.label.text(current_locale()) for one in shares.relations_of(g.caller, object)}
    return gettext(", ").join(known[name] for name in relations if name in known)
