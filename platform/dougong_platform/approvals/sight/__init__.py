"""Who may see which approval, and what of it."""
