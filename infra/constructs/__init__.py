"""One construct for each capability of the stack."""
