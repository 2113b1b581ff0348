"""Which Python the Makefile takes: any that fits, whatever it is called and whichever shell `sh` is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from loader.settings import PROJECT

FITTING = f'#!/bin/sh\nexec {sys.executable} "$@"\n'
TOO_OLD = (
    f"""#!/bin/sh\nexec {sys.executable} -c 'import sys; sys.version_info = (3, 9, 99); exec(sys.argv[1])' "$2"\n"""
)
WITHOUT_VENV = f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\nexec {sys.executable} "$@"\n'


def make(folder: Path, pythons: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    for name, script in pythons.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    shell = shutil.which("dash") or shutil.which("sh")
    command = [shutil.which("make"), "-f", PROJECT / "Makefile", f"SHELL={shell}", *arguments]
    return subprocess.run(command, env={"PATH": str(folder)}, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("pythons", "taken"),
    [
        ({"python3": FITTING}, "python3"),
        ({"python3.13": FITTING, "python3": TOO_OLD}, "python3.13"),
        ({"python3.11": TOO_OLD, "python3": FITTING}, "python3"),
    ],
)
def test_any_python_that_fits_is_taken(tmp_path: Path, pythons: dict[str, str], taken: str) -> None:
    ran = make(tmp_path, pythons, "--eval", "taken:;@echo $(PYTHON)", "taken")
    assert ran.stdout.strip() == str(tmp_path / taken)


@pytest.mark.parametrize(
    ("pythons", "said"),
    [
        ({"python3": TOO_OLD}, "Python 3.10 to 3.13 is needed"),
        ({}, "Python 3.10 to 3.13 is needed"),
        ({"python3": WITHOUT_VENV}, "apt-get install python3-venv"),
    ],
)
def test_what_is_missing_is_said_in_one_line(tmp_path: Path, pythons: dict[str, str], said: str) -> None:
    (tmp_path / "requirements-dev.lock").touch()
    ran = make(tmp_path, pythons, "venv")
    assert ran.returncode == 2
    assert said in ran.stdout
    assert len(ran.stdout.splitlines()) == 1
