"""The databases' URLs: taken apart exactly, or refused without a word of them."""

from __future__ import annotations

import re

import pytest

from loader.connection_url import Account, parse
from loader.errors import UsageError
from loader.settings import state_database

NAME = "WAREHOUSE_MYSQL_URL"


def state(url: str, monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.setenv("WAREHOUSE_STATE_URL", url)
    return state_database()


def test_mysql_url_is_taken_apart_and_its_password_hidden() -> None:
    account = parse("mysql://etl%40tokyo:p%2Fw%3A%E7%A7%98@db.example:3307", NAME)
    assert account == Account("db.example", 3307, "etl@tokyo", "p/w:秘")
    assert "秘" not in f"{account} {account!r}"
    assert parse("mysql://u@h/", NAME).port == 3306
    assert parse("mysql://u:p:w@[::1]:3306", NAME) == Account("::1", 3306, "u", "p:w")
    assert parse("mysql://u@h?ssl=off", NAME).arguments["ssl_disabled"] is True
    assert parse(f"mysql://u@h?ssl_ca={__file__}", NAME).arguments["ssl_verify_identity"] is True


def test_a_state_url_is_taken_apart(monkeypatch) -> None:
    parts = {"host": "h", "port": 5433, "user": "u@v", "password": "p#w", "database": "a b"}
    assert state("postgresql://u%40v:p%23w@h:5433/a%20b", monkeypatch) == parts
    assert state("postgres://u:secret@h/d?sslmode=verify-full", monkeypatch)["sslmode"] == "verify-full"


# A password that is not percent-encoded, wherever a lenient reader would put its pieces, and what else makes no sense.
REFUSED = [
    "{0}://etl:Secret1@Secret2@db{1}", "{0}://etl:Secret1@Secret2#Secret3@db{1}", "{0}://etl:Secret1#Secret2@db{1}",
    "{0}://etl:Secret1/Secret2@db{1}", "{0}://etl:Secret1?Secret2@db{1}", "{0}://etl:Secret1@db{1}#Secret2",
    "{0}://etl:Secret1@db{1}?Secret2", "{0}://etl:Secret1@db{1}?Secret2=x", "{0}://etl:Secret1@db{1}?sslmode=Secret2",
    "{0}://etl:Secret1@db{1}?ssl_ca=Secret2", "{0}://etl:Secret1@db{1}?ssl=Secret2", "{0}://etl:Secret1@db{1}?ssl=off&ssl=off",
    "{0}://etl:Secret1@db{1}?sslmode=require&sslmode=require", "{0}://etl:Secret1@db{1}?sslmode=a@Secret2", "{0}://etl:Secret1@db{1}?",
    "{0}://etl:Secret1@db{1}/Secret2@db", "{0}://etl:Secret1@db{1}/Secret2", "{0}://etl:Secret1@db:Secret2{1}",
    "{0}://etl:Secret1@db:0{1}", "{0}://etl:Secret1@db:70000{1}", "{0}://etl:Secret1%@db{1}", "{0}://etl:Secret1%2@db{1}",
    "{0}://etl:Secret1 @db{1}", "{0}://etl:Secret1\n@db{1}", "{0}://etl:Secret1@Secret2 db{1}", "{0}://etl:Secret1@Sécret2{1}", "{0}://:Secret1@db{1}",
    "{0}://db{1}", "{0}://", "{0}:etl:Secret1@db{1}", "Secret1", "http://etl:secret@db{1}", " {0}://etl:Secret1@db{1}", "{0}://etl:Secret1@db{1}\n",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_malformed_url_is_rejected_without_showing_any_part(url: str, monkeypatch) -> None:
    for scheme, path, variable in (("mysql", "", NAME), ("postgresql", "/state", "WAREHOUSE_STATE_URL")):
        with pytest.raises(UsageError, match=f"^{variable}") as refusal:
            whole = url.format(scheme, path)
            parse(whole, NAME) if path == "" else state(whole, monkeypatch)
        assert not re.search("(?i)s[eé]cret|etl", str(refusal.value))


@pytest.mark.parametrize("url", ["mysql://u:secret@h/db", "mysql://u:secret@h?ssl=off&ssl_ca=/x"])
def test_mysql_url_allows_no_database_and_one_option(url: str) -> None:
    with pytest.raises(UsageError, match="no database, and one of the two options"):
        parse(url, NAME)


def test_a_state_url_names_its_database(monkeypatch) -> None:
    with pytest.raises(UsageError, match="names no database"):
        state("postgresql://u:secret@h/", monkeypatch)


def test_a_refusal_says_how_to_encode_the_password() -> None:
    with pytest.raises(UsageError, match="Percent-encode the password.*\n  python3 -c "):
        parse("mysql://etl:secret@ss#word1@db", NAME)
