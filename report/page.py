"""Figures to one HTML file that needs nothing else: styles, scripts and figures lie in it, and its policy lets it fetch nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report.policy import policy
from report.text import VALUES, WORDS

PAGES = Path(__file__).parent / "pages"
# In this order: what a script uses at once stands before it.
SCRIPTS = "core words charts panel cards index occupancy moves geography pricing funnel main".split()


def page(figures: dict[str, Any]) -> str:
    """The report.

    Args:
        figures: `report.figures.figures` with `quality` under "data"; the page holds the first as JSON in the element `figures`.

    Returns:
        HTML. Texts of the source in it are text, whatever they hold.
    """
    # Imported here: commands that draw nothing do without it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    styles = (PAGES / "page.css").read_text(encoding="utf-8")
    script = "\n".join((PAGES / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    environment = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html").render(
        figures=figures,
        text=WORDS,
        policy=policy(scripts=[script], styles=[styles]),
        styles=styles,
        script=script,
        figures_json=_in_script({name: figures[name] for name in ("as_of", "tables")}),
        text_json=_in_script({"words": WORDS, "values": VALUES}),
    )


def _in_script(value: Any) -> str:
    """JSON that can't end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
