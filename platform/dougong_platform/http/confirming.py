"""Asks whether a remembered caller is still who he was, before an action that does not look for itself."""

from __future__ import annotations

from dougong_platform.http.caller import Caller


def confirm(caller: Caller) -> None:
    """Raise CallerOutdated if the tenant's release or rights changed since the caller was remembered. One round trip.

    Actions of the tenants package change people without regard to who asks: whoever was just locked out would act on.
    """
    entry, _ = caller.database.read(caller.tenant, "select 1", custom_plan=False)
    caller.verify(entry)
