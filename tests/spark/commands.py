"""The loader's commands, in this process, which has the Spark session."""

from __future__ import annotations

from click.testing import CliRunner

from loader.cli import cli


class Killed(BaseException):
    """The process is dead: from here on nothing of it is written."""


def typed(*words: object, code: int = 0) -> str:
    """Types a command; returns what it prints.

    Args:
        code: the exit code that it must end with.
    """
    done = CliRunner().invoke(cli, list(map(str, words)))
    if isinstance(done.exception, Killed):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output
