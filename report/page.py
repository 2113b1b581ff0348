"""Figures to one HTML file that needs nothing else: library, styles and figures lie in it, and its policy lets it fetch nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report.policy import policy
from report.text import TEXT

_HERE = Path(__file__).parent
LIBRARY = _HERE / "vendor" / "echarts.common.min.js"


def page(figures: dict[str, Any]) -> str:
    """The report.

    Args:
        figures: `report.figures.figures` with `quality` under "data"; the page holds them as JSON in the element `figures`.

    Returns:
        HTML. Texts of the source in it are text, whatever they hold.
    """
    # Imported here: commands that draw nothing do without it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    styles, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    library = LIBRARY.read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html").render(
        figures=figures,
        text=TEXT,
        policy=policy(scripts=[library, script], styles=[styles]),
        styles=styles,
        script=script,
        library=library,
        figures_json=_in_script(figures),
        text_json=_in_script(TEXT),
    )


def _in_script(value: Any) -> str:
    """JSON that can't end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
