"""The audit log for people and programs: read, exported, and kept as long as the tenant's policy says."""
