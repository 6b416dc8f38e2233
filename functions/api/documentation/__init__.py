"""The OpenAPI document: what each route says of itself, and how that becomes one description of the whole API."""
