"""What a million deliveries cost at AWS's list prices, counted from the calls that the real flow makes."""
