"""The `parcelhook` command: accounts, API keys and secrets, of the laptop stack or of a deployed stage."""
