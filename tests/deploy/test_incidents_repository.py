"""Incidents of the repository itself: a secret in it, a module that can't be imported, a library that is only there by chance."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from loader.settings import PROJECT
from tests.support.repository import tracked

CODE = ("loader", "enrichment", "report", "jobs", "demo", "macros", "signals", "linter", "bench", "tests")


def modules() -> list[Path]:
    return [file for part in CODE for file in sorted((PROJECT / part).rglob("*.py"))]


SECRETS = {
    "key of an AWS account": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "token": r"\b(?:gh[opsu]_\w{30,}|github_pat_\w{30,}|xox[bap]-\w{10,}|sk-[A-Za-z0-9_-]{30,})",
    # Words that anybody can see are none: in the README, and in tests of messages that must not show one.
    "password in a URL": r"\w+://[^\s:/@'\"{}]+:(?!password@|secret@|…@|p%|\{)[^\s/@'\"{}]+@[\w.-]+",
    "password of AWS in a setting": r"(?i)aws_secret_access_key\W{1,6}(?!secret-of-the-key|None|test)[\w/+]{16,}",
}
PERSONAL = {
    "e-mail address": r"[\w.+-]+@(?![\w.-]*\bexample(?:\.\w+)?\b)[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|jp)\b",
    "telephone number": r"(?<![\w.-])0(?!00)\d{1,3}-\d{2,4}-\d{4}(?![\w-])",
}


@pytest.mark.parametrize("kind", [*SECRETS, *PERSONAL])
def test_repository_holds_no_secret_and_no_personal_data(kind: str) -> None:
    """I44: passwords in plain text and tenants' data lay in a public repository."""
    pattern = re.compile((SECRETS | PERSONAL)[kind])
    found = []
    for file in tracked():
        text = file.read_bytes().decode("utf-8", "replace")
        found += [
            f"{file.relative_to(PROJECT)}:{text[: hit.start()].count(chr(10)) + 1}" for hit in pattern.finditer(text)
        ]
    assert not found


def test_the_search_for_secrets_finds_them() -> None:
    # Put together here, so that this file is clean itself.
    planted = {
        "key of an AWS account": "AKIA" + "A1B2C3D4E5F6G7H8",
        "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
        "token": "ghp_" + "a" * 36,
        "password in a URL": "mysql://etl:" + "hunter2" + "@db.internal:3306",
        "password of AWS in a setting": "AWS_SECRET_" + 'ACCESS_KEY="' + "wJalrXUtnFEMI/K7MDENG" + '"',
        "e-mail address": "taro.yamada@" + "gmail.com",
        "telephone number": "090-" + "1234-5678",
    }
    assert planted.keys() == SECRETS.keys() | PERSONAL.keys()
    for kind, text in planted.items():
        assert re.search((SECRETS | PERSONAL)[kind], f"x = {text}\n"), kind


def test_every_module_can_be_imported() -> None:
    """I2, I40: a module of the morning could not be imported, and nobody had ever tried."""
    names = [".".join(file.relative_to(PROJECT).with_suffix("").parts) for file in modules()]
    names = [
        name.removesuffix(".__init__")
        for name in names
        if not name.startswith("tests.") and not name.endswith("__main__")
    ]
    assert len(names) > 60
    # All in one process, for each brings the same libraries.
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    done = subprocess.run(
        [sys.executable, "-c", code, *names], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_package_is_in_the_wheel() -> None:
    """setuptools can't find them all: the SQLMesh project is one of them, and its folder is the repository."""
    listed = json.loads(re.search(r"^packages = (\[.*\])$", (PROJECT / "pyproject.toml").read_text(), re.M)[1])
    found = {".".join(file.parent.relative_to(PROJECT).parts) for file in modules() if file.name == "__init__.py"}
    outside = ("macros", "signals", "linter", "bench", "tests")  # of the project's data, or not for production
    assert {*listed} == {one for one in found if one.split(".")[0] not in outside} | {"share_house_warehouse"}


# What they raise, and how they ask (`--query`), reaches callers of boto3, which pins them. SQLMesh reads seeds by pandas.
BROUGHT_BY = {"botocore": "boto3", "jmespath": "boto3", "urllib3": "boto3", "pandas": "sqlmesh"}


def test_every_import_is_declared_and_locked_with_its_hash() -> None:
    """I2, I41: a library was there by chance, in the one version that lacked what was needed."""
    declared = (PROJECT / "pyproject.toml").read_text()
    locks = {name: (PROJECT / name).read_text() for name in ("requirements.lock", "requirements-dev.lock")}
    spark = (PROJECT / "requirements-spark.lock").read_text()  # for tests and tries; in production Glue brings it
    own = {*CODE, "deploy", *sys.stdlib_module_names}
    distributions = packages_distributions()
    for file in modules():
        lock = locks[
            "requirements-dev.lock" if file.relative_to(PROJECT).parts[0] in ("tests", "bench") else "requirements.lock"
        ]
        for name in imported(file) - own:
            if name in ("pyspark", "py4j"):
                assert re.search(rf"^{name}==\S+ .*\\\n    --hash=sha256:", spark, re.M), (
                    f"{file}: {name} is not locked"
                )
                continue
            # More than one distribution can bring a package (pytest's and its plugins'): one of them is ours.
            wanted = {one.lower().replace("_", "-") for one in distributions[BROUGHT_BY.get(name, name)]}
            assert any(f'"{one}' in declared for one in wanted), f"{file}: pyproject.toml lacks {name}"
            pinned = [one for one in wanted if re.search(rf"^{one}==\S+ .*\\\n    --hash=sha256:", lock, re.M)]
            assert pinned, f"{file}: {name} is not locked"
    makefile = (PROJECT / "Makefile").read_text()
    assert "pip install" in makefile
    assert all("--require-hashes" in line for line in makefile.splitlines() if "pip install" in line)


def imported(file: Path) -> set[str]:
    """The packages that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found
