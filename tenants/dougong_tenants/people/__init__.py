"""Users, departments and teams of a tenant, and the actions that change them."""
