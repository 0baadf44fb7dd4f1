"""What a letter's link to unsubscribe opens: a page without sign-in that asks first, and takes the POST of a mail
program. The sealed link says who unsubscribes, and from what, and can do nothing else."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from dougong_platform.http.endpoint import engine
from dougong_platform.releases.release import load_on
from dougong_platform.reports.subscriptions import keeping, links
from dougong_platform.reports.subscriptions.sources import label_in
from dougong_platform.reports.subscriptions.stored import Subscription, read_one
from dougong_tenants import Tenant
from dougong_tenants.tenancy.directory import all_tenants
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.screens.reports.routes import blueprint

_PAGE = "/reports/unsubscribe/<token>"


@blueprint.get(_PAGE)
def ask_to_unsubscribe(token: str) -> Response:
    """The question; nothing is done by opening a link."""
    return _page(token, done=False)


@blueprint.post(_PAGE)
def unsubscribe(token: str) -> Response:
    """Done, or taken back with do=return."""
    found = links.read(engine().database, token)
    tenant = _tenant(found)
    if found is None or tenant is None:
        return _page(token, done=False)
    back = request.form.get("do") == "return"
    keeping.leave(engine().database, tenant, found.subscription, found.user, back=back)
    return _page(token, done=not back)


def _tenant(link: links.Link | None) -> Tenant | None:
    if link is None:
        return None
    return next((one for one in all_tenants(engine().database, active=True) if str(one.id) == link.tenant), None)


def _page(token: str, *, done: bool) -> Response:
    found = links.read(engine().database, token)
    tenant = _tenant(found)
    one, label = _told(tenant, found) if found is not None and tenant is not None else (None, "")
    page = render_template(
        "reports/unsubscribe.html",
        label=label,
        known=one is not None,
        done=done or (one is not None and found is not None and found.user in one.gone),
        here=f"/reports/unsubscribe/{token}",
        path=one.path if one is not None else "",
    )
    return make_response(page, 200 if one is not None else 404)


def _told(tenant: Tenant, link: links.Link) -> tuple[Subscription | None, str]:
    """What is sent, and what it is called."""
    with engine().database.transaction(tenant, read_only=True) as tx:
        one = read_one(tx, tenant, link.subscription)
        if one is None:
            return None, ""
        label = label_in(tx, load_on(tx, tenant, tx.entry.release).model, one.kind, one.key)
    return one, label.text(current_locale())
