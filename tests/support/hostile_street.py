"""Two companies under one roof, and one of everything in the other one. Used by the walk of the hostile tenant
(tests/platform/http)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from dougong_platform.automations.hooks import renew
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.jobs import put
from dougong_platform.jobs.relay import relay
from dougong_platform.notifications import notify
from dougong_platform.webhooks import send
from dougong_tenants import sign_in
from dougong_tenants.oidc import identities, providers
from dougong_tenants.oidc.identities import Claims
from hostile_words import FIRST_JOB, MARK, OWN_DOCUMENTS, ROBOT
from reading import PASSWORD, Client, Reading


@dataclass
class Street:
    """Two companies under one roof. `things` are the other's, and those of INTRUDERS the intruder's."""

    app: Engine
    here: Reading
    there: Reading
    things: dict[str, str]

    def api(self) -> Client:
        """The intruder with a token that nothing before has revoked."""
        return Client(self.app.test_client(), self.here.token(self.here.ann))

    def screens(self) -> tuple[Any, str]:
        """The intruder's browser, freshly signed in, and the token of its forms."""
        found = sign_in.sign_in(self.here.database, "ann@library.test", PASSWORD, tenant=self.here.name).session
        assert found is not None
        browser = self.app.test_client()
        browser.set_cookie(SESSION_COOKIE, found)
        return browser, sign_in.csrf_token(found)


def furnish(owner: Client, there: Reading) -> dict[str, str]:
    """One of everything in the other company, called by words that stand nowhere else."""

    def made(path: str, body: Any, method: str = "POST", key: str = "id") -> str:
        status, answer = owner.post(f"/api/v1/{path}", body, method=method)
        assert status in (200, 201), (path, answer)
        return str(answer[key]) if answer and key in answer else ""

    for body in yaml.safe_load_all(OWN_DOCUMENTS):
        made(f"metadata/{body['kind']}/{body['name']}", body, "PUT")
    plan = owner.get("/api/v1/metadata/plan")[1]
    made("metadata/publish", {"base": plan["base"], "draft_hash": plan["draft_hash"], "note": MARK})
    shelf = made("records/shelf", {"name": f"{MARK} shelf"})
    book = made("records/book", {"title": f"{MARK} book", "shelf": shelf})
    made("records/wombat_thing", {"name": f"{MARK} thing"})
    team, department = made("teams", {"name": f"{MARK} team"}), made("departments", {"name": f"{MARK} division"})
    things = {
        "user": there.bob,
        "shelf": shelf,
        "book": book,
        "team": team,
        "department": department,
        "comment": made(f"records/book/{book}/comments", {"text": f"{MARK} said"}),
        "view": made("saved-views", {"object": "book", "name": MARK, "columns": ["title"], "shared": True}),
        "token": made("tokens", {"name": MARK, "scopes": ["read"]}),
        "share": made(f"records/book/{book}/shares", {"subject": there.bob, "access": "read", "note": MARK}),
        "grant": made("grants", {"permission_set": "reader", "user": there.bob}),
        "assistance": made("assistants", {"user": there.ann, "assistant": there.bob}),
        "queue": made("queues", {"name": f"{MARK} queue", "team": team}),
        "hand_over": made("hand-overs", {"from_user": there.bob, "to_users": [there.ann], "objects": {"book": {}}}),
    }
    attached = owner.open(f"/api/v1/records/book/{book}/files?name=wombat.txt", method="POST", data=MARK.encode())
    form = {"object": "book", "file": (io.BytesIO(f"title\n{MARK} import\n".encode()), "wombat.csv")}
    taken = owner.open("/api/v1/imports", method="POST", data=form)
    assert (attached.status_code, taken.status_code) == (201, 201), (attached.text, taken.text)
    things |= {"file": attached.get_json()["id"], "import": taken.get_json()["id"]}
    made(f"records/book/{book}/checklist/novel/looked", None, "PUT")
    things["robot"] = made("robots", {**thing_words(ROBOT), "name": f"{MARK} robot", "reader": there.ann, "team": team})
    made("mail-sender", {"name": f"{MARK} post"}, "PUT")
    things |= kept_report(made)
    things |= {"identity": identity(there), "session": session(there), "hook": hook(there)}
    things |= work(owner, there)
    things |= agreement(owner, there)
    draft = {"kind": "picklist", "name": "wombats", "values": ["x"]}
    assert owner.post("/api/v1/metadata/picklist/wombats", draft, method="PUT")[0] in (200, 201)
    things["cursor"] = owner.get("/api/v1/changes", limit=1)[1]["cursor"]
    for number in range(2):
        made("records/book", {"title": f"{MARK} {number}"})
    things["page"] = owner.get("/api/v1/records/book", limit=1)[1]["next"]
    return things


def kept_report(made: Callable[..., str]) -> dict[str, str]:
    """A report that somebody of the other company keeps, and has sent to him."""
    body = {"object": "book", "rows": ["genre"], "values": {"n": "COUNT()"}}
    report = made("own-documents", {"kind": "report", "label": f"{MARK} report", "body": body})
    sent = {"key": report, "cadence": "daily", "hour": 8, "filters": {"where": f'title = "{MARK} book"'}}
    return {"own_report": report, "subscription": made("report-subscriptions", sent)}


def hook(company: Reading, name: str = "bell") -> str:
    """The token of a new address for calls from outside."""
    return renew(company.admin, name).path.rpartition("/")[2]


def work(owner: Client, there: Reading) -> dict[str, str]:
    """What is left of a worker's day in the other company: a failed run, a call of a webhook and a job that were given
    up, a notification."""
    with there.database.owner(there.tenant) as connection:
        connection.execute(f"alter table _outbox alter column id restart with {FIRST_JOB}")
    call = f"/api/v1/hooks/{there.name}/{hook(there, 'wombats')}"
    assert owner.post(call, {"name": f"{MARK} called"})[0] == 202
    with there.database.transaction(there.tenant) as tx:
        delivery = send(tx, there.tenant, "wombats", "book.noticed", {"said": MARK})
        put(tx, "webhook", {"delivery": MARK})
        (notification,) = notify(tx, tenant=there.tenant, users=[there.ann], title={"en": f"{MARK} is due"})
    relay(there.database, there.tenant)
    ((run, state),) = there.run("select id, state from _automation_run")
    # as if it had failed with all its attempts
    ((job,),) = there.run("update _outbox set dead = true where failed is not null returning id")
    assert state == "failed"
    return {"run": run, "failed_job": str(job), "delivery": delivery, "notification": notification}


def agreement(owner: Client, there: Reading) -> dict[str, str]:
    """An approval in the other company, with a file that stands in a comment, and a delegation."""
    book = owner.post("/api/v1/records/book", {"title": f"{MARK} agreed"})[1]["id"]
    status, submitted = owner.post("/api/v1/approvals", {"flow": "agreeing", "object": "book", "id": book})
    assert status == 201, submitted
    approval = str(submitted["approval"])
    file = owner.open("/api/v1/files?name=wombats.txt", method="POST", data=MARK.encode()).get_json()["id"]
    status, said = owner.post(f"/api/v1/approvals/{approval}/comments", {"text": f"{MARK} thinks", "files": [file]})
    assert status == 200, said
    task = owner.get(f"/api/v1/approvals/{approval}")[1]["tasks"][0]["task"]
    delegation = owner.post("/api/v1/approvals/delegations", {"delegate": there.bob, "note": MARK})[1]["id"]
    return {"approval": approval, "task": task, "approval_file": file, "delegation": delegation}


def identity(there: Reading) -> str:
    """A link of the other company's administrator to its identity provider."""
    database, tenant = there.database, there.tenant
    given = {"label": {"en": MARK, "zh": MARK}, "issuer": "https://idp.wombat.test", "client_id": MARK}
    provider = providers.save_provider(database, tenant, "wombatidp", given, by=there.ann)
    claims = Claims(provider.issuer, "wombat-subject", "zoltan@wombat.test", "Zoltan")
    identities.link(database, tenant, provider, claims, there.ann)
    return identities.identities_of(database, tenant, there.ann)[0].id


def session(there: Reading) -> str:
    """The id of a session of the other company's administrator."""
    sign_in.sign_in(there.database, "zoltan@wombat.test", PASSWORD, tenant=there.name)
    rows = there.database.read_control("select id from dougong.session where user_id = %s", (there.ann,))
    return str(rows[0][0])


def thing_words(named: dict[str, str]) -> dict[str, str]:
    """A body of BODIES that names words alone."""
    return {name: value.strip("'") for name, value in named.items()}
