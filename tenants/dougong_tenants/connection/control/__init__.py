"""The control schema `dougong`: tenants, persons, memberships, sessions, tokens and sign-in attempts."""
