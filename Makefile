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

.PHONY: help run demo test check bench format setup layer synth bootstrap deploy smoke rehearse destroy
.PHONY: simulate soak audit licences ministack

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
	$(RUN) pytest -n 4 --dist worksteal

ministack: setup ## installs MiniStack: `make test` then tests storage on it too, beside moto
	@$(RUN) python -m infra.rehearsal.ministack

check: test ## the same as test

# How many simulated lives; SEED=n shows one of them again.
SEEDS ?= 2000

simulate: setup ## SEEDS simulated lives with faults everywhere, or the life SEED again
	@$(RUN) python -m tests.simulation --seeds $(SEEDS) $(if $(SEED),--seed $(SEED))

# How long the soak takes, and how many events a second it publishes.
SECONDS ?= 600
RATE ?= 1

soak: setup ## SECONDS (600) of steady traffic on the laptop stack, and whether memory stays flat
	@SECONDS="$(SECONDS)" RATE="$(RATE)" $(RUN) python -m benchmarks.soak

# Where pip-audit learns of vulnerabilities.
ADVISORIES := https://pypi.org/pypi/pip/24.0/json

audit: $(UV) ## asks whether anything that is locked is known to be vulnerable
	@mkdir -p build
	@$(UV) export --quiet --locked --all-groups --all-extras --no-emit-project --output-file build/audit.txt
	@if $(PYTHON) -c 'import urllib.request; urllib.request.urlopen("$(ADVISORIES)", timeout=10)' 2>/dev/null; \
	then $(UV) tool run --quiet pip-audit==2.10.1 --disable-pip --require-hashes --requirement build/audit.txt; \
	else echo "Nothing was audited: $(ADVISORIES) is not within reach."; fi

licences: setup ## lists the licences of all that is used, in docs/licences.md
	@$(RUN) python -m infra.licences

bench: setup ## measures, and prints ratios from one run and whether they hold
	@$(RUN) python -m benchmarks

CLOUD = $(RUN) python -m infra.deploy
OF_STAGE = --stage $(STAGE) $(addprefix -c ,$(SETTINGS))

layer: setup ## builds what Lambda runs, into build/, and lists what is in the layer
	@$(RUN) python -m infra.contents

synth: setup ## writes the CloudFormation template of STAGE, into cdk.out/
	@$(CLOUD) synth $(OF_STAGE)

bootstrap: setup ## prepares an AWS account and Region for CDK, once
	@$(CLOUD) bootstrap

deploy: setup ## deploys STAGE to AWS, with SETTINGS="name=value ..."
	@$(CLOUD) deploy $(OF_STAGE)

smoke: setup ## uses the deployed STAGE once, with an endpoint of yours as URL=https://... if you like
	@$(RUN) python -m infra.smoke --stage $(STAGE) $(if $(URL),--url "$(URL)")

rehearse: setup ## deploys, uses, upgrades and removes a stage on this machine, from PREVIOUS=<tag or commit>
	@$(RUN) python -m infra.rehearsal $(if $(PREVIOUS),--previous "$(PREVIOUS)")

destroy: setup ## removes STAGE from AWS, and says what stays
	@$(CLOUD) destroy $(OF_STAGE)
