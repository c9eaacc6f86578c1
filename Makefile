# make run: one night against the sandbox. make test: the tests. Nothing else is needed on a machine with Python 3.11+.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-all lint docs docs-serve ui bench lock clean
.DEFAULT_GOAL := help

help: ## these words
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/run.done: requirements/run.txt pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/run.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

$(VENV)/test.done: requirements/test.txt $(VENV)/run.done
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/test.txt
	touch $@

run: $(VENV)/run.done ## set up, and run one night against the sandbox
	$(BIN)/kompas run

ui: $(VENV)/run.done ## the Dagster UI on 127.0.0.1:3000, with the sandbox beside it
	$(BIN)/kompas ui

test: $(VENV)/test.done ## set up, and pass the tests
	$(BIN)/python -m pytest -n 2 -m "not slow"

test-all: $(VENV)/test.done .venv-sail/done .venv-spark/done .venv-superset/done ## all of them, on Sail, Spark and Superset too: tens of minutes
	$(BIN)/python -m pytest -n 2 -rs

.venv-%/done: requirements/%.txt | $(BIN)/uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-$*
	$(BIN)/uv pip install --quiet --python .venv-$*/bin/python --compile-bytecode --require-hashes -r requirements/$*.txt
	touch $@

lint: $(VENV)/test.done ## ruff, mypy and sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy connectors sandbox pipelines bench docs bi
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project

docs: $(VENV)/test.done ## these pages as a site, in build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

docs-serve: docs ## the site on 127.0.0.1:8000
	$(BIN)/python -m http.server --directory build/site --bind 127.0.0.1 8000

bench: $(VENV)/test.done ## how fast GA4 rows come in, and how long a night takes: minutes, on a machine without other work
	$(BIN)/python -m bench.ga4
	$(BIN)/python -m bench.night

lock: | $(BIN)/uv ## pin the requirements anew, with hashes and without addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--no-annotate pyproject.toml --output-file requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--no-annotate pyproject.toml --group lint --group test --group docs -c requirements/run.txt --output-file requirements/test.txt
	for engine in sail spark; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
			--no-annotate --group $$engine -c requirements/run.txt --output-file requirements/$$engine.txt || exit 1; \
	done
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--no-annotate --group superset --output-file requirements/superset.txt

clean: ## remove the environment and everything that was made
	rm -rf $(VENV) .venv-sail .venv-spark .venv-superset data build
