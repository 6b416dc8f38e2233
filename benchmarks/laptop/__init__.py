"""The laptop stack under load: what is published, what arrives, and what its processes hold meanwhile."""
