# The commands of this repository. Each sets up what it needs, says what it does, and is quick the second time.

PORT ?= 8700
DATA ?= .data
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
NODE_BIN = $(shell scripts/node-bin)
WEB_SOURCES = $(shell find web/src web/public web/scripts -type f 2>/dev/null) web/index.html web/package.json web/vite.config.ts

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench client lock clean claude openapi dashboards pictures prices vectors

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .setup/base .setup/client .setup/sandbox/.lock ## Python environment and client, ready to run

run: setup ## start on http://127.0.0.1:8700 (PORT=.. DATA=..)
	@ENTOURAGE_SANDBOX_SITE_PACKAGES=$${ENTOURAGE_SANDBOX_SITE_PACKAGES:-$(CURDIR)/.setup/sandbox} \
	    $(VENV)/bin/entourage serve --port $(PORT) --data-dir $(DATA)

client: .setup/client ## build the client into entourage/static

test: .setup/dev .setup/client .setup/vectors .setup/sandbox/.lock ## every test; PostgreSQL, Redis and Chromium are used where present
	@scripts/test

check: .setup/dev .setup/web ## format, lint, types, import floors, generated files
	@scripts/check

bench: .setup/dev .setup/client .setup/vectors .setup/sandbox/.lock ## each speed claim beside its target
	@$(PY) -m bench

lock: ## resolve dependencies again (needs uv)
	uv pip compile -q pyproject.toml --group build --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	    --python-version 3.11 -o requirements.lock
	uv pip compile -q pyproject.toml --group build --group dev -c requirements.lock --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-header --python-version 3.11 -o requirements-dev.lock
	uv pip compile -q scripts/sandbox.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-header --no-annotate -o entourage/sandboxes/sandbox.lock

prices: .setup/dev ## write the price table of the gateway from genai-prices
	@$(PY) scripts/prices.py

dashboards: .setup/dev ## write the Grafana dashboards in deploy/grafana
	@$(PY) scripts/dashboards.py

claude: ## fetch Claude Code (360 MB), which tests of hooks use where it is present
	@scripts/claude-bin

openapi: .setup/dev ## write docs/openapi.json from the routes
	@$(PY) scripts/openapi.py

clean: ## remove what was built (not your data)
	rm -rf $(VENV) .setup entourage/static web/node_modules

$(PY):
	@echo "Making the Python environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

.setup/base: requirements.lock pyproject.toml | $(PY)
	@echo "Installing Python packages (once)"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p .setup && touch $@

.setup/dev: requirements-dev.lock .setup/base
	@echo "Installing tools for tests and checks (once)"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@mkdir -p .setup && touch $@

.setup/sandbox/.lock: entourage/sandboxes/sandbox.lock .setup/base
	@$(PY) scripts/sandbox_packages.py .setup/sandbox
	@touch $@

.setup/vectors: entourage/agents/routing/examples.jsonl .setup/dev
	@echo "Embedding the router's examples (once)"
	@$(PY) scripts/route_vectors.py >/dev/null
	@touch $@

.setup/tests: .setup/dev
	@echo "Compiling the tests (once)"
	@env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest --collect-only >/dev/null
	@touch $@

.setup/web: web/package-lock.json .setup/base
	@echo "Installing the client's packages (once)"
	@cd web && PATH="$(NODE_BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@mkdir -p .setup && touch $@

.setup/client: .setup/web $(WEB_SOURCES)
	@echo "Building the client"
	@cd web && PATH="$(NODE_BIN):$$PATH" npm run --silent build
	@mkdir -p .setup && touch $@

vectors: .setup/vectors ## embed the examples of the router beforehand (else done at its first request)

pictures: .setup/dev .setup/client ## take the pictures of the documentation in a real Chromium
	@ENTOURAGE_SCREENSHOTS=docs/images $(PY) -m pytest -q tests/e2e/test_browser.py
