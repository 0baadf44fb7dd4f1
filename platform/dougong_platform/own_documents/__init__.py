"""Reports and dashboards that people keep for themselves and share: the same bodies as the tenant's documents."""
