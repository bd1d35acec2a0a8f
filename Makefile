# Each line calls one tool. `make help` lists the targets.

PYTHON ?= $(shell command -v python3 || command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python || echo python3)
VENV := .venv/bin
# one process more than there are processors, four at most: each often waits for a child of its own
WORKERS := $(shell $(PYTHON) -c "import os; print(min(4, (os.cpu_count() or 1) + 1))")
# what one process compiled of tests and libraries, the others need not compile again
KEPT := PYTHONDONTWRITEBYTECODE=
SPREAD := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help up stop demo test check bench clean

help: ## Say what there is
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## Set up what is missing and run Probity here; Ctrl-C stops it
	@$(PYTHON) scripts/bootstrap.py up
	@$(VENV)/python -m probity up $(if $(PORT),--port $(PORT))

stop: ## Stop what `make up` runs in another terminal
	@$(VENV)/python -m probity stop

demo: ## Add demonstration cases to what runs; ARGS=--remove takes them away
	@$(VENV)/python -m probity demo $(ARGS)

test: ## Run every test
	@$(PYTHON) scripts/bootstrap.py test
	@$(KEPT) $(VENV)/python -m pytest $(SPREAD) $(ARGS)

check: ## Lint, format, types, import contracts, migrations, settings, containers
	@$(PYTHON) scripts/bootstrap.py check
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(VENV)/python manage.py check --fail-level WARNING
	$(VENV)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(VENV)/hadolint Dockerfile

bench: ## Measure against peers and write benchmarks/results/
	@$(PYTHON) scripts/bootstrap.py bench
	@$(VENV)/python -m benchmarks $(ARGS)

clean: ## Remove .venv and caches; PROBITY_HOME stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
