"""Signing in at the company's identity provider: off to it, back from it, and the page that says why not."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.http.caller import Caller
from dougong_platform.http.client_address import client_address
from dougong_platform.http.confirming import confirm
from dougong_platform.http.endpoint import engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_tenants import Tenant, oidc, tenancy
from dougong_tenants.audit import note_apart
from dougong_tenants.errors import AddressRefused, NoSuchTenant, SignInRefused
from dougong_tenants.oidc.errors import JourneyLost, NoSuchProvider, PersonLockedOut
from dougong_tenants.sign_in import Attempts, admit
from dougong_ui_builder import toasts
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import redirect_to
from dougong_ui_builder.same_origin import local_path, require_same_origin
from dougong_ui_builder.screens.sign_in import go_on, sign_in_form
from dougong_ui_builder.screens.ways_in import COMPANY_COOKIE, start_url, ways_of
from dougong_ui_builder.site_address import redirect_uri
from dougong_ui_builder.words import gettext

blueprint = Blueprint("oidc", __name__)
PATH = "/sign-in/oidc"
IDENTITIES = "/settings/security#identities"
_ATTEMPTS = Attempts()
_YEAR = 366 * 24 * 3600


@blueprint.post("/sign-in/company")
def ask_company() -> Response:
    """The ways in for an e-mail's domain or a company's name. Whether anybody has that e-mail is not told."""
    require_same_origin()
    wanted = local_path(request.form.get("next"))
    given = request.form.get("company", "").strip().lower()[:320]
    name, mark, domain = given.rpartition("@")
    ways = ways_of(wanted, domain=domain) if mark and name else ways_of(wanted, tenant=given.rpartition("@")[2])
    closed = bool(ways) and not any(way.password for way in ways)
    return sign_in_form(wanted, email=given if mark else "", ways=ways, asked=given, password_closed=closed)


@blueprint.get(f"{PATH}/<tenant>/<name>")
def go(tenant: str, name: str) -> Response:
    """Off to the provider."""
    wanted = local_path(request.args.get("next"))
    try:
        _, provider = open_provider(tenant, name)
        departure = oidc.depart(engine().database, provider, redirect_uri(tenant, name), wanted)
    except Fault as fault:
        return _failed(fault, tenant, name, wanted)
    response = Response(status=303, headers={"Location": departure.address})
    keep_journey(response, departure)
    return response


@blueprint.get(f"{PATH}/<tenant>/<name>/callback")
def come_back(tenant: str, name: str) -> Response:
    """Back from the provider: a session, a linked identity, or why not."""
    cookie = oidc.cookie_name(request.args.get("state", ""))
    wanted = "/"
    try:
        company, provider = open_provider(tenant, name)
        with_answer = {key: request.args[key] for key in ("state", "code", "error", "iss") if key in request.args}
        if cookie in request.cookies:  # only then anybody is asked, and guessing costs something
            _ATTEMPTS.count_address(engine().database, client_address())
        try:
            arrival = oidc.arrive(engine().database, provider, with_answer, request.cookies.get(cookie))
            wanted = local_path(arrival.wanted)
            response = (
                _sign_in(company, provider, arrival) if arrival.user is None else _link(company, provider, arrival)
            )
        except oidc.OidcFault as fault:
            if not isinstance(fault, JourneyLost):
                _note_failure(company, provider, fault)
            raise
    except Fault as fault:
        response = _failed(fault, tenant, name, wanted)
    response.delete_cookie(cookie, path=PATH)
    return response


def keep_journey(response: Response, departure: oidc.Departure) -> None:
    """The cookie that ties the answer to this browser. Lax: the provider's redirect must bring it back."""
    secure = engine().dougong.secure_cookies or request.is_secure
    response.set_cookie(
        departure.name, departure.value, oidc.SECONDS, httponly=True, secure=secure, samesite="Lax", path=PATH
    )


def open_provider(tenant: str, name: str) -> tuple[Tenant, oidc.Provider]:
    """The company and its provider. Raises NoSuchProvider unless both are open."""
    try:
        company = tenancy.get(engine().database, tenant)
    except NoSuchTenant:
        raise NoSuchProvider from None
    provider = oidc.get_provider(engine().database, company, name)
    if not provider.active or company.status != "active":
        raise NoSuchProvider
    return company, provider


def _sign_in(company: Tenant, provider: oidc.Provider, arrival: oidc.Arrival) -> Response:
    database = engine().database
    person = oidc.recognise(database, company, provider, arrival.claims)
    try:
        found = admit(
            database,
            person,
            company,
            proof="oidc",
            address=client_address(),
            device=request.headers.get("User-Agent"),
        )
    except AddressRefused:
        raise
    except SignInRefused:
        raise PersonLockedOut from None
    _ATTEMPTS.address_was_right(database, client_address())
    response = go_on(found, local_path(arrival.wanted))
    secure = engine().dougong.secure_cookies or request.is_secure
    response.set_cookie(COMPANY_COOKIE, company.name, _YEAR, httponly=True, secure=secure, samesite="Lax")
    return response


def _link(company: Tenant, provider: oidc.Provider, arrival: oidc.Arrival) -> Response:
    """Only for the very person who asked, still signed in in this browser."""
    if SESSION_COOKIE not in request.cookies:
        raise JourneyLost
    caller = engine().gate.enter()
    if not is_oneself(caller) or caller.user != arrival.user or caller.tenant.id != company.id:
        raise JourneyLost
    confirm(caller)
    oidc.link(caller.database, caller.tenant, provider, arrival.claims, caller.user)
    toasts.say(gettext("The identity was linked"))
    return toasts.carry(redirect_to(IDENTITIES))


def is_oneself(caller: Caller) -> bool:
    """Whether the person himself asks: no token, and nobody who looks on as him. An identity is a lasting way in."""
    principal = caller.principal
    return principal is not None and principal.via == "session" and principal.previewed_by is None


def _note_failure(company: Tenant, provider: oidc.Provider, fault: oidc.OidcFault) -> None:
    email = fault.data.get("email")
    note_apart(
        engine().database,
        company,
        "sign_in.failed",
        label=email if isinstance(email, str) else None,
        details={"provider": provider.name, "reason": fault.code, "said": fault.message("en")[:300]},
        ip=client_address(),
    )


def _failed(fault: Fault, tenant: str, name: str, wanted: str) -> Response:
    """Never the server's failure: 400 to 429, with a way on."""
    again = "" if isinstance(fault, NoSuchProvider) else start_url(tenant, name, wanted)
    text = fault.message(current_locale())
    body = render_template("screens/oidc_failed.html", text=text, again=again, tenant=tenant, code=fault.code)
    response = make_response(body, fault.status if fault.status < 500 else 400)
    if "seconds" in fault.data:
        response.headers["Retry-After"] = str(fault.data["seconds"])
    return response
