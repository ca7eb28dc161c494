# OpenLot: `make demo` and `make test` are all a newcomer needs; see README.md.
PY := .venv/bin/python
LOCK := requirements.lock
DEV := requirements-dev.lock
export PYTHONDONTWRITEBYTECODE = 1

.PHONY: setup dev demo test check coverage bench stats mutants fuzz fix law messages verifier diagrams screens clean

.venv/.made: requirements-setup.lock
	python3 -m venv .venv
	$(PY) -m pip install -q --require-hashes -r requirements-setup.lock
	touch $@

.venv/.runtime: .venv/.made $(LOCK)
	@test -f .venv/.dev || $(PY) -m uv pip install -q --python $(PY) --require-hashes -r $(LOCK)
	touch $@

.venv/.package: .venv/.runtime pyproject.toml
	$(PY) -m uv pip install -q --python $(PY) --no-deps -e .
	touch $@

.venv/.dev: .venv/.package $(DEV)
	$(PY) -m uv pip install -q --python $(PY) --require-hashes -r $(DEV)
	touch $@

node_modules/.made: .venv/.package package-lock.json
	PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/npm ci --no-progress --loglevel=error
	touch $@

build/.made: node_modules/.made tools/collect.py
	$(PY) tools/collect.py
	touch $@

setup: build/.made
	@$(PY) tools/messages.py

dev: setup .venv/.dev

demo: setup
	@OPENLOT_SETTINGS=openlot.settings.demo .venv/bin/openlot demo

test: dev verifier
	$(PY) tools/test_databases.py

check: dev verifier
	.venv/bin/ruff check src tests tools bench
	.venv/bin/ruff format --check src tests tools bench
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint src --lint --quiet
	$(PY) tools/messages.py check
	@$(PY) tools/law.py > build/law.txt || (cat build/law.txt; exit 1)
	OPENLOT_SETTINGS=openlot.settings.dev .venv/bin/openlot makemigrations --check --dry-run
	$(MAKE) coverage
	$(MAKE) test

coverage: dev
	.venv/bin/coverage run -m pytest -q -n0 tests/unit/fairdraw tests/property tests/engines
	.venv/bin/coverage report

bench: dev
	$(PY) -m bench

stats: dev
	$(PY) tools/stats.py

mutants: dev
	$(PY) tools/mutate.py

fuzz: dev
	FUZZ_ROUNDS=40 FUZZ_STEP=1 RANDOM_BUNDLES=600 $(PY) -m pytest -q -n0 tests/fuzz tests/node

fix: dev
	.venv/bin/ruff check --fix src tests tools bench
	.venv/bin/ruff format src tests tools bench

law: dev
	@$(PY) tools/law.py

diagrams: dev
	OPENLOT_SETTINGS=openlot.settings.dev .venv/bin/openlot diagrams
	OPENLOT_SETTINGS=openlot.settings.dev .venv/bin/openlot personal_fields

screens: dev
	$(PY) tools/screens.py

messages: dev
	$(PY) tools/messages.py collect
	$(PY) tools/messages.py

verifier:
	@python3 tools/verifier.py

clean:
	rm -rf build var .mypy_cache .ruff_cache .pytest_cache
