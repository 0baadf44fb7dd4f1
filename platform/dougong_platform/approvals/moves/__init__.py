"""What people do with approvals: submit, decide, ask others, recall, and what administrators do."""
