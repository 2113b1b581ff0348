"""`python -m report.dictionary FILE`: writes the data dictionary. It asks no warehouse: the project's files say it all."""

from __future__ import annotations

import json
from pathlib import Path

import click

from loader.console import step
from loader.settings import PROJECT, Settings
from loader.transform.context import prepare_sqlmesh
from report.dictionary.collect import collected
from report.policy import policy

LAYERS = ("gold", "silver", "staging", "seeds", "landing")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def main(file: Path) -> None:
    """Writes the dictionary to FILE."""
    from sqlmesh import Context
    from sqlmesh.core.console import NoopConsole, set_console

    prepare_sqlmesh(Settings.resolve())
    set_console(NoopConsole())
    with step("data dictionary", unit="models") as progress:
        context = Context(paths=[str(PROJECT)])
        progress.expect(len(context.models))
        try:
            tables = collected(context, progress.advance)
        finally:
            context.close()
        progress.add_figures(tables=len(tables), columns=sum(len(table["columns"]) for table in tables))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page(tables), encoding="utf-8")
    click.echo(f"The data dictionary is {file}")


def page(tables: list[dict]) -> str:
    """The dictionary as one HTML file that needs nothing else.

    Args:
        tables: `dictionary.collect.collected`.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    lineage = {table["name"]: {column["name"]: column["from"] for column in table["columns"]} for table in tables}
    here = Path(__file__).parent
    styles, script = ((here / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    environment = Environment(
        loader=FileSystemLoader(here),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        layers={layer: [table for table in tables if table["layer"] == layer] for layer in LAYERS},
        lineage=json.dumps(lineage).replace("<", "\\u003c"),
        policy=policy(scripts=[script], styles=[styles]),
        styles=styles,
        script=script,
    )


if __name__ == "__main__":
    main()
