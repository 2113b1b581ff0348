"""What `status` shows: one screen of 24 lines while all is well, all there is with `--all`."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict

from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from loader import commands
from loader.console import counted, is_quiet, print_line, screen
from loader.dates import business_today
from loader.errors import LoaderError
from loader.landing import calendar
from loader.monitoring.status import Status, by_layer, freshness, is_problem, problems, status
from loader.settings import Settings

_FEW = 3
_SHORT = 150  # cells of a reason, two lines of a small terminal


def show(settings: Settings, *, everything: bool, as_json: bool = False) -> None:
    """Prints it: what fits one screen, or everything, or everything as one JSON object for a script.

    Raises a LoaderError where there is no warehouse yet, or nothing was planned yet; what is loaded has been printed then.
    """
    console = screen
    found, unplanned, fresh = status(settings), None, {}
    try:
        # Read from SQLMesh's state, for which all of SQLMesh is imported.
        with nullcontext() if is_quiet() or as_json else console.status("reading how far each model reaches ..."):
            fresh = freshness(settings)
    except LoaderError as error:
        unplanned = error
    todo = problems(found, fresh, business_today())
    if as_json:
        print_line(json.dumps(_json(found, fresh, todo), ensure_ascii=False, default=str, indent=2))
    else:
        _print_problems(console, todo, everything)
        console.print("", _loaded(found), *_days(found, everything), *_newest_dump(found, everything), sep="\n")
        if fresh:
            console.print("", _fresh(fresh, found.newest, everything), sep="\n")
    if unplanned:
        raise unplanned


def _json(found: Status, fresh: Mapping[str, dt.date | None], todo: Sequence[str]) -> dict[str, object]:
    listed = [{"problem": text, "commands": commands.commands(text)} for text in todo]
    return {"problems": listed, **asdict(found), "fresh_to": fresh}


def _print_problems(console: Console, todo: Sequence[str], everything: bool) -> None:
    console.print(f"[red]Problems: {len(todo)}[/]" if todo else "[green]No problems.[/]")
    # A line that says "one more" would be no shorter.
    shown = todo if everything or len(todo) <= _FEW + 1 else todo[:_FEW]
    for text in shown:
        lines = text.splitlines()
        for number, (line, below) in enumerate(zip(lines, [*lines[1:], ""], strict=True)):
            if commands.commands(line):  # whole, to be pasted
                console.print(" " * 6 + escape(line.strip()), style="bold", soft_wrap=True)
            else:  # whole too where it says what the command below it is for
                line = _cut(line, everything or bool(number and commands.commands(below)))
                console.print(Padding(escape(line), (0, 0, 0, 4 if number else 2)))
    if len(shown) < len(todo):
        console.print(f"  and {len(todo) - len(shown)} more: {commands.loader('status', '--all')}", soft_wrap=True)


def _of_day(day: calendar.Day, everything: bool) -> str:
    """A day's state and why, in a line."""
    if day.complete and day.reasons:
        state = "the loaded file stays, but a newer one was refused"
    elif day.complete:
        state = "loaded"
    else:
        state = f"dump {day.dump}, daily files {_files(day)}"
    notes = list(day.reasons)
    notes += [] if day.has_manifest else ["loaded by hand, without a manifest: unverified"]
    if day.waiver and not day.complete:
        notes.append(f"waived by {day.waiver.by} until {day.waiver.until}: {day.waiver.reason}")
    # Escaped as a whole: two texts that are cut and put together can make a tag that neither holds.
    return escape(f"{day.date}: {state}" + "".join(f"; {_cut(note, everything)}" for note in notes))


def _files(day: calendar.Day) -> str:
    """The state of a day's daily files: one word where they share it."""
    if len(set(day.files.values())) == 1:
        return next(iter(day.files.values()))
    return ", ".join(f"{name} {state}" for name, state in day.files.items() if state != "loaded")


def _loaded(found: Status) -> Table:
    table = _table("Loaded", "days", "first", "last", "days missing between", "rows")
    for dataset, days, first, last, rows in found.loaded:
        gaps = (last - first).days + 1 - days
        table.add_row(dataset, f"{days:,}", str(first), str(last), f"{gaps:,}", f"{rows:,}")
    return table


def _days(found: Status, everything: bool) -> Iterator[RenderableType]:
    if not found.days:
        return
    first, last = found.days[0].date, found.days[-1].date
    complete = sum(day.complete for day in found.days)
    yield f"[bold]Days[/] {first} to {last}: {complete} of {len(found.days)} loaded, dump and daily files"
    listed = [
        _of_day(day, everything)
        for day in reversed(found.days)
        if everything or not (day.complete and day.has_manifest or is_problem(day, found.newest))
    ]
    yield from _few(listed, everything)


def _newest_dump(found: Status, everything: bool) -> Iterator[RenderableType]:
    live = found.live
    changes = [f"{table}: {one}" for table, one in live.changes.items() if one]
    nulled = [f"landing.{table}.{column}: {n:,} ({why.replace('_', ' ')})" for table, column, why, n in live.nulled]
    findings = [f"{outcome}: {rule}: {figure}" for outcome, rule, figure, _ in live.findings]
    values = f"{sum(count for *_, count in live.nulled):,} values"
    for what, lines in (
        (f"changed {counted(len(changes), 'table')} (rows added, removed, changed)", changes),
        (f"{values} of it were nulled in {counted(len(nulled), 'column')}", nulled),
        (f"{counted(len(findings), 'finding')} of the gate", findings),
    ):
        if lines and everything:
            yield f"[bold]The newest dump[/]: {what}"
            yield from _few([escape(line) for line in lines], everything)
        elif lines:
            yield f"[bold]The newest dump[/]: {what}: {escape(_cut('; '.join(lines), everything))}"
    if found.enriched:
        yield f"[bold]Nationalities[/]{escape(found.enriched.removeprefix('nationalities'))}"
    if found.kept:
        yield f"[bold]To roll back to[/]: {', '.join(str(day) for day in found.kept)}"
    if found.withdrawn:
        newest = [f"the dump of {day}, at {at} UTC" for day, at in found.withdrawn]
        yield f"[bold yellow]Rolled back, and not loaded again by itself[/]: {_cut('; '.join(newest), everything)}"


def _fresh(fresh: Mapping[str, dt.date | None], newest: dt.date | None, everything: bool) -> Table:
    table = _table("Fresh to", "models", "every model reaches", "behind the newest dump")
    for one in by_layer(fresh, newest):
        behind = ", ".join(one.behind) if everything else f"{len(one.behind)} of {one.models}"
        behind = behind if one.behind else "none"
        table.add_row(one.name, str(one.models), str(one.reaches or "nothing yet"), behind)
    return table


def _table(first: str, *headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(first)
    for heading in headings:
        is_number = heading in ("days", "days missing between", "rows", "models")
        table.add_column(heading, justify="right" if is_number else "left")
    return table


def _few(lines: Sequence[str], everything: bool) -> list[Padding]:
    """The first lines, indented, and how many more there are."""
    shown = list(lines)
    if not everything and len(lines) > _FEW + 1:  # a line that says "one more" would be no shorter
        shown = [*lines[:_FEW], f"and {len(lines) - _FEW} more: {commands.loader('status', '--all')}"]
    return [Padding(line, (0, 0, 0, 2)) for line in shown]


def _cut(text: str, everything: bool) -> str:
    """A text on one line, and of a long one its beginning, up to the end of a sentence where there is one: half an advice is none."""
    flat = " ".join(text.split())
    if everything or cell_len(flat) <= _SHORT:
        return flat
    short = set_cell_size(flat, _SHORT - 4).rstrip()
    ends = [end.start() + 1 for end in re.finditer(r"[.;:] ", short)]
    return f"{short[: ends[-1]] if ends and ends[-1] > _SHORT // 2 else short} ..."
