"""`python -m bench.nationality`: how far a backend agrees with what the demo company knows of its tenants. Writes docs/nationality.md."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import click

from demo.company import build
from enrichment import config
from enrichment.judgement import NEVER, Master, judge
from enrichment.run import Bounds, Timer
from enrichment.step import backend_of
from loader.quality.data_contract import read_data_contract
from loader.settings import DATA_CONTRACT, PROJECT
from loader.sources.storage import FolderBucket

END = dt.date(2026, 2, 10)
NOTHING, REST = "(null)", "(others)"
# Names of tenants whose nationality the company knows, faults left out; in an order that chance gave, so that the first n are a sample.
_KNOWN = """
    SELECT full_name, nationality FROM people WHERE nationality IS NOT NULL AND nationality <> '' AND dirt IS NULL
    ORDER BY rnd('sample', tenant_ix, 1000000000), tenant_ix"""
Pairs = Counter[tuple[str, str]]  # (known, answered) -> tenants


def known(scale: float) -> list[tuple[str, str]]:
    """(name, nationality) of the demo company's tenants, without those whose nationality is a placeholder."""
    company = build(seed=1, scale=scale, end=END, first_dump=END, days=[END])
    return [pair for pair in company.execute(_KNOWN).fetchall() if pair[1] not in NEVER]


def measure(chosen: config.Config, people: list[tuple[str, str]], names: list[str]) -> tuple[Pairs, Decimal]:
    """Asks about people, within the contract's bounds of yen and requests a second.

    Returns:
        Tenants by known and answered nationality, and what it cost in yen.
    """
    rules = read_data_contract(DATA_CONTRACT).enrichment
    backend = backend_of(chosen, master := Master(names), rules)
    bounds = Bounds(rules.model_copy(update={"rows_per_run": len(people), "seconds_per_run": 10**6}), Timer())
    pairs, yen = Counter(), Decimal(0)
    for number, (name, truth) in enumerate(people):
        if bounds.forbids(number, yen, rules.yen_per_1000_tokens.of(*backend.most_tokens(name))):
            break
        if backend.paced:
            bounds.pace()
        reply = backend.ask(name)
        yen += rules.yen_per_1000_tokens.of(reply.input_tokens, reply.output_tokens)
        nobody = {"tenant_id": number, "name_hash": None, "enriched_at": None, "model_version": None}
        judged = judge(reply, master, rules.confidence_at_least, **nobody)
        pairs[truth, NOTHING if judged.null_reason else judged.answer] += 1
    return pairs, yen


def table(pairs: Pairs, most: int = 8) -> str:
    """The confusion table in Markdown: a row a known nationality, a column an answered one; the rarer ones together."""
    rows, columns = (_common(pairs, at, most) for at in (0, 1))
    shown: Pairs = Counter()
    for (truth, answer), count in pairs.items():
        shown[truth if truth in rows else REST, answer if answer in columns else REST] += count
    heads = [*columns, REST]
    lines = [f"| known \\ answered | {' | '.join(heads)} | tenants |", "|---" * (len(heads) + 2) + "|"]
    for truth in (*rows, REST):
        counts = [shown[truth, answer] for answer in heads]
        lines.append(f"| {truth} | {' | '.join(f'{count:,}' for count in counts)} | {sum(counts):,} |")
    return "\n".join(lines)


def page(model: str, scale: float, pairs: Pairs, yen: Decimal) -> str:
    """The text of the page."""
    asked, right = sum(pairs.values()), sum(count for (truth, answer), count in pairs.items() if truth == answer)
    counted = asked - sum(count for (_, answer), count in pairs.items() if answer == NOTHING)
    return f"""# How far enrichment agrees with what is known

Written by `python -m bench.nationality`, a part of `make bench`. Asked: the backend `{model}`, about {asked:,} tenants of the demo company
(scale {scale:g}, seed 1) whose nationality the company knows, by name alone, with the threshold of `data_contract.yaml`.

| | tenants | share |
|---|---|---|
| asked | {asked:,} | |
| answers that count | {counted:,} | {counted / asked:.1%} of those asked |
| of these, as the company knows it | {right:,} | {right / counted:.1%} of those that count |
| yen | {yen:.2f} | |

{table(pairs)}

It is the method that this shows, not how a backend does on real people. The demo draws names in four groups (Japanese, East Asian, other Asian,
western), not by nationality: a 中国 and a 韓国 have the same names, and so have ネパール and ベトナム. So only 日本 can be
told from a name here, and for the others agreement is near chance whoever is asked. Another backend on these invented names:
`WAREHOUSE_ENRICH_MODEL=… WAREHOUSE_NAME_KEY=… AWS_REGION=… python -m bench.nationality --no-write` (it stops at `yen_per_run`). It takes no
real names: for those, compare answers in `landing.llm_enrichment_cache` by hand.
"""


def _common(pairs: Pairs, at: int, most: int) -> list[str]:
    counts: Counter[str] = Counter()
    for pair, count in pairs.items():
        counts[pair[at]] += count
    return [name for name, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]]


@click.command()
@click.option("--scale", default=0.05, show_default=True, help="Size of the demo company.")
@click.option("--limit", type=int, help="Ask about so many tenants only, chosen by chance.")
@click.option("--write/--no-write", default=True, show_default=True, help="Write docs/nationality.md.")
def main(scale: float, limit: int | None, write: bool) -> None:
    """Compare a backend's answers with the nationalities that the demo company knows.

    The backend is the one that WAREHOUSE_ENRICH_MODEL names, else the offline baseline.
    """
    chosen = config.Config(config.OFFLINE, None, b"")
    if config.configured():
        chosen = config.resolve(FolderBucket(PROJECT).region)
    people = known(scale)
    names = sorted({nationality for _, nationality in people})
    text = page(chosen.model, scale, *measure(chosen, people[:limit], names))
    print(text)
    if write:
        (PROJECT / "docs" / "nationality.md").write_text(text)


if __name__ == "__main__":
    main()
