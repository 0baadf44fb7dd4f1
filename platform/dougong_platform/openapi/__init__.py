"""OpenAPI 3.1 of a tenant as one user may use it, made from the model, his rights and the endpoints' descriptions."""
