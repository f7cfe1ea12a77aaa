"""The built-in stages, each a module of the name it has in a chain; they come in by the entry points anybody uses."""
