"""A module that fails to import."""

import there_is_no_such_module  # noqa: F401
