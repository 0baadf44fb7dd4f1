"""How flows go and why: the HTTP endpoints of statistics, versions, try-outs and explanations."""
