"""What a bad endpoint costs the others: the real engine and simulated pollers in simulated time."""
