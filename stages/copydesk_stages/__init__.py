"""The built-in stages. Each is a module of the name it has in a chain; they come in by the entry points that anybody uses."""
