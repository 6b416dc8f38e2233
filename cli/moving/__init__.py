"""What moves into an account, and out of it."""
