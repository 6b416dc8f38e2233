"""A listener for shipping webhooks that a shop can run: verifies, stores, answers, and only then works."""
