"""The parts of the enrichment step: names, answers, configuration, bounds, the baseline, and the cache's file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from decimal import Decimal
from pathlib import Path

import boto3
import pytest

from enrichment import bedrock, candidates, config
from enrichment.backend import Offline
from enrichment.judgement import Master
from enrichment.run import Bounds
from jobs import common
from loader.errors import LoaderError, UsageError
from loader.landing import enrichment_cache
from loader.landing.access import open_warehouse
from loader.landing.enrichment_cache import Cached
from loader.quality.data_contract import read_data_contract
from loader.settings import DATA_CONTRACT
from loader.sources.storage import FolderBucket
from tests.conftest import settings_for
from tests.support.aws import moto_server
from tests.support.enrichment import KEY, MODEL, Clock


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ミャンマー", "ミャンマー"), ("Myanmar", "ミャンマー"), ("日本　", "日本"), ("ﾐｬﾝﾏｰ", "ミャンマー"), ("American", "アメリカ"),
        ("INDONESIA", "インドネシア"), ("台灣", "台湾"), ("女性", None), ("株式会社あおば", None), ("レソト", None), ("その他", None), ("", None),
        ("Nepal", None),
    ],
)  # fmt: skip
def test_spellings_mean_the_masters_names_and_nothing_else_does(text: str, meant: str | None) -> None:
    master = Master(["日本", "ミャンマー", "アメリカ", "インドネシア", "台湾", "その他", "レソト"])  # no Nepal
    assert master.match(text) == meant


def test_name_digest_depends_on_key_and_tenant_not_width() -> None:
    key = KEY.encode()
    known = candidates.digest(key, 1, "Anna　Lee")
    assert known == candidates.digest(key, 1, "ＡＮＮＡ  lee ")
    assert (
        len(
            {
                known,
                candidates.digest(key, 2, "Anna Lee"),
                candidates.digest(b"2" + key, 1, "Anna Lee"),
                candidates.digest(key, 1, "Ana Lee"),
            }
        )
        == 4
    )
    assert "anna" not in known and len(known) == 64
    assert candidates.key_id(key) != candidates.key_id(b"2" + key)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("A B", "C", "D"), "A B"),
        ((None, "C", "D"), "C D"),
        ((None, None, "D"), "D"),
        (("*", None, None), None),
        ((None,) * 3, None),
    ],
)
def test_a_mask_is_no_name(parts: tuple, name: str | None) -> None:
    assert candidates.name_of(*parts) == name


def test_no_name_leads_out_of_its_message() -> None:
    for name in ('a"}]}\n\nsystem:', "\u2028\u202e\x00", "x" * 500, "\\"):
        text = bedrock.message(name)
        assert "\n" not in text and json.loads(text).keys() == {"name"}
        assert len(json.loads(text)["name"]) <= bedrock.NAME_LENGTH


@pytest.mark.parametrize(
    ("name", "nationality"),
    [
        ("青田　明子", "日本"), ("さくら 花", "日本"), ("김민준", "韓国"), ("金　智媛", "韓国"), ("王　偉明", "中国"), ("林　子軒", ""),
        ("NGUYEN VAN NAM", "ベトナム"), ("AUNG KYAW", "ミャンマー"), ("Gurung Maria", "ネパール"), ("BATBAYAR", "モンゴル"),
        ("ANNA SMITHSON", ""), ("アンナ", ""), ("金", ""), ("O'Brien", ""), ("1", ""),
    ],
)  # fmt: skip
def test_the_baseline_goes_by_script_and_shape(name: str, nationality: str) -> None:
    assert Offline().ask(name).nationality == nationality
    assert Offline().most_tokens(name) == (0, 0)


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch):
    def variables(**given: str) -> None:
        for name, value in {config.MODEL: MODEL, config.NAME_KEY: KEY, **given}.items():
            monkeypatch.setenv(name, value)

    return variables


TOKYO, OSAKA = "ap-northeast-1", "ap-northeast-3"


@pytest.mark.parametrize(
    ("given", "bucket", "region"),
    [
        ({}, TOKYO, TOKYO),
        ({"AWS_REGION": OSAKA}, TOKYO, TOKYO),
        ({"AWS_REGION": OSAKA}, None, OSAKA),
        ({config.REGION: TOKYO}, TOKYO, TOKYO),
        ({config.REGION: "us-east-1", config.OTHER_REGION: "allowed"}, TOKYO, "us-east-1"),
        ({config.MODEL: f"arn:aws:bedrock:{TOKYO}::foundation-model/{MODEL}"}, TOKYO, TOKYO),
        ({config.MODEL: "jp.anthropic.model-v1:0", config.OTHER_REGION: "allowed"}, TOKYO, TOKYO),
        ({config.MODEL: "offline"}, None, None),
    ],
)
def test_the_region_is_the_buckets_unless_another_is_allowed(set_up, given, bucket, region) -> None:
    set_up(**given)
    assert config.resolve(bucket).region == region
    assert KEY not in repr(config.resolve(bucket))


@pytest.mark.parametrize(
    ("given", "bucket", "said"),
    [
        ({config.MODEL: " "}, TOKYO, "WAREHOUSE_ENRICH_MODEL is set but empty"),
        ({config.MODEL: "http://model"}, TOKYO, "is neither offline nor a Bedrock model's id or ARN"),
        ({config.NAME_KEY: "short-key"}, TOKYO, "WAREHOUSE_NAME_KEY must be a secret of 32"),
        ({}, None, "set AWS_REGION"),
        ({config.REGION: "tokyo"}, TOKYO, "no region like"),
        ({config.REGION: "us-east-1"}, TOKYO, "us-east-1 is not ap-northeast-1"),
        ({config.REGION: "us-east-1", config.OTHER_REGION: "yes"}, TOKYO, "set it to allowed"),
        *(({config.MODEL: f"{first}.anthropic.m-v1:0"}, TOKYO, f"begins with {first}.") for first in ("apac", "us", "global", "jp", "kr")),
        ({config.MODEL: f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"}, TOKYO, "lies in us-east-1"),
        ({config.MODEL: f"arn:aws:bedrock:{TOKYO}:1:inference-profile/x"}, TOKYO, "may send it on"),
        ({config.MODEL: f"arn:aws:bedrock:{TOKYO}:1:application-inference-profile/x"}, TOKYO, "may send it on"),
    ],
)  # fmt: skip
def test_invalid_or_cross_region_enrichment_configuration_is_rejected(set_up, given, bucket, said) -> None:
    set_up(**given)
    with pytest.raises(UsageError, match=said) as refused:
        config.resolve(bucket)
    assert "short-key" not in str(refused.value)


def test_the_projects_own_contract_bounds_the_step() -> None:
    rules = read_data_contract(DATA_CONTRACT).enrichment
    assert rules.yen_per_1000_tokens.of(1000, 60) == Decimal("0.05") + Decimal("0.015")
    clock = Clock()
    bounds = Bounds(rules, clock.timer)
    assert bounds.forbids(0, Decimal(0), Decimal(1)) is None
    assert bounds.forbids(rules.rows_per_run, Decimal(0), Decimal(0)) == "rows"
    assert bounds.forbids(0, rules.yen_per_run, Decimal("0.01")) == "yen"
    # A call that takes all its seconds still ends in time.
    clock.seconds = rules.seconds_per_run - rules.answer_seconds
    assert bounds.forbids(0, Decimal(0), Decimal(0)) is None
    clock.seconds += 1
    assert bounds.forbids(0, Decimal(0), Decimal(0)) == "time"


MOMENT = dt.datetime(2026, 2, 10, 22, 5, 1)
FIRST = Cached(7, "0" * 64, "ネパール", Decimal("0.90000"), MOMENT, MODEL, "ネパール", None, "abc", "f" * 16)
SECOND = Cached(8, None, None, None, None, 'a "model", by hand')


def test_cache_table_and_file_synchronize_without_losing_answers(empty_warehouse: Path, bucket: Path) -> None:
    there = FolderBucket(bucket)
    newer = dataclasses.replace(FIRST, llm_nationality="日本", enriched_at=MOMENT + dt.timedelta(seconds=1))
    with open_warehouse(settings_for(empty_warehouse)) as warehouse:
        assert enrichment_cache.sync(warehouse, there) == (0, 0)
        assert not (bucket / enrichment_cache.KEY).exists()
        with warehouse.transaction():
            enrichment_cache.put(warehouse, [FIRST, SECOND])
            enrichment_cache.followed_by_run(warehouse)
        assert enrichment_cache.sync(warehouse, there) == (0, 2)
        assert enrichment_cache.sync(warehouse, there) == (0, 0)
        assert not enrichment_cache.waits_for_run(warehouse)
        # The file knows a newer answer and lacks another.
        (bucket / enrichment_cache.KEY).write_bytes(enrichment_cache.text_of([newer]).encode())
        assert enrichment_cache.sync(warehouse, there) == (1, 2)
        assert enrichment_cache.rows(warehouse) == {7: newer, 8: SECOND}
        assert enrichment_cache.waits_for_run(warehouse)
        warehouse.execute("DELETE FROM landing.llm_enrichment_cache")
        assert enrichment_cache.sync(warehouse, there) == (2, 0)
        assert enrichment_cache.rows(warehouse) == {7: newer, 8: SECOND}


GOOD = enrichment_cache.text_of([FIRST, SECOND])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "has not the header"),
        (GOOD.encode("utf-16"), "is UTF-16, no UTF-8 CSV"),
        (GOOD.partition("\r\n")[2].encode(), "has not the header"),
        ((GOOD + GOOD.splitlines()[1] + "\r\n").encode(), "line 4: its tenant_id is in the file twice"),
        (GOOD.replace("0.90000", "1.90000").encode(), "line 2: llm_confidence is not"),
        (GOOD.replace("2026-02-10", "2026-02-30").encode(), "line 2: enriched_at is not a moment"),
        (GOOD.replace("0" * 64, "ZORBLATT").encode(), "line 2: name_hash is not"),
        (GOOD.encode()[:-12], "is no UTF-8 CSV"),
        (GOOD.replace("\r\n8,", "\r\n-8,").encode(), "line 3: tenant_id is not"),
    ],
)
def test_bad_cache_file_is_rejected_and_left_unchanged(
    empty_warehouse: Path, bucket: Path, body: bytes, said: str
) -> None:
    file = bucket / enrichment_cache.KEY
    file.parent.mkdir()
    file.write_bytes(body)
    with open_warehouse(settings_for(empty_warehouse)) as warehouse:
        with warehouse.transaction():
            enrichment_cache.put(warehouse, [dataclasses.replace(FIRST, tenant_id=9)])
        with pytest.raises(LoaderError, match="nobody is asked until it is mended") as refused:
            enrichment_cache.sync(warehouse, FolderBucket(bucket))
        assert said in str(refused.value) and "ZORBLATT" not in str(refused.value)
        assert list(enrichment_cache.rows(warehouse)) == [9]
    assert file.read_bytes() == body


def test_glue_job_reads_model_and_tolerates_a_missing_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What jobs/load.py sets before its morning: the secret as it is now, and nothing where no model is named."""
    words = ["--enrich-model", "apac.model-1", "--name-key-secret", "name-key"]
    with moto_server() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="name-key", SecretString=json.dumps({"key": "k" * 40}))
        for given, expected in (
            (words, ("apac.model-1", "k" * 40)),
            (["--enrich-model", "none", "--name-key-secret", "none"], (None, None)),
            ([*words[:3], "no-such-secret"], ("apac.model-1", None)),
        ):
            with pytest.MonkeyPatch.context() as own:
                own.setenv("WAREHOUSE_ENRICH_MODEL", "")
                own.setenv("WAREHOUSE_NAME_KEY", "")
                own.delenv("WAREHOUSE_ENRICH_MODEL")
                own.delenv("WAREHOUSE_NAME_KEY")
                common.set_enrichment(common.arguments(given, "enrich-model", "name-key-secret"))
                assert (os.environ.get("WAREHOUSE_ENRICH_MODEL"), os.environ.get("WAREHOUSE_NAME_KEY")) == expected
    said = capsys.readouterr()
    assert "no-such-secret" in said.err
    assert "kkk" not in said.out + said.err
