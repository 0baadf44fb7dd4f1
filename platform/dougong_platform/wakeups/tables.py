"""What was looked at, in each tenant's schema: `_fired` per record and due time, `_wakeup_rule` per automation."""

STATEMENTS = (
    # due = the clock on the wall of the tenant's time zone, so that a company that moves is not reminded again.
    # met = the condition held and the automation was sent on its way; where it did not hold, that was decided, too:
    # a later save does not ask again until the date moves.
    """create table if not exists _fired (
         rule text not null, record uuid not null, due timestamp not null, met boolean not null default true,
         primary key (rule, record, due))""",
    # trigger = what makes it another rule when it changes; since = what fell due before is none of its business;
    # until = what fell due by then was looked at (cron: the last due time); asked > answered: somebody wrote a date
    # whose time has passed already, look at everything; release and zone = under which it was looked at last.
    """create table if not exists _wakeup_rule (
         rule text primary key, trigger text not null, since timestamptz not null, until timestamptz not null,
         asked bigint not null default 0, answered bigint not null default 0, release integer, zone text)""",
)
