"""What `status` shows: one screen of 24 lines while all is well, all there is with `--all`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext

from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from loader import calendar
from loader.clock import business_today
from loader.freshness import by_layer
from loader.progress import is_quiet
from loader.settings import Settings
from loader.status import Status, freshness, status

_FEW = 3
_SHORT = 150  # cells of a reason, two lines of a small terminal


def show(settings: Settings, *, everything: bool) -> None:
    """Prints it.

    Args:
        settings: the warehouse.
        everything: each day, table, column and finding, rather than what fits one screen.

    Raises:
        LoaderError: there is no warehouse yet, or nothing was planned yet; what is loaded has been printed then.
        BusyError: another process holds it.
    """
    console = Console(highlight=False, emoji=False)
    found = status(settings)
    console.print(*_wrong(found, business_today(), everything), "", _loaded(found), "", sep="\n")
    console.print(*_days(found, everything), *_newest_dump(found, everything), "", sep="\n")
    # The rest is read from SQLMesh's state, for which all of SQLMesh is imported.
    with nullcontext() if is_quiet() else console.status("reading how far each model reaches ..."):
        fresh = freshness(settings)
    console.print(_fresh(fresh, found.newest))


def _wrong(found: Status, today: dt.date, everything: bool) -> Iterator[RenderableType]:
    """What a person should know first."""
    said = []
    if found.newest and found.newest < today:
        age = (today - found.newest).days
        said.append(
            f"today is {today} in Japan, and the newest loaded dump is of {found.newest}, {age} days old: "
            "python -m loader daily"
        )
    if found.newest is None:
        said.append("no dump is loaded: python -m loader load")
        said += [escape(f"{day}: refused; {_cut(reason, everything)}") for day, reason in found.rejected]
    if found.waits_for_run:
        said.append(
            "a dump was replaced or rolled back, and what was computed from it still stands: python -m loader run"
        )
    said += [escape(_cut(reason, everything)) for reason in [found.coordinates] if reason]
    said += [_of_day(day, everything) for day in reversed(found.days) if _is_wrong(day, found.newest)]
    yield f"[red]Wrong: {len(said)}[/]" if said else "[green]Nothing is wrong.[/]"
    yield from _few(said, everything)


def _is_wrong(day: calendar.Day, newest: dt.date | None) -> bool:
    if day.complete:
        return bool(day.reasons)
    return not day.excused(max(day.date, newest or day.date))


def _of_day(day: calendar.Day, everything: bool) -> str:
    """A day's state and why, in a line."""
    if day.complete and day.reasons:
        state = "what is loaded stands, but a newer file of it was refused"
    elif day.complete:
        state = "loaded"
    else:
        state = f"dump {day.dump}, snapshots {_files(day)}"
    notes = list(day.reasons)
    notes += [] if day.has_manifest else ["loaded by hand, without a manifest: nobody vouches for it"]
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
    told = [day for day in found.days if everything or not (day.complete and day.has_manifest)]
    listed = [_of_day(day, everything) for day in reversed(told) if everything or not _is_wrong(day, found.newest)]
    yield from _few(listed, everything)


def _newest_dump(found: Status, everything: bool) -> Iterator[RenderableType]:
    changes = [f"{table}: {one}" for table, one in found.changes.items()]
    nulled = [f"landing.{table}.{column}: {n:,} ({why.replace('_', ' ')})" for table, column, why, n in found.nulled]
    findings = [f"{outcome}: {rule}: {figure}" for outcome, rule, figure in found.findings]
    values = f"{sum(count for *_, count in found.nulled):,} values"
    for what, lines in (
        (f"changed {_counted(changes, 'table')} (rows added, removed, changed)", changes),
        (f"{values} of it were nulled in {_counted(nulled, 'column')}", nulled),
        (f"{_counted(findings, 'finding')} of the gate", findings),
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


def _fresh(fresh: Mapping[str, dt.date | None], newest: dt.date | None) -> Table:
    table = _table("Fresh to", "models", "every model reaches", "behind the newest dump")
    for one in by_layer(fresh, newest):
        behind = ", ".join(one.behind) or "none"
        table.add_row(one.name, str(one.models), str(one.reaches or "nothing yet"), behind)
    return table


def _table(first: str, *headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(first)
    for heading in headings:
        table.add_column(heading, justify=_justified(heading))
    return table


def _justified(heading: str) -> str:
    return "right" if heading in ("days", "days missing between", "rows", "models") else "left"


def _few(lines: Sequence[str], everything: bool) -> list[Padding]:
    """The first lines, indented, and how many more there are."""
    shown = list(lines)
    if not everything and len(lines) > _FEW + 1:  # a line that says "one more" would be no shorter
        shown = [*lines[:_FEW], f"and {len(lines) - _FEW} more: python -m loader status --all"]
    return [Padding(line, (0, 0, 0, 2)) for line in shown]


def _cut(text: str, everything: bool) -> str:
    flat = " ".join(text.split())
    if everything or cell_len(flat) <= _SHORT:
        return flat
    return f"{set_cell_size(flat, _SHORT - 4).rstrip()} ..."


def _counted(lines: Sequence[str], noun: str) -> str:
    return f"{len(lines):,} {noun}{'s' if len(lines) != 1 else ''}"
