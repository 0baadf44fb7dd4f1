"""The advisory locks of a tenant: writers share one that the switch takes alone; publishes exclude one another.

Keys are made from the schema that is the search path: a statement needs no parameters and cannot name another
tenant.
"""

_WRITERS = "hashtextextended('dougong writers ' || current_schema(), 0)"
_PUBLISHES = "hashtextextended('dougong publish ' || current_schema(), 0)"

# A writer's first statement. The release has to be read by the statement *after* it (`select max(number) from
# _release`): this one's own snapshot is older than the lock.
WRITER_LOCK = f"select pg_advisory_xact_lock_shared({_WRITERS})"
SWITCH_LOCK = f"select pg_advisory_xact_lock({_WRITERS})"

# Of the publishing connection, not of a transaction: it is gone when the process is.
TRY_PUBLISH_LOCK = f"select pg_try_advisory_lock({_PUBLISHES})"
PUBLISH_UNLOCK = f"select pg_advisory_unlock({_PUBLISHES})"
