# Needs Python >= 3.11 and make; brings everything else itself, into .tools and .venv.

PYTHON ?= python3
STAGE ?= dev
# Settings of the stage, for instance SETTINGS="alarm_email=me@example.com throttle_rate=20".
SETTINGS ?=
UV := .tools/bin/uv
RUN := $(UV) run --no-sync

export UV_PYTHON := $(shell $(PYTHON) -c 'import sys; print(sys.executable)')
# Compiled modules start faster; an empty value switches compiling on.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run demo test check bench format setup layer synth bootstrap deploy destroy

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Parcelhook needs Python 3.11 or newer, this is " + sys.version)'
	@echo "Setting up (once)..."
	@$(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.8

.tools/local: $(UV) pyproject.toml uv.lock
	@$(UV) sync --quiet --locked --inexact --no-default-groups --group local
	@touch $@

.tools/all: $(UV) pyproject.toml uv.lock
	@$(UV) sync --quiet --locked
	@touch $@ .tools/local

setup: .tools/all ## installs all that development needs

run: .tools/local ## starts the whole system on this machine
	@exec $(RUN) python -m local

demo: .tools/local ## shows a webhook on the running system
	@$(RUN) python -m local.demo

format: setup ## formats the code
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

test: setup ## format check, lint, strict types, tests
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) pytest -n 2

check: test ## the same as test

bench: setup ## measures, and prints ratios from one run
	@$(RUN) python -m benchmarks.transport
	@$(RUN) python -m benchmarks.cold_start

CLOUD = $(RUN) python -m infra.deploy
OF_STAGE = --stage $(STAGE) $(addprefix -c ,$(SETTINGS))

layer: setup ## builds what Lambda runs, into build/
	@$(RUN) python -m infra.bundling

synth: setup ## writes the CloudFormation template of STAGE, into cdk.out/
	@$(CLOUD) synth $(OF_STAGE)

bootstrap: setup ## prepares an AWS account and Region for CDK, once
	@$(CLOUD) bootstrap

deploy: setup ## deploys STAGE to AWS, with SETTINGS="name=value ..."
	@$(CLOUD) deploy $(OF_STAGE)

destroy: setup ## removes STAGE from AWS, and says what stays
	@$(CLOUD) destroy $(OF_STAGE)
