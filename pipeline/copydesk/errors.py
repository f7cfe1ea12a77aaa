"""What can go wrong, as exceptions whose text a person can act on."""

from __future__ import annotations


class CopydeskError(Exception):
    """Base of every error that copydesk raises on purpose.

    The command line prints its text without a traceback.
    """


class ConfigError(CopydeskError):
    """A chain file, an option or a stage name that cannot be used."""


class InputError(CopydeskError):
    """An input that cannot be read or is not what it was said to be."""


class StageError(CopydeskError):
    """A stage raised, or proposed edits that the engine refuses.

    `stage` is the name the chain gives the stage, `document` the name of the document (or None).
    """

    def __init__(self, stage: str, document: str | None, problem: str) -> None:
        super().__init__(stage, document, problem)
        self.stage = stage
        self.document = document
        self.problem = problem

    def __str__(self) -> str:
        where = f" on {self.document}" if self.document else ""
        return f"stage {self.stage!r}{where}: {self.problem}"


class UndoError(CopydeskError):
    """A record that does not belong to the text, or an edit whose text before is no longer there."""


def did_you_mean(word: str, known: list[str]) -> str:
    """Return `did you mean "x"?` with a leading space, or an empty string if nothing is near.

    >>> did_you_mean("markres", ["markers", "repair"])
    ' Did you mean "markers"?'
    >>> did_you_mean("zzz", ["markers", "repair"])
    ''
    """
    import difflib  # late: only ever needed on the way to an error

    near = difflib.get_close_matches(word, known, n=1)
    return f' Did you mean "{near[0]}"?' if near else ""
