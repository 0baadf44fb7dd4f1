"""The calls of webhooks in each tenant's schema, each with what became of it; and the webhooks' secrets."""

STATEMENTS = (
    # waiting: a row of the outbox will try it; delivered and dead are final, until somebody sends it again
    """create table if not exists _webhook_delivery (
         id uuid primary key, webhook text not null, event text not null, payload jsonb not null,
         state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
         attempts smallint not null default 0, next_at timestamptz, status smallint, answer text, problem jsonb,
         seconds real, at timestamptz not null default now(), tried_at timestamptz)
       with (fillfactor = 80)""",
    "create index if not exists _webhook_delivery_webhook on _webhook_delivery (webhook, id desc)",
    """create index if not exists _webhook_delivery_state on _webhook_delivery (state, id desc)
         where state <> 'delivered'""",
    "create index if not exists _webhook_delivery_at on _webhook_delivery (at)",
    # secrets are sealed (dougong_tenants.secrets); the one before stays good for a while after a renewal
    """create table if not exists _webhook (
         webhook text primary key, secret text, secret_at timestamptz, previous text, previous_until timestamptz,
         failures integer not null default 0, paused_until timestamptz, stopped_at timestamptz)""",
)
