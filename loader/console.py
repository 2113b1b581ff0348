"""What a command shows while it works: bars for a person, one JSON line a step for a log."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from loader.plain_text import plain_lines


class Screen(Console):
    """A terminal that shows what others wrote as text, and follows no order in it."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(plain_lines(text), **options)


screen = Screen(highlight=False, emoji=False)
_quiet = False


def be_quiet() -> None:
    """From now on a command that goes well says nothing; warnings and errors are said all the same."""
    global _quiet
    _quiet = True


def is_quiet() -> bool:
    return _quiet


def on_terminal() -> bool:
    """Whether a person is looking."""
    return sys.stdout.isatty()


@dataclass
class Step:
    """A step under way: takes its progress, and the figures for its closing line."""

    advance: Callable[[int], None]
    expect: Callable[[int], None]  # so much more of it than was known
    figures: dict[str, Any] = field(default_factory=dict)
    words: str = ""

    def summarize(self, words: str) -> None:
        """What a person reads in the closing line, in place of the figures."""
        self.words = words

    def add_figures(self, **figures: Any) -> None:
        """Adds figures to the closing line: those of a log."""
        self.figures.update(figures)


def counted(number: int, noun: str) -> str:
    """A number of things: `1 file`, `1,200 files`."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


@contextmanager
def step(name: str, total: int | None = None, unit: str = "files") -> Iterator[Step]:
    """Shows one step: a bar while it runs on a terminal, one line when it is done, or one JSON line when it is done or fails.

    `total` is how much there is of it, None where that is unknown; `unit` is "bytes" or a plural noun.
    """
    started = time.monotonic()
    outcome = "failed"
    bar = _bar(unit) if on_terminal() and not _quiet else None
    task = bar.add_task(name, total=total) if bar else None

    def expect(more: int) -> None:
        if bar:
            bar.update(task, total=(bar.tasks[0].total or 0) + more)

    current = Step(lambda n: bar.advance(task, n) if bar else None, expect)
    try:
        if bar:
            bar.start()
        yield current
        outcome = "done"
    finally:
        if bar:
            bar.stop()
        seconds = round(time.monotonic() - started, 2)
        if bar is None and not _quiet:
            line = {"step": name, "outcome": outcome, "seconds": seconds, **current.figures}
            print_line(json.dumps(line, ensure_ascii=False, default=str))
        elif bar and outcome == "done":
            figures = ", ".join(f"{key.replace('_', ' ')} {_short(value)}" for key, value in current.figures.items())
            came_to = f": {escape(current.words or figures)}" if current.words or figures else ""
            screen.print(f"[green]✓[/] {name}{came_to} [dim]({seconds:.1f} s)[/]")


def print_line(text: object, *, err: bool = False) -> None:
    """Prints a text; what is in it of others' orders to a terminal is only shown, see loader/plain_text.py."""
    print(plain_lines(str(text)), file=sys.stderr if err else sys.stdout, flush=True)


def inform(text: str) -> None:
    """A line for a person; nothing in a log, nor where quiet was asked for."""
    if on_terminal() and not _quiet:
        screen.print(text)


def name_next(command: str) -> None:
    """The command that has to follow, for a person or in a log; nothing where quiet was asked for."""
    if _quiet:
        return
    print_line(f"Now type\n  {command}" if on_terminal() else json.dumps({"next": command}, ensure_ascii=False))


def warn(text: str) -> None:
    """A line that a person should see, on a terminal or in a log."""
    if on_terminal():
        screen.print(f"[yellow]! {escape(text)}[/]")
    else:
        print_line(json.dumps({"warning": text}, ensure_ascii=False))


def _bar(unit: str) -> Progress:
    amounts = (DownloadColumn(), TransferSpeedColumn()) if unit == "bytes" else (MofNCompleteColumn(), _Rate())
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        *amounts,
        _TimeLeft(),
        console=screen,
        transient=True,
    )


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.1f}/s" if task.speed else "–/s", style="progress.data.speed")


class _TimeLeft(ProgressColumn):
    """How long it will take yet, or has taken where that is not known: one of the two, for both do not fit a narrow terminal."""

    def render(self, task: Task) -> Text:
        left = task.time_remaining
        return Text(f"{_clock(task.elapsed or 0)} so far" if left is None else f"{_clock(left)} left")


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    return f"{minutes}:{seconds:02}"


def _short(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
