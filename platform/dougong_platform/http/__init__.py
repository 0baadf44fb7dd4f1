"""What every endpoint shares: who calls, problem+json, bodies, CSRF, rate limits, request ids and health."""
