"""What the walk of the hostile tenant (tests/platform/http) fills addresses, bodies and forms with: by the beginning of
an address, by endpoint, by the name of a form's field."""

from __future__ import annotations

import re
from typing import Any

MARK = "Wombat"
SIGNS = re.compile("wombat|zoltan|quentin", re.IGNORECASE)
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
# Both companies: books go through stages and are agreed to, and a call from outside leaves a shelf.
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
---
kind: approval
name: agreeing
object: book
nodes:
  - {name: keeper, kind: approve, by: [{field: owner}], own: ask}
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
kind: approval
name: wombats
label: Wombats agree
object: wombat_thing
nodes:
  - {name: wombats, kind: approve, label: Wombat keeper, by: [{field: owner}], own: ask}
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
    "/api/v1/approvals/": "approval",
    "/api/v1/approvals/delegations/": "delegation",
    "/api/v1/assistants/": "assistance",
    "/api/v1/automations/": "run",
    "/api/v1/departments/": "department",
    "/api/v1/grants/": "grant",
    "/api/v1/hand-overs/": "hand_over",
    "/api/v1/jobs/": "failed_job",
    "/api/v1/oidc-providers/": "identity",
    "/api/v1/own-documents/": "own_report",
    "/api/v1/queues/": "queue",
    "/api/v1/records/": "book",
    "/api/v1/report-subscriptions/": "subscription",
    "/api/v1/robots/": "robot",
    "/api/v1/saved-views/": "view",
    "/api/v1/sessions/": "session",
    "/api/v1/teams/": "team",
    "/api/v1/tokens/": "token",
    "/api/v1/users/": "user",
    "/api/v1/webhooks/deliveries/": "delivery",
    "/approvals/": "approval",
    "/approvals/delegations/": "delegation",
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
    "/dashboards/": "subscription",
    "/o/": "book",
    "/reports/": "subscription",
    "/settings/identities/": "identity",
    "/settings/sessions/": "session",
    "/settings/tokens/": "token",
    "/ui/home/done/": "book",
}
NAMES = {
    "/api/v1/approval-flows/": "wombats",
    "/api/v1/automations/": "wombats",
    "/api/v1/dashboards/": "wombats",
    "/api/v1/metadata/retired/": "wombat_thing",
    "/api/v1/metadata/": "wombats",
    "/api/v1/oidc-providers/": "wombatidp",
    "/api/v1/webhooks/": "wombats",
    "/builder/oidc/": "wombatidp",
    "/builder/objects/": "wombat_thing",
    "/builder/": "wombats",
    "/dashboards/": "wombats",
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
    "act": "'transfer'",
    "flow": "'wombats'",
    "key": "own_report",
}
PERIOD = {"from": "'2026-01-01T00:00:00Z'", "to": "'2026-01-02T00:00:00Z'"}
ROBOT = {"name": "'N'", "kind": "'wecom'", "address": "'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k'"}
# JSON that names what is the other company's wherever it may: by endpoint, as {name: thing or 'word'}.
BODIES: dict[str, list[dict[str, Any]]] = {
    "people_assistants.add_assistant": [{"user": "user", "assistant": "mine"}, {"user": "mine", "assistant": "user"}],
    "people_assistants.change_assistant": [{"until_at": "'2027-01-01T00:00:00Z'"}],
    "approval_insight.move_versions": [{"ids": ["approval"]}],
    "approval_insight.try_flow": [
        {"from": "'2020-01-01T00:00:00Z'", "to": "'2040-01-01T00:00:00Z'"},
        {"from": "'2020-01-01T00:00:00Z'", "to": "'2040-01-01T00:00:00Z'", "version": 1},
    ],
    "approvals.submit_records": [
        {"flow": "'agreeing'", "object": "'book'", "id": "book"},
        {"flow": "'wombats'", "object": "'wombat_thing'", "id": "book"},
        {"flow": "'wombats'", "object": "'book'", "id": "my_book"},
    ],
    "approvals.show_route": [
        {"flow": "'agreeing'", "object": "'book'", "id": "book"},
        {"flow": "'wombats'", "object": "'book'", "id": "my_book"},
    ],
    "approvals.decide_many": [{"ids": ["approval"], "verdict": "'approve'"}],
    "approvals.decide": [
        {"verdict": "'approve'", "task": "task", "add_after": ["user"]},
        {"verdict": "'return'", "comment": "'Stolen'", "files": ["file"]},
    ],
    "approvals.transfer": [{"to": "mine"}, {"to": "user"}],
    "approvals.add_before": [{"users": ["mine"]}, {"users": ["user"]}],
    "approvals.consult": [{"users": ["mine"]}, {"users": ["user"]}],
    "approvals.opine": [{"text": "'Stolen'"}],
    "approvals.comment": [{"text": "'Stolen'", "mentions": ["user"]}, {"text": "'Stolen'", "files": ["file"]}],
    "approvals.recall": [{"reason": "'Stolen'"}],
    "approvals.resubmit": [{"note": "'Stolen'"}],
    "approvals.reassign": [{"task": "task", "to": "mine", "reason": "'Stolen'"}],
    "approvals.jump": [{"node": "'keeper'", "reason": "'Stolen'"}],
    "approvals.end": [{"outcome": "'approved'", "reason": "'Stolen'"}],
    "approvals.add_delegation": [{"delegate": "user"}, {"delegate": "mine", "user": "user"}],
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
    "dashboards.choose_home": [{"dashboard": "own_report"}],
    "reports.run_one": [{"owner": "user"}, {"department": "department"}],
    "reports.run_unkept": [{"report": {"object": "'wombat_thing'", "values": {"n": "'COUNT()'"}}}],
    "reports.list_cell": [{"row": []}, {"row": ["shelf"]}, {"owner": "user"}],
    "own_documents.create": [
        {"kind": "'report'", "label": "'N'", "body": {"object": "'wombat_thing'", "values": {"n": "'COUNT()'"}}},
    ],
    "own_documents.change": [
        {"version": 1, "label": "'Stolen'"},
        {"shared": [{"kind": "'user'", "id": "mine"}]},
        {"removed": False},
    ],
    "report_subscriptions.create": [
        {"key": "own_report", "cadence": "'daily'", "hour": 8},
        {
            "key": "'nothing'",
            "cadence": "'daily'",
            "hour": 8,
            "recipients": [{"kind": "'user'", "id": "user"}],
        },
    ],
    "report_subscriptions.change": [{"active": False}, {"recipients": [{"kind": "'user'", "id": "mine"}]}],
    "grouped.query": [{"from": "'wombat_thing'", "aggregates": {"n": "'COUNT()'"}}],
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
# Of a company's own settings, uploads and jobs: no other company's id can stand in them. Deciding many at once answers
# each for itself.
OWN = frozenset(
    {
        "approvals.decide_many", "audit.change_policy", "files.upload", "jobs.run_all_again",
        "notifications.put_preferences", "notifications.put_sender",
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
    "approval": "approval", "task": "task", "delegate": "user", "verdict": "'approve'", "flow": "'agreeing'",
    "delivery": "delivery", "run": "run", "job": "failed_job", "robot": "robot",
}  # fmt: skip
# What single screens' forms hold besides.
FORMS: dict[str, dict[str, Any]] = {
    "builder_channels.add_robot": ROBOT,
    "builder_channels.keep_robot": ROBOT,
    "inbox.mark": {"id": "notification"},
    "records_pages.move": {"value": "'novel'"},
    "report_designer.change": {"body": '\'{"object": "wombat_thing"}\'', "do": "'preview'"},
}


INTRUDERS = ("mine", "clerk", "my_book", "my_hook", "my_approval", "here")
