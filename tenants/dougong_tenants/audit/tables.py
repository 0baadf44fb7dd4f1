"""The audit log's tables in each tenant's schema; run when a tenant is created and by the engine's upgrade.

Each statement may be run again without harm. The tenant's role may add rows and read them; it can neither change nor
delete one, nor say when it was written. Only the owner of the schema deletes, when a row is older than the policy says.
"""

_APPEND_ONLY = """do $$
declare writer text;
begin
    for writer in
        select distinct acl.grantee::regrole::text from pg_class c, aclexplode(c.relacl) acl
         where c.oid = '_audit'::regclass and acl.grantee not in (c.relowner, 0)
    loop
        execute format('revoke all on _audit from %s', writer);
        execute format('revoke all on sequence _audit_seq_seq from %s', writer);
        execute format('grant select on _audit to %s', writer);
        execute format(
            'grant insert (actor, action, target_kind, target, label, details, ip, via) on _audit to %s', writer);
    end loop;
end $$"""

STATEMENTS = (
    """create table if not exists _audit (
        seq         bigint generated always as identity primary key,
        at          timestamptz not null default now(),
        actor       uuid,
        action      text not null,
        target_kind text,
        target      text,
        label       text,
        details     jsonb not null default '{}',
        ip          text,
        via         text
    )""",
    _APPEND_ONLY,
    "create index if not exists _audit_at on _audit (at)",
    "create index if not exists _audit_action on _audit (action, seq)",
    "create index if not exists _audit_actor on _audit (actor, seq)",
    "create index if not exists _audit_target on _audit (target, seq)",
    """create table if not exists _audit_policy (
        one        boolean primary key default true check (one),
        days       integer check (days >= 30),
        changed_at timestamptz not null default now(),
        changed_by uuid
    )""",
)
