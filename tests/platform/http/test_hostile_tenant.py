"""An administrator of one company walks every address of the application, of the API and of the screens, with what is
another company's in every place where an id can stand: no answer holds a byte of it, none of it changes, and nothing of
it arrives in his own company. An address that the walk cannot fill fails it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from werkzeug.routing import Map, Rule
from werkzeug.test import TestResponse

from dougong_metadata.documents import read_documents
from dougong_platform.app import create_app
from dougong_platform.automations.hooks import renew
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.jobs import put
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.notifications import notify
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.settings import Settings
from dougong_platform.webhooks import send
from dougong_tenants import sign_in
from dougong_tenants.oidc import identities, providers
from dougong_tenants.oidc.identities import Claims
from dougong_tenants.people import create_user, get_user
from reading import DOCUMENTS, PASSWORD, Client, Reading, make_reading

MARK = "Wombat"
SIGNS = re.compile("wombat|zoltan|quentin", re.IGNORECASE)
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
# Both companies: books go through stages, and a call from outside leaves a shelf.
FLOWS = """
---
kind: pipeline
name: reviewing
object: book
field: genre
stages: {novel: {checklist: {looked: {label: Looked at}}}, manual: {}}
---
kind: layout
name: book_standard
object: book
path: genre
sections: [{name: basic, label: Basic, fields: [title, shelf, genre, owner]}]
---
kind: automation
name: bell
on: {incoming: true}
do: [{create: {object: shelf, values: {name: '"Rung"'}}}]
"""
# What only the other company has. Its automation fails: the size that it sets is refused.
OWN_DOCUMENTS = """
kind: object
name: wombat_thing
label: Wombat thing
name_field: name
fields:
  name: {type: text, searchable: true}
  size: {type: integer, max: 10}
  mood: {type: picklist, values: [glad, sad]}
---
kind: pipeline
name: wombats
label: Wombat moods
object: wombat_thing
field: mood
stages: {glad: {}, sad: {}}
---
kind: automation
name: wombats
label: Wombats call
object: wombat_thing
"on": {incoming: true, map: {name: name}}
do: [{update: {set: {size: "300"}}}]
---
kind: webhook
name: wombats
label: Wombats are told
url: http://10.255.255.1/wombats
"""
FIRST_JOB = 4242424242424  # of the other company: no number of a job of one's own
# The doors before any company: they know nobody yet, and what they tell of a company is for everybody.
OUTSIDE = ("/sign-in", "/sign-out", "/welcome", "/assets/", "/static/", "/healthz", "/readyz", "/metrics")
# Which of the other company's things an <id> is, by the beginning of the address.
IDS = {
    "/api/v1/assistants/": "assistance",
    "/api/v1/automations/": "run",
    "/api/v1/departments/": "department",
    "/api/v1/grants/": "grant",
    "/api/v1/hand-overs/": "hand_over",
    "/api/v1/jobs/": "failed_job",
    "/api/v1/oidc-providers/": "identity",
    "/api/v1/queues/": "queue",
    "/api/v1/records/": "book",
    "/api/v1/robots/": "robot",
    "/api/v1/saved-views/": "view",
    "/api/v1/sessions/": "session",
    "/api/v1/teams/": "team",
    "/api/v1/tokens/": "token",
    "/api/v1/users/": "user",
    "/api/v1/webhooks/deliveries/": "delivery",
    "/builder/automations/": "run",
    "/builder/channels/": "robot",
    "/builder/jobs/": "failed_job",
    "/builder/oidc/": "identity",
    "/builder/people/departments/": "department",
    "/builder/people/grants/": "grant",
    "/builder/people/queues/": "queue",
    "/builder/people/teams/": "team",
    "/builder/people/": "user",
    "/builder/tokens/": "token",
    "/builder/webhook-calls/": "delivery",
    "/o/": "book",
    "/settings/identities/": "identity",
    "/settings/sessions/": "session",
    "/settings/tokens/": "token",
    "/ui/home/done/": "book",
}
NAMES = {
    "/api/v1/automations/": "wombats",
    "/api/v1/metadata/retired/": "wombat_thing",
    "/api/v1/metadata/": "wombats",
    "/api/v1/oidc-providers/": "wombatidp",
    "/api/v1/webhooks/": "wombats",
    "/builder/oidc/": "wombatidp",
    "/builder/objects/": "wombat_thing",
    "/builder/": "wombats",
    "/settings/identities/": "wombatidp",
    "/o/": "title",
}
# Other places: a thing of the other company's, or (in quotation marks) a word of both companies' metadata.
PLACES = {
    "file": "file",
    "comment": "comment",
    "share": "share",
    "identifier": "import",
    "job": "hand_over",
    "ref": "hand_over",
    "assistance": "assistance",
    "session": "session",
    "user": "user",
    "parent": "department",
    "tenant": "here",
    "token": "hook",
    "field": "'title'",
    "stage": "'novel'",
    "item": "'looked'",
    "kind": "'picklist'",
    "folder": "'picklists'",
    "part": "'details'",
    "tab": "'chapter.book'",
    "value": "'Wombat book'",
    "number": "'2'",
    "index": "'0'",
    "version": "'1'",
}
PERIOD = {"from": "'2026-01-01T00:00:00Z'", "to": "'2026-01-02T00:00:00Z'"}
ROBOT = {"name": "'N'", "kind": "'wecom'", "address": "'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k'"}
# JSON that names what is the other company's wherever it may: by endpoint, as {name: thing or 'word'}.
BODIES: dict[str, list[dict[str, Any]]] = {
    "people_assistants.add_assistant": [{"user": "user", "assistant": "mine"}, {"user": "mine", "assistant": "user"}],
    "people_assistants.change_assistant": [{"until_at": "'2027-01-01T00:00:00Z'"}],
    "audit.change_policy": [{"days": 400}],
    "automations.take_call": [{"name": "book"}],
    "automations.try_automation": [
        {"name": "'wombats'", **PERIOD},
        {"document": {"name": "'n'", "object": "'wombat_thing'", "on": "'created'", "do": []}, **PERIOD},
    ],
    "people.create_department": [{"name": "'N'", "parent": "department"}, {"name": "'N'", "head": "user"}],
    "people.change_department": [{"name": "'Stolen'"}],
    "files.upload": [{}],
    "files.attach": [{}],
    "people_grants.grant": [
        {"permission_set": "'reader'", "user": "user"},
        {"permission_set": "'reader'", "department": "department"},
        {"permission_set": "'reader'", "user": "clerk", "departments": ["department"]},
    ],
    "hand_overs.create": [
        {"from_user": "user", "to_users": ["mine"]},
        {"from_user": "clerk", "to_users": ["user"], "objects": {"book": {}}},
        {"from_user": "clerk", "to_users": ["mine"], "objects": {"book": {"records": ["book"]}}},
    ],
    "hand_overs.show_preview": [
        {"from_user": "user", "to_users": ["mine"]},
        {"from_user": "clerk", "to_users": ["user"], "objects": {"book": {}}},
    ],
    "imports.upload": [{}],
    "imports.change": [{"mapping": {"columns": {}}}],
    "jobs.run_all_again": [{}],
    "notifications.add_robot": [{**ROBOT, "reader": "user"}, {**ROBOT, "reader": "mine", "team": "team"}],
    "notifications.put_robot": [{**ROBOT, "reader": "mine"}],
    "notifications.mark_notifications": [
        {"ids": ["notification"]},
        {"ids": ["notification"], "read": False},
        {"all": True, "until": "notification"},
    ],
    "notifications.put_preferences": [{"digest_at": "'09:00'"}],
    "notifications.put_sender": [{"name": "'N'"}],
    "releases.put": [{"kind": "'picklist'", "name": "'otherwise'", "values": ["'a'"]}],
    "releases.install_pack": [{"name": "'wombats'"}],
    "releases.publish_draft": [{"base": 99, "draft_hash": "'wombat'"}],
    "releases.restore_release": [{"base": 1}],
    "releases.say_stages": [{"stages": {"wombat.thing": "'wombat'"}}],
    "oidc_providers.put_provider": [{"department": "department", "label": {"en": "'N'", "zh": "'N'"}}],
    "query.query": [{"from": "'wombat_thing'", "aggregates": {"n": "'COUNT()'"}}],
    "people_queues.create_queue": [{"name": "'N'", "team": "team"}],
    "people_queues.change_queue": [{"name": "'Stolen'"}],
    "records.create": [
        {"title": "'x'", "shelf": "shelf"},
        {"title": "'x'", "owner": "user"},
        {"title": "'x'", "shelf": {"name": "'Wombat shelf'"}},
    ],
    "records.update_many": [{"records": [{"id": "book", "title": "'Stolen'"}]}],
    "records.delete_many": [{"records": [{"id": "book"}]}],
    "records.update_one": [{"title": "'Stolen'"}],
    "records.upsert": [{"shelf": "shelf"}],
    "comments.add": [{"text": "'hello'"}],
    "comments.edit": [{"text": "'hello'"}],
    "shares.add": [{"subject": "user", "access": "'read'"}, {"subject": "department", "access": "'read'"}],
    "shares.change": [{"access": "'edit'"}],
    "shares.add_many": [
        {"subject": "user", "access": "'read'", "ids": ["my_book"]},
        {"subject": "clerk", "access": "'read'", "ids": ["book"]},
    ],
    "saved_views.create": [{"object": "'wombat_thing'", "name": "'N'", "columns": ["'name'"]}],
    "saved_views.change": [{"name": "'Stolen'"}],
    "security.put_policy": [{"addresses": ["'nowhere'"]}],
    "people.create_team": [{"name": 7}],
    "people.rename_team": [{"name": "'Stolen'"}],
    "people.set_members": [{"members": ["clerk"]}, {"members": ["user"]}],
    "people.create_token": [{"name": "'N'", "scopes": ["'read'"], "user": "user"}],
    "people.create_user": [
        {"name": "'N'", "email": "'n@library.test'", "manager": "user"},
        {"name": "'N'", "email": "'n@library.test'", "department": "department"},
    ],
    "people.change_user": [{"name": "'Stolen'"}],
    "people.set_further_departments": [{"departments": ["department"]}],
    "people.set_password": [{"password": "'a new long pass phrase'"}],
    "people.set_permission_sets": [{"permission_sets": []}],
    "webhooks.renew_secret": [{"overlap_hours": 1}],
}
# Of a company's own settings, uploads and jobs: no other company's id can stand in them.
OWN = frozenset(
    {
        "audit.change_policy", "files.upload", "jobs.run_all_again", "notifications.put_preferences",
        "notifications.put_sender",
    }
)  # fmt: skip
# Do nothing and say nothing where there is nothing, as they do for one's own: the records beside a record, the draft of
# a document that has none.
SILENT = frozenset({"records_pages.neighbours", "builder_documents.revert"})
# What a form may hold, on any screen: the other company's ids wherever one could name something.
FORM = {
    "id": "book", "ids": "book", "record": "book", "records": "book", "user": "user", "owner": "user", "to": "user",
    "manager": "user", "head": "user", "assistant": "user", "subject": "user", "member": "user",
    "department": "department", "departments": "department", "parent": "department", "team": "team",
    "view": "view", "t.owner": "user",
    "shelf": "shelf", "token": "token", "from_user": "user", "to_users": "user", "name": "'Stolen'",
    "title": "'Stolen'", "text": "'Stolen'", "access": "'read'", "permission_set": "'reader'",
    "tick": "'novel/looked'", "stage": "'novel'", "item": "'looked'", "until": "notification", "reader": "user",
    "delivery": "delivery", "run": "run", "job": "failed_job", "robot": "robot",
}  # fmt: skip
# What single screens' forms hold besides.
FORMS: dict[str, dict[str, Any]] = {
    "builder_channels.add_robot": ROBOT,
    "builder_channels.keep_robot": ROBOT,
    "inbox.mark": {"id": "notification"},
    "records_pages.move": {"value": "'novel'"},
}


INTRUDERS = ("mine", "clerk", "my_book", "my_hook", "here")


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


@pytest.fixture(scope="module")
def street(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    load_handlers()
    here = make_reading(module_database_url, DOCUMENTS + FLOWS)
    database = here.database
    tenant = provision(
        database,
        "wombat",
        documents=read_documents(DOCUMENTS + FLOWS),
        locale="en",
        administrator=FirstAdministrator("zoltan@wombat.test", PASSWORD, "Zoltan"),
    )
    zoltan = get_user(database, tenant, "zoltan@wombat.test")
    quentin = create_user(database, tenant, {"name": "Quentin", "email": "quentin@wombat.test"}, password=PASSWORD).id
    there = Reading(database, "wombat", zoltan, quentin, zoltan)
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=database.dsn, secret="test", rate_limit=0)
    app = create_app(settings, database, faces=True)
    things = furnish(Client(app.test_client(), there.token(zoltan)), there)
    things |= {"mine": here.ann, "clerk": here.bob, "here": here.name, "my_hook": hook(here)}
    owner = Client(app.test_client(), here.token(here.ann))
    things["my_book"] = owner.post("/api/v1/records/book", {"title": "Mine"})[1]["id"]
    yield Street(app, here, there, things)
    database.close()


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
    things |= {"identity": identity(there), "session": session(there), "hook": hook(there)}
    things |= work(owner, there)
    draft = {"kind": "picklist", "name": "wombats", "values": ["x"]}
    assert owner.post("/api/v1/metadata/picklist/wombats", draft, method="PUT")[0] in (200, 201)
    things["cursor"] = owner.get("/api/v1/changes", limit=1)[1]["cursor"]
    for number in range(2):
        made("records/book", {"title": f"{MARK} {number}"})
    things["page"] = owner.get("/api/v1/records/book", limit=1)[1]["next"]
    return things


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


def thing(street: Street, named: Any) -> Any:
    """A value of BODIES or FORM with ids in place of what it names."""
    if isinstance(named, str):
        return named.strip("'") if named.startswith("'") else street.things[named]
    if isinstance(named, list):
        return [thing(street, one) for one in named]
    if isinstance(named, dict):
        return {name: thing(street, one) for name, one in named.items()}
    return named


def longest(table: dict[str, str], rule: str) -> str:
    """The entry of the longest beginning that fits an address."""
    fits = [beginning for beginning in table if rule.startswith(beginning)]
    assert fits, f"The walk does not know what an id or a name in {rule} is: name it in this test."
    return table[max(fits, key=len)]


def fillings(street: Street, rule: Rule) -> Iterator[dict[str, str]]:
    """Values for the parts of an address: all the other company's; where several ids stand, also below one's own
    record; where none stands, an object that only the other company has."""
    found: dict[str, str] = {}
    for name in rule.arguments:
        if name == "object":
            found[name] = "book" if rule.arguments & {"id", "value"} else "wombat_thing"
        elif name == "id":
            found[name] = street.things[longest(IDS, rule.rule)]
        elif name == "name":
            found[name] = longest(NAMES, rule.rule)
        else:
            assert name in PLACES, f"The walk does not know what <{name}> in {rule.rule} is: name it in this test."
            found[name] = thing(street, PLACES[name])
    yield found
    if "tenant" in found:  # one's own address for calls, called as the other company's
        yield {"tenant": street.there.name, "token": street.things["my_hook"]}
    if {"name", "id"} <= found.keys() and found["id"] == street.things["run"]:
        yield found | {"name": "bell"}
    below = rule.arguments & {"comment", "share", "file"}
    if "id" in found and below and found["id"] == street.things["book"]:
        yield found | {"id": street.things["my_book"]}


def rule_of(text: str) -> Rule:
    """A rule as an application would bind it."""
    rule = Rule(text, endpoint="gadgets")
    Map([rule])
    return rule


def names_the_other(rule: Rule) -> bool:
    """Whether any part of an address can say something of the other company's."""
    return bool(rule.arguments - {"kind", "folder", "part", "tab", "index"})


def routes(app: Engine) -> list[tuple[Rule, str]]:
    return sorted(
        (
            (rule, method)
            for rule in app.url_map.iter_rules()
            for method in METHODS
            if method in (rule.methods or ()) and not rule.rule.startswith(OUTSIDE)
        ),
        key=lambda found: (found[0].rule, found[1]),
    )


def walk(street: Street) -> Iterator[tuple[str, str, Rule, Any, TestResponse]]:
    """Every answer: (method, address, rule, what was sent, answer)."""
    adapter = street.app.url_map.bind("localhost")
    for rule, method in routes(street.app):
        for values in fillings(street, rule):
            path = adapter.build(rule.endpoint, values, method=method)
            if rule.rule.startswith("/api/"):
                view = street.app.view_functions[rule.endpoint]
                described = getattr(view, "description", None)
                bodies: list[Any] = [None]
                if described is not None and described.body is not None:
                    assert rule.endpoint in BODIES, f"The walk has no body for {rule.endpoint}: name one in this test."
                    bodies = BODIES[rule.endpoint]
                for body in bodies:
                    sent = thing(street, body)
                    more = {} if sent is None else {"json": sent}
                    yield method, path, rule, sent, street.api().open(path, method=method, **more)
                continue
            browser, token = street.screens()
            headers = {"Accept": "text/html", "Accept-Language": "en"}
            if method == "GET":
                yield method, path, rule, None, browser.get(path, headers=headers)
                continue
            form = thing(street, FORM | FORMS.get(rule.endpoint, {}))
            answer = browser.open(path, method=method, data={**form, **chosen(), "csrf_token": token}, headers=headers)
            yield method, path, rule, form, answer


def text_of(answer: TestResponse) -> str:
    """The whole of an answer; of an archive, what its files hold."""
    data = answer.get_data()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    return data.decode("utf-8", "replace")


def chosen() -> dict[str, Any]:
    """A file in a form."""
    return {"file": (io.BytesIO(b"words"), "words.txt")}


def leaks(answer: TestResponse, *asked: Any) -> list[str]:
    """Signs of the other company in an answer, whose head counts too, but for what the question itself held."""
    told = f"{answer.headers}{text_of(answer)}"
    for value in sorted(texts(asked), key=len, reverse=True):
        told = told.replace(value, "")
    return sorted({found.group().lower() for found in SIGNS.finditer(told)})


def texts(asked: Any) -> set[str]:
    """All texts of what was asked."""
    if isinstance(asked, str):
        return {asked, quote(asked, safe="")} - {""}
    if isinstance(asked, dict):
        return set().union(*map(texts, asked.values()))
    return set().union(*map(texts, asked)) if isinstance(asked, list | tuple) else set()


def contents(reading: Reading) -> dict[str, list[str]]:
    """Every row of a company's schema as text, by table; what changes by itself (who was seen when) is left out."""
    schema = reading.tenant.schema
    tables = reading.run(
        "select table_name from information_schema.tables where table_schema = %s order by 1", [schema]
    )
    return {name: sorted(str(row[0]) for row in reading.run(f'select t::text from "{name}" t')) for (name,) in tables}


def test_every_address_answers_nothing_of_another_company(street: Street) -> None:
    before = contents(street.there)
    wrong, walked = [], 0
    for method, path, rule, sent, answer in walk(street):
        walked += 1
        allowed = {400, 403, 404}
        if rule.rule.startswith("/api/") and sent is not None and rule.endpoint not in OWN:
            allowed |= {409, 415, 422}
        elif not names_the_other(rule) or rule.endpoint in SILENT:
            allowed |= {200, 201, 204, 302, 303, 409, 413, 415, 422}
        told = leaks(answer, path.split("/"), sent)
        if answer.status_code not in allowed or told:
            wrong.append((method, path, sent if rule.rule.startswith("/api/") else "", answer.status_code, told))
    assert not wrong, "\n".join(map(str, wrong))
    assert walked > 300
    assert contents(street.there) == before


def test_nothing_of_another_company_arrives_in_ones_own(street: Street) -> None:
    theirs = {name: id for name, id in street.things.items() if name not in INTRUDERS}
    rows = contents(street.here)
    for table in ("_audit", "_idempotency"):  # where it is written down what somebody tried
        rows.pop(table, None)
    found = {
        (table, name) for table, lines in rows.items() for line in lines for name, id in theirs.items() if id in line
    }
    assert not found
    told = {(table, line) for table, lines in rows.items() for line in lines if SIGNS.search(line)}
    assert not told


def test_the_cursors_keys_and_paths_of_another_company_open_nothing(street: Street) -> None:
    intruder = street.api()
    owner = Client(street.app.test_client(), street.there.token(street.there.ann))
    for path, cursor in (("changes", "cursor"), ("records/book", "page")):
        status, answer = intruder.get(f"/api/v1/{path}", cursor=street.things[cursor])
        assert (status, answer["code"]) == (400, "bad_cursor")
    key = {"Idempotency-Key": "the same key"}
    first = owner.post("/api/v1/records/book", {"title": f"{MARK} keyed"}, headers=key)
    second = intruder.post("/api/v1/records/book", {"title": "Keyed"}, headers=key)
    assert (first[0], second[0]) == (201, 201)
    assert first[1]["id"] != second[1]["id"]
    before = intruder.open("/api/v1/records/book", method="POST", json={"title": "Keyed"}, headers=key)
    assert before.get_json()["id"] == second[1]["id"]
    file, schema = street.things["file"], street.there.tenant.schema
    for path in (
        f"files/..%2f{schema}%2f{file}",
        f"files/%2e%2e/{file}",
        f"files/..%2f..%2f{schema}%2f{file[-2:]}%2f{file}",
    ):
        assert intruder.open(f"/api/v1/{path}").status_code in (400, 404), path


@pytest.mark.parametrize("fragment", ["preview-formula", "rollup-choices", "rollup-said"])
def test_a_preview_in_ones_own_builder_works_with_ones_own_records(street: Street, fragment: str) -> None:
    browser, token = street.screens()
    for formula in ("title", 'IF(shelf = "{shelf}", title, "")', 'IF(id = "{book}", "x", owner.name)'):
        form = {"b/formula": formula.format(**street.things), "b/of": "wombat_thing.size", "@rollup": "wombat_thing"}
        path = f"/builder/objects/book/{fragment}"
        answer = browser.post(path, data={**thing(street, FORM), **form, "csrf_token": token})
        assert answer.status_code == 200, answer.text
        assert not leaks(answer, form)


@pytest.mark.parametrize(
    "path",
    [
        "changes", "search?q=wombat", "records/book", "records/user", "records/team", "records/department", "imports",
        "tokens", "saved-views?object=book", "grants", "assistants", "hand-overs", "queues", "audit", "audit/export",
        "metadata/draft", "metadata/picklist", "metadata/object", "metadata/releases", "objects", "oidc-providers",
        "automations", "automation-runs", "automation-runs?record={book}", "automation-runs?cursor={run}", "jobs",
        "automations/bell/runs?record={book}", "jobs?before={failed_job}", "mail-sender", "notifications", "robots",
        "webhooks", "webhooks/deliveries", "webhooks/deliveries?before={delivery}",
        "webhooks/deliveries?webhook=wombats",
        "records/book/{my_book}/stages", "boards/book", 'boards/book?filter=shelf = "{shelf}"',
        "openapi.json", "sessions", "records/book/export", "hand-overs?user={user}", "assistants?user={user}",
        "grants?user={user}", "audit?actor={user}", "audit?target={book}", "records/book/{my_book}/access?user={user}",
        "records/book/{my_book}/audience", 'records/book?filter=shelf = "{shelf}"', 'records/book?filter=id = "{book}"',
    ],
)  # fmt: skip
def test_no_question_finds_what_is_another_companys(street: Street, path: str) -> None:
    asked = path.format(**street.things)
    answer = street.api().open(f"/api/v1/{asked}")
    assert answer.status_code in (200, 400, 404), answer.text
    assert not leaks(answer, "wombat" if "q=" in path else "")
    ids = [id for name, id in street.things.items() if name not in INTRUDERS and id not in asked]
    assert not [id for id in ids if id in text_of(answer)]


def test_the_walk_notices_a_new_address_that_it_cannot_fill(street: Street) -> None:
    with pytest.raises(AssertionError, match="does not know what <gadget>"):
        list(fillings(street, rule_of("/api/v1/gadgets/<gadget>")))
    with pytest.raises(AssertionError, match="does not know what an id"):
        list(fillings(street, rule_of("/api/v1/gadgets/<id>")))
