"""`python -m tests.support.servers require mariadb postgres mysql97 chromium`: installs what is missing, or says in one line what to install."""

from __future__ import annotations

import sys

from tests.support.servers.install import INSTALLERS, Missing, require
from tests.support.servers.mysql import NAMED as NAMED_MYSQL
from tests.support.servers.postgres import NAMED as NAMED_STATE


def main(words: list[str]) -> int:
    """Runs the command line.

    Returns:
        0: all there; 2: something is missing, or the command line makes no sense; 3: MySQL 9.7 or Java can't be had.
    """
    if len(words) < 2 or words[0] != "require" or not set(words[1:]) <= set(INSTALLERS):
        print(f"usage: python -m tests.support.servers require {' '.join(INSTALLERS)}", file=sys.stderr)
        return 2
    # What the environment names need not be installed.
    named = ({"mariadb", "mysql97"} if NAMED_MYSQL else set()) | ({"postgres"} if NAMED_STATE else set())
    try:
        require(*(name for name in words[1:] if name not in named))
    except Missing as missing:
        print(missing, file=sys.stderr)
        return missing.code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
