"""Signing in: password, throttling, the choice among several tenants, sessions and invitations."""

from dougong_tenants.sign_in.admission import Choice, SecondStepNeeded, SignedIn, admit
from dougong_tenants.sign_in.attempts import Attempts
from dougong_tenants.sign_in.entrance import choose_tenant, sign_in
from dougong_tenants.sign_in.invitations import accept_invitation, invite, rules_of_invitation
from dougong_tenants.sign_in.preview import end_preview, start_preview
from dougong_tenants.sign_in.sessions import (
    SessionTerms,
    csrf_fits,
    csrf_token,
    end_other_sessions,
    end_session,
    list_sessions,
    sign_out,
)

__all__ = [
    "Attempts",
    "Choice",
    "SecondStepNeeded",
    "SessionTerms",
    "SignedIn",
    "accept_invitation",
    "admit",
    "choose_tenant",
    "csrf_fits",
    "csrf_token",
    "end_other_sessions",
    "end_preview",
    "end_session",
    "invite",
    "list_sessions",
    "rules_of_invitation",
    "sign_in",
    "sign_out",
    "start_preview",
]
