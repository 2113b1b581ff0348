"""`python -m tests.support.cli_page`: docs/cli.md, the help of every command. `make docs` runs it."""

from __future__ import annotations

from click.testing import CliRunner

from loader.cli import cli
from loader.settings import PROJECT

PROGRAM = "python -m loader"
FILE = PROJECT / "docs" / "cli.md"
START = """# Commands

`make docs` writes this page from the commands themselves, and a test compares it with them.
What to do when one fails: [troubleshooting](troubleshooting.md).

`warehouse load` is a shorter name for `python -m loader load`; `make venv` and `pip install` add it.
With it the shell can complete commands and options:

```sh
eval "$(_WAREHOUSE_COMPLETE=bash_source warehouse)"    # zsh: zsh_source; in fish: _WAREHOUSE_COMPLETE=fish_source warehouse | source
```
"""


def page() -> str:
    """The page as the commands are now."""
    parts = [START]
    for words in ([], *([name] for name in sorted(cli.commands))):
        name = " ".join([PROGRAM, *words])
        shown = CliRunner().invoke(cli, [*words, "--help"], prog_name=PROGRAM).output.rstrip()
        parts.append(f"## {name}\n\n```text\n$ {name} --help\n{shown}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    FILE.write_text(page())
