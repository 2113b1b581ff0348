"""The pages of the project: their links and references lead somewhere, and the README stays short."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from loader.settings import PROJECT

TEXT = {".md", ".py", ".sql", ".yaml", ".yml", ".sh", ".toml"}
FILES = [PROJECT / name for name in subprocess.check_output(["git", "ls-files"], cwd=PROJECT, text=True).splitlines()]
PAGES = [file for file in FILES if file.suffix == ".md" and file.is_file()]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FOLDERS = {name.parts[0] for file in FILES if len((name := file.relative_to(PROJECT)).parts) > 1}
PATH = re.compile(r"`([\w.]+/[\w./-]+\.(?:py|sql|yaml|csv|md|sh|txt))[`:]")
OF_THE_BUCKET = {"enrichment/nationality.csv"}


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(PROJECT)) for page in PAGES])
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    dead = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (heading and heading not in anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("tutorial", ["tutorial", "add-a-mart"])
def test_the_diffs_of_a_tutorial_apply(tutorial: str, tmp_path: Path) -> None:
    """In milliseconds; tests/end_to_end/test_tutorial.py types the commands too."""
    page = (PROJECT / "docs" / f"{tutorial}.md").read_text(encoding="utf-8")
    for diff in re.findall(r"^```diff\n(.*?)^```$", page, re.M | re.S):
        for name in re.findall(r"^--- a/(.+)$", diff, re.M):
            if not (file := tmp_path / name).exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes((PROJECT / name).read_bytes())
        command = ["git", "apply", "-"]
        applied = subprocess.run(command, cwd=tmp_path, input=diff, capture_output=True, text=True, check=False)
        assert applied.stderr == ""


def test_every_file_that_is_named_exists() -> None:
    dead = [
        f"{page.relative_to(PROJECT)}: {name}"
        for page in PAGES
        if page.name != "mutants.md"  # it names files as they were when it was written
        for name in PATH.findall(page.read_text(encoding="utf-8"))
        if name.partition("/")[0] in FOLDERS and name not in OF_THE_BUCKET
        if not (PROJECT / name).is_file()
    ]
    assert dead == []


def test_every_decision_that_is_named_exists() -> None:
    numbers = {int(file.name[:4]) for file in (PROJECT / "docs" / "decisions").glob("*.md")}
    assert len(numbers) == len(list((PROJECT / "docs" / "decisions").glob("*.md")))
    named = re.compile(r"docs/decisions/(\d{4})|[Dd]ecision (\d{1,4})\b")
    dead = [
        f"{file.relative_to(PROJECT)}: {hit[0]}"
        for file in FILES
        if file.suffix in TEXT and file.is_file()
        for hit in named.finditer(file.read_text(encoding="utf-8", errors="replace"))
        if int(hit[1] or hit[2]) not in numbers
    ]
    assert dead == []


def test_the_readme_is_short() -> None:
    assert len((PROJECT / "README.md").read_bytes()) <= 9_000
