"""What happens to shares that have expired. They open nothing from their last moment on, without any job; the sweep
tells it to timelines and to the change feed, and removes them after 30 days, until when they can be renewed."""

from __future__ import annotations

from dougong_platform.access.share_entries import KEY
from dougong_platform.jobs import sweeps
from dougong_tenants import Database, Tenant

KEPT = "30 days"
_AT_ONCE = 1_000
# The version is the record's last one in history: a share leaves it as it is.
_TELL = f"""
with over as (
  select id from _share where expires_at <= now() and not ended order by expires_at limit {_AT_ONCE}
     for update skip locked),
ended as (
  update _share s set ended = true from over where s.id = over.id
  returning s.object, s.record, jsonb_build_object('id', s.id, 'subject', s.subject, 'access', s.access, 'role', s.role,
    'relations', s.relations, 'expires_at', to_char(s.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'note', s.note, 'created_at', s.created_at, 'created_by', s.created_by) as said)
insert into _history (object, record, version, actor, cause, op, changes)
select e.object, e.record, coalesce((select max(h.version) from _history h where h.record = e.record), 1), null,
       'expiry', 'unshare', jsonb_build_object('{KEY}', jsonb_build_array(e.said, null))
  from ended e
returning 1
"""


@sweeps(every=600)
def tell_and_forget(database: Database, tenant: Tenant) -> None:
    """Tell what has expired since the last time, and remove what expired long ago."""
    while True:
        with database.transaction(tenant) as tx:
            if len(tx.rows(_TELL)) < _AT_ONCE:
                tx.execute(f"delete from _share where ended and expires_at < now() - interval '{KEPT}'")
                return
