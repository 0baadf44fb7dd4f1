"""Outgoing webhooks: other systems are told of what happens, signed, and again until they take it.

with database.transaction(tenant) as tx:
    webhooks.send(tx, tenant, "stock_system", "book.printed", {"object": "book", "id": …})
ring(tenant.name)
"""

from dougong_platform.webhooks.sending import send

__all__ = ["send"]
