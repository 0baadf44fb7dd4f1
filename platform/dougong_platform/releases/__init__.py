"""What a tenant's metadata was and is: the draft, plans, publishing, releases and packs."""
