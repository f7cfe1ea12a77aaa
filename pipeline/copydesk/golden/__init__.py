"""Golden cases: an input, a chain, and what has to come out; run by `copydesk golden` and by pytest alike."""
