"""Looking over what a run did: a report to read, and decisions on single changes."""
