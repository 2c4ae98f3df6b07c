# Every target sets up .venv from requirements.lock when it is missing or the lock changed.
PYTHON ?= python3
VENV := .venv/bin
PORT ?= 3000
export LAGI_DATA_DIR ?= data
export PYTHONUTF8 = 1
export DAGSTER_DISABLE_TELEMETRY = yes

.DEFAULT_GOAL := help
.PHONY: help setup run dev show report trace issue export templates targets test coverage lint format bench backtest samples docs lock clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'
	@echo
	@echo "  make run FROM=2023-Q1 TO=2024-Q4   only these quarters are read anew; history is used all the same"
	@echo "  LAGI_DATA_DIR=folder make run      another data folder, with raw/ and warehouse/ inside"

setup: ## set up the virtual environment
	@$(PYTHON) tools/bootstrap.py

run: setup ## read the offices' files, compute, publish, print the newest quarter
	@$(VENV)/lagi run $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO)) $(ARGS)

show: setup ## print the published attainment (QUARTER=2024-Q3)
	@$(VENV)/lagi show $(if $(QUARTER),--quarter $(QUARTER))

report: setup ## write a quarter's report and the page of all quarters (QUARTER=2024-Q3)
	@$(VENV)/lagi report $(if $(QUARTER),--quarter $(QUARTER))

trace: setup ## print the cells behind a figure (INDICATOR=budget_revenue QUARTER=2024-Q3)
	@$(VENV)/lagi trace $(INDICATOR) $(QUARTER)
issue: setup ## freeze a quarter's report as issued (QUARTER=2024-Q3 OFFICE=code DOCUMENT=number)
	@$(VENV)/lagi issue --quarter $(QUARTER) $(if $(OFFICE),--office $(OFFICE)) $(if $(DOCUMENT),--document-no "$(DOCUMENT)")

export: setup ## write the published tables as CSV and Parquet, to data/warehouse/exports
	@$(VENV)/lagi export

templates: setup ## write the blank workbooks of a quarter (QUARTER=2024-Q3)
	@$(VENV)/lagi templates $(if $(QUARTER),--quarter $(QUARTER))

targets: setup ## propose targets.yaml from a resolution's text (FILE=nghi-quyet.docx YEAR=2025 OUT=targets.yaml)
	$(if $(FILE),,$(error FILE=… names the text of the resolution))
	@$(VENV)/lagi targets "$(FILE)" $(if $(YEAR),--year $(YEAR)) $(if $(OUT),--out "$(OUT)")

dev: setup ## open the Dagster UI with its schedules (PORT=3000)
	@$(VENV)/lagi dev --port $(PORT)

test: setup ## run the tests, two processes at a time
	@LAGI_DATA_DIR=data $(VENV)/python -m pytest -n 2 --dist loadfile $(ARGS)

coverage: setup ## run the tests and show which lines they reach
	@LAGI_DATA_DIR=data $(VENV)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term $(ARGS)

lint: setup ## check format, style and types
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(VENV)/dg check defs

format: setup ## put the code in form
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix .

bench: setup ## measure: the main job, the overhead of Dagster, loading, intake
	@$(VENV)/python -m tools.bench

backtest: setup ## judge the forecast on years that are over (QUARTERS=file PLANS=file JSON=out.json)
	@$(VENV)/python -m tools.backtest $(if $(QUARTERS),--quarters "$(QUARTERS)") $(if $(PLANS),--plans "$(PLANS)") \
		$(if $(JSON),--json "$(JSON)")

samples: setup ## make the illustrative workbooks of data/raw anew (the same bytes each time)
	@$(VENV)/python -m lagi_samples

docs: setup ## make the data dictionary anew from the models
	@$(VENV)/python -m tools.dictionary

lock: ## resolve the dependencies anew into requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --constraint constraints.txt -o requirements.lock

clean: ## remove what the commands made, except the warehouse
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov *.egg-info
