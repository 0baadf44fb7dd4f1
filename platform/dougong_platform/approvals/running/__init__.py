"""An approval in its tenant's tables: loaded under its lock, moved by the machine over the live record, saved."""
