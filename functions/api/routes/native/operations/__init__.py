"""What our own routes say of themselves: a module for each module of routes, of the same name."""
