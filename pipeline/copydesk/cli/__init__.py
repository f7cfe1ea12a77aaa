"""The command line: one module a command, imported when it is used."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module

import click

from copydesk import __version__
from copydesk.cli._messages import EXIT_CLOSED_PIPE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, say

#: Command -> its one-line help, so that `copydesk --help` imports no command.
COMMANDS = {
    "clean": "Clean text: standard input, files, folders or JSON Lines.",
    "retry": "Try again what failed in a run over many files.",
    "explain": "Show what a chain changes in a text, and why.",
    "diff": "Show what one chain cuts and another keeps, worst first.",
    "report": "Make a page of a run: what was removed, and the riskiest first.",
    "review": "Accept or reject the changes of a run in the browser.",
    "undo": "Give the original back, or take one stage's or rule's changes back.",
    "learn": "Find what the documents of a site repeat, for the stage repeats.",
    "stages": "List the stages that are installed, with their options.",
    "chain": "Print a chain as it resolves, checked.",
    "golden": "Run golden cases, or update those that are named.",
    "completion": "Print the completion script for a shell.",
}


class _ClosedPipeError(Exception):
    """Whoever read standard output has gone."""


class _Commands(click.Group):
    """Commands that are imported when they are called."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # click would exit with 1
            raise _ClosedPipeError from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"copydesk.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from copydesk.errors import did_you_mean

            hint = did_you_mean(args[0], list(COMMANDS))
            ctx.fail(f'there is no command "{args[0]}".{hint} Commands: {", ".join(COMMANDS)}')
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="copydesk")
def _copydesk() -> None:
    """Clean scraped text, with a record of every change.

    For a start: copydesk clean article.txt, and copydesk explain article.txt to see why.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code; no error of a user's making ever shows a traceback."""
    _open_streams()
    try:
        code = _copydesk.main(args=arguments, standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = EXIT_USAGE
    except click.ClickException as error:
        say(error.format_message())
        code = EXIT_USAGE
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        code = EXIT_INTERRUPTED
    except (_ClosedPipeError, BrokenPipeError):
        code = EXIT_CLOSED_PIPE
    except MemoryError:
        say("out of memory; what has no end cannot be cleaned, and large files are cleaned in pieces as JSON Lines")
        code = EXIT_FAILED
    except OSError as error:
        say(f"{error.filename or 'standard input or output'}: {error.strerror or error}")
        code = EXIT_FAILED
    except Exception as error:
        from copydesk.errors import ConfigError, CopydeskError

        if not isinstance(error, CopydeskError):
            raise
        say(str(error))
        code = EXIT_USAGE if isinstance(error, ConfigError) else EXIT_FAILED
    _close_stdout()
    sys.exit(code if isinstance(code, int) else 0)


def _open_streams() -> None:
    """Make the standard streams fit for use.

    One that the caller closed gets a place where each use is an error (else a file opened later would get its number);
    standard error just goes nowhere. What is printed is UTF-8; what a terminal cannot show is escaped.
    """
    for name, mode, access in (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, access), mode))
    if not os.environ.get("COLUMNS", "80").strip("0"):
        del os.environ["COLUMNS"]  # what runs without a window may say 0, and views would be empty
    if isinstance(sys.stdout, io.TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _close_stdout() -> None:
    """Point standard output nowhere where it cannot be written, so that Python's own flush at exit stays quiet."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
