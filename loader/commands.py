"""The commands that messages tell a person to type: whole, so that each works as it stands.

A command runs to the end of its line, so that it can be pasted. Flags that were typed stand in it, variables of the shell do not.
"""

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

_NEEDS_BUCKET = frozenset(("load", "daily", "export", "enrich", "report"))
_COMMAND = re.compile(r"(?:WAREHOUSE_GATEWAY=\w+ )?(?:python -m loader|warehouse|sqlmesh) \S.*")
_SCRIPT, _MODULE = "warehouse", "python -m loader"
BUCKET, GATEWAY = "WAREHOUSE_BUCKET", "WAREHOUSE_GATEWAY"


@dataclass
class _Typed:
    """What this process was called with, as far as the shell's environment does not say it already."""

    program: str = _MODULE
    command: str = "daily"
    flags: tuple[str, ...] = ()
    bucket: str | None = None
    gateway: str | None = None


_typed = _Typed()


def forget(program: str | None = None) -> None:
    """Takes this process for one that was called without arguments, as `warehouse` or else as `python -m loader`."""
    _typed.__init__()
    _typed.program = _SCRIPT if program == _SCRIPT else _MODULE


def remember_command(command: str, **flags: bool) -> None:
    """Takes load, daily or export for the command that was typed, with those of its flags that decide what it takes."""
    _typed.command = command
    _typed.flags = tuple(f"--{name.replace('_', '-')}" for name, typed in flags.items() if typed)


def remember_places(bucket: str | None, gateway: str | None) -> None:
    """Takes these for what flags named; to be called before anything changes the environment."""
    _typed.bucket = bucket if bucket != os.environ.get(BUCKET) else None
    _typed.gateway = gateway if gateway != os.environ.get(GATEWAY) else None


def remember_bucket(uri: str | None) -> None:
    """Where no bucket was named: the one that the warehouse was loaded from."""
    if _typed.bucket is None and BUCKET not in os.environ:
        _typed.bucket = uri


def loader(command: str, *words: object) -> str:
    """A command of the loader with its words, and with the bucket and gateway that it needs."""
    flags = []
    if command in _NEEDS_BUCKET and (_typed.bucket or BUCKET not in os.environ):
        flags += ["--bucket", _short(_typed.bucket) if _typed.bucket else "BUCKET"]
    if _typed.gateway:
        flags += ["--gateway", _typed.gateway]
    return f"{_typed.program} {shlex.join([command, *map(str, words), *flags])}"


def again(day: object, *words: object) -> str:
    """What was typed, for a day, with further flags: the way to take a dump once it is right."""
    return loader(_typed.command, "--date", day, *_typed.flags, *words)


def ask_producer(day: object) -> str:
    """What to do where a day's dump is no good, and the command to type then."""
    return f"Ask the producer for the dump of {day} again (there: deploy/dump.sh --again), then type\n    {again(day)}"


def accept_gap(first: object, last: object | None = None) -> str:
    """The other way out where a day, or a range of days, is missing."""
    to = () if last in (None, first) else ("--to", last)
    return f"Or accept the gap\n    {loader('waive', first, *to, '--reason', '…')}"


def sqlmesh(command: str, *words: str) -> str:
    """A command of SQLMesh, on the gateway that was named; aurora and spark are known to the loader's own entry alone."""
    if (_typed.gateway or os.environ.get(GATEWAY)) in ("aurora", "spark"):
        program = f"{_typed.program} sqlmesh" + (f" --gateway {_typed.gateway}" if _typed.gateway else "")
    else:
        program = f"{GATEWAY}={_typed.gateway} sqlmesh" if _typed.gateway else "sqlmesh"
    return " ".join((program, command, *map(_quoted, words)))


def commands(text: str) -> list[str]:
    """The commands that a message names, in their order."""
    return _COMMAND.findall(text)


def _quoted(word: str) -> str:
    """A word for a shell: in double quotes where that reads better than closing and opening single ones."""
    readable = "'" in word and not re.search(r'["$`\\!]', word)
    return f'"{word}"' if readable else shlex.quote(word)


def _short(uri: str) -> str:
    path = Path(uri)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else uri
