# `make help` lists the targets. Everything installs itself into .venv; python3 (3.10 to 3.13) and make are all it needs.
# The first that is there and fits: a `python3` may be of any version, and `command -v` tells but its first word where sh is dash.
FITS := import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.10 python3; do \
  $$name -c '$(FITS)' 2>/dev/null && command -v $$name && break; done)
VENV := .venv
LOCKS := requirements-dev.lock
BIN := $(VENV)/bin
READY := $(VENV)/.ready

export SQLMESH__DISABLE_ANONYMIZED_ANALYTICS := true

.DEFAULT_GOAL := help
.PHONY: help venv venv-spark demo report docs ui screenshots lint check test test-mysql test-twins test-tutorials test-spark endurance mutants bench bench-scale package release format lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

venv: $(READY) ## the Python environment, exactly as locked

$(READY): $(LOCKS)
	@test -n "$(PYTHON)" || { echo "Python 3.10 to 3.13 is needed: install it, or name it with make PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) can make no environments: apt-get install python3-venv"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV): one to ten minutes, once; the last step says nothing for a while"
	@{ $(BIN)/pip install --disable-pip-version-check --progress-bar off --no-deps --require-hashes $(LOCKS:%=-r %) 2>&1; \
	  echo "exit $$?"; } | { n=0; while read -r line; do case "$$line" in \
	    Ignoring*|Requirement*|Downloading*|Using*|Successfully*|Looking*|"") ;; \
	    Installing\ build*|Getting*|Preparing*|Building*|Created*|Stored*) ;; \
	    Collecting*) n=$$((n + 1)); [ $$((n % 20)) -gt 0 ] || echo "  $$n packages" ;; \
	    Installing*) echo "  $$n packages, which are unpacked now" ;; \
	    exit\ *) exit "$${line#exit }" ;; \
	    *) echo "$$line" ;; esac; done; }
	@printf '%s\n' '#!$(CURDIR)/$(BIN)/python' 'import sys' 'sys.path[0] = __file__.removesuffix("$(BIN)/warehouse") or "."' \
	  'from loader.cli import cli' 'cli(prog_name="warehouse")' >$(BIN)/warehouse && chmod +x $(BIN)/warehouse
	@touch $@

SPARK := $(MAKE) --no-print-directory VENV=.venv-spark LOCKS="$(LOCKS) requirements-spark.lock"
venv-spark: ## a second environment, .venv-spark, with Spark, Iceberg and Java: docs/spark.md
	@$(SPARK) venv
	@.venv-spark/bin/python -m tests.support.servers require java

lock: ## resolve the dependencies again (needs uv)
	uv pip compile --universal --python-version 3.10 --no-emit-index-url --generate-hashes --custom-compile-command "make lock" -q pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.10 --no-emit-index-url --generate-hashes --custom-compile-command "make lock" -q --extra dev pyproject.toml -o requirements-dev.lock

# Three at a time on two cores, for they wait for servers and disks: each worker has servers and a planned warehouse of its own. WORKERS=0 is one process, as --pdb needs it, and as it has
# to be where the environment names a server: each worker would empty it under the other.
WORKERS ?= $(if $(WAREHOUSE_TEST_MYSQL_URL)$(WAREHOUSE_TEST_STATE_URL),0,3)
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal

DEMO_END := 2026-02-10

demo: $(READY) ## load three mornings of an invented company (about a minute, after installation)
	@$(BIN)/python -m demo --out data/bucket --end $(DEMO_END) --days 3 --scale 0.05 --seed 136 --snapshots 60
	@$(BIN)/python -m demo.mornings --bucket data/bucket --end $(DEMO_END) --days 3

report: $(READY) ## write the report, data/report.html
	@$(BIN)/python -m loader report --out data/report.html

docs: $(READY) ## write the data dictionary with lineage, data/dictionary.html, docs/cli.md, docs/marts.md, deploy/dashboards.json
	@$(BIN)/python -m report.dictionary data/dictionary.html
	@$(BIN)/python -m tests.support.cli_page
	@$(BIN)/python -m tests.support.marts_page
	@$(BIN)/python -m deploy.dashboards

ui: $(READY) ## start SQLMesh's UI on http://127.0.0.1:8000, to read models and lineage
	$(BIN)/sqlmesh ui --mode catalog

screenshots: $(READY) ## take the README's pictures, after make demo
	@$(BIN)/python -m tests.support.servers require chromium
	@$(BIN)/python -m tests.support.screenshots

format: $(READY) ## rewrite models and Python in the project's format
	$(BIN)/sqlmesh format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: $(READY) ## check format and lint of the Python, and which package may import which
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports --no-logo --no-cache

check: lint ## the quick loop: lint, and unit tests of Python and models (tests/unit, tests/models)
	$(PYTEST) tests/unit tests/models

test: lint ## all tests on DuckDB, MariaDB and Postgres, and a sample of endurance
	@$(BIN)/python -m tests.support.servers require mariadb postgres chromium
	$(PYTEST)

test-mysql: $(READY) ## on MySQL 9.7: what may differ from MariaDB, and what make test checks only on DuckDB
	@$(BIN)/python -m tests.support.servers require mysql97 postgres
	WAREHOUSE_TEST_SERVER=mysql $(PYTEST) -m "server and (twin or engine)"

test-twins: $(READY) ## on MariaDB, where MySQL 9.7 can't be had: the tests that make test leaves to it
	$(PYTEST) -m "server and twin"

test-tutorials: $(READY) ## type every command of both tutorials
	$(PYTEST) tests/end_to_end/test_tutorial.py --at-length

test-spark: venv-spark ## on Spark and Iceberg, in .venv-spark: parity, and what they get wrong without an error
	@.venv-spark/bin/python -m tests.support.servers require postgres
	SPARK_CONF_DIR=$(CURDIR)/tests/spark/conf .venv-spark/bin/pytest -n 0 tests/spark

SEED ?= 1
MORNINGS ?= 65
endurance: $(READY) ## kills, full disks, cuts, fuzzing and simulated mornings at length: make endurance SEED=2 MORNINGS=200
	@$(BIN)/python -m tests.support.servers require mariadb postgres
	$(PYTEST) tests/endurance -rs --at-length --seed $(SEED) --mornings $(MORNINGS) $(if $(MINUTES),--minutes $(MINUTES))

mutants: $(READY) ## plant faults, one at a time, and write which test finds each to docs/mutants.md (an hour or two)
	$(BIN)/python -m tests.mutants --out docs/mutants.md

bench: $(READY) ## measure speed and enrichment; writes docs/benchmarks.md and docs/nationality.md
	$(BIN)/python -m bench
	$(BIN)/python -m bench.light
	$(BIN)/python -m bench.nationality

bench-scale: venv-spark ## measure companies of 1 to 100 times on DuckDB and Spark; writes docs/scale.md (many hours, up to 100 GB of disk)
	@.venv-spark/bin/python -m bench.scale

package: $(READY) ## build a release of the commit that is checked out, in releases/
	$(BIN)/python -m jobs.release package

release: $(READY) ## build it, copy it into a bucket, and print how to deploy it: make release BUCKET=name
	@test -n "$(BUCKET)" || { echo "name the bucket: make release BUCKET=name"; exit 2; }
	$(BIN)/python -m jobs.release upload --bucket $(BUCKET)

clean: ## remove the demo, the environment and all caches
	rm -rf $(VENV) .venv-spark .cache logs .pytest_cache .ruff_cache .hypothesis data/bucket data/warehouse.duckdb* data/spark data/report.html data/dictionary.html
