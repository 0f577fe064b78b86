# What people run. `make help` lists it.

TARGET := $(or $(CARGO_TARGET_DIR),target)
XTASK := $(TARGET)/debug/lambdesk-xtask
TOOLS := .tools/bin
# cargo-lambda and sam, from PyPI; MiniStack in a place of its own, because its boto3 is another.
AWS_TOOLS := .tools/aws
MINISTACK := .tools/ministack
# Mails that others test with.
CORPORA := .tools/corpora
STAGE ?= dev
SAM = SAM_CLI_TELEMETRY=0 PATH="$(CURDIR)/$(AWS_TOOLS)/bin:$$PATH" sam
ARCH ?= $(patsubst aarch64,arm64,$(shell uname -m))
DENY_VERSION := 0.20.2
MACHETE_VERSION := 0.9.2

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: run test web test-web test-screens browser screenshots corpora fmt-check clippy compile drift deny machete audit bench build validate deploy deploy-console test-deploy redrive replay openapi events template fmt clean help

run: ## Build and run the desk on this machine; ARGS="--port 4000 --ephemeral" are passed on
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory web || echo "the console could not be built: the API alone is served"; \
	else echo "npm is missing: the API alone is served, without the console"; fi
	cargo build --workspace --bin lambdesk
	$(TARGET)/debug/lambdesk $(ARGS)

test: fmt-check clippy compile drift deny machete corpora ## Check everything, then run all tests
	cargo test --workspace --no-fail-fast
	@if command -v npm > /dev/null && $(MAKE) --no-print-directory browser; then $(MAKE) --no-print-directory test-screens; \
	else echo "without npm and Chromium the console and the portal were not tested"; fi

web: web/dist/index.html ## Build the console and the portal

web/dist/index.html: web/node_modules/.package-lock.json web/index.html $(shell find web/src web/public -type f 2>/dev/null)
	cd web && npm run build

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund

test-web: test-screens ## Check the console and the portal: types, sizes, screens in a real browser, and what these may cost in time
	cd web && LAMBDESK_BIN="$(abspath $(TARGET))/debug/lambdesk" npm run test:budgets

test-screens: web browser
	cd web && npm run api:check
	cargo build --workspace --bin lambdesk
	cd web && LAMBDESK_BIN="$(abspath $(TARGET))/debug/lambdesk" npm test

# Debian's, where the machine has none and lets us install it. CHROMIUM=/path/to/chromium names another.
browser:
	@if ! [ -x "$${CHROMIUM:-/usr/bin/chromium}" ] && [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium > /dev/null; fi
	@[ -x "$${CHROMIUM:-/usr/bin/chromium}" ] || { echo "the screens are tested in Chromium: install it, or name it by CHROMIUM=…"; exit 1; }

screenshots: web ## Draw the main screens, for the README
	cargo build --workspace --bin lambdesk
	cd web && LAMBDESK_BIN="$(abspath $(TARGET))/debug/lambdesk" npm run screenshots

corpora: $(CORPORA)/ready ## Fetch mails that others test with, which the tests of shared/mail read

fmt-check: ## Check that the code is formatted
	cargo fmt --all --check

clippy: ## Check the code with clippy; warnings are errors
	cargo clippy --workspace --all-targets -- -D warnings

compile: ## Compile everything, for this machine
	cargo build --workspace

drift: compile ## Check that openapi.json, events/, template.yaml and infra/stacks are what the code says
	$(XTASK) openapi --check
	$(XTASK) events --check
	$(XTASK) template --check

deny: $(TOOLS)/cargo-deny-$(DENY_VERSION) ## Check licences, banned and doubled crates, and where crates come from
	$< --locked check --hide-inclusion-graph licenses bans sources

machete: $(TOOLS)/cargo-machete-$(MACHETE_VERSION) ## Check that no dependency is unused
	$< --with-metadata

audit: $(TOOLS)/cargo-deny-$(DENY_VERSION) ## Check dependencies against the advisory database, which needs the network
	$< --locked check advisories

bench: build ## Measure the desk, and how its functions start beside a hello world
	PATH="$(CURDIR)/$(AWS_TOOLS)/bin:$$PATH" cargo lambda build --release --bin hello-bootstrap --package lambdesk-hello
	cargo bench -p lambdesk-local --bench desk
	cargo bench -p lambdesk-local --bench desk -- --mail
	cargo bench -p lambdesk-local --bench desk -- --time
	cargo bench -p lambdesk-local --bench desk -- --cold

# All functions of an area are the same file: it is packed and uploaded once.
build: $(AWS_TOOLS)/ready ## Build one bootstrap for each area, as Lambda runs it; ARCH=arm64 or x86_64
	PATH="$(CURDIR)/$(AWS_TOOLS)/bin:$$PATH" cargo lambda build --release --lambda-dir target/lambda $(if $(filter arm64,$(ARCH)),--arm64,)
	python3 infra/build/pack.py target/lambda/*-bootstrap

# W3002: that paths on this machine are for `sam`, which puts them on S3.
validate: $(AWS_TOOLS)/ready ## Check template.yaml and the stacks below it with cfn-lint; REGION=eu-central-1
	$(AWS_TOOLS)/bin/cfn-lint --regions $(or $(REGION),eu-central-1) --ignore-checks W3002 --template template.yaml infra/stacks/*.yaml infra/console.yaml

deploy: $(AWS_TOOLS)/ready ## Build and deploy to AWS; STAGE=dev or prod, after samconfig.toml was made yours
	$(MAKE) --no-print-directory build ARCH=$$(sed -n '/^\[$(STAGE)\.deploy/,/^$$/ s/^.*Architecture=\([a-z0-9_]*\).*$$/\1/p' samconfig.toml | grep . || echo arm64)
	$(SAM) deploy --config-env $(STAGE)
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory deploy-console; \
	else echo "npm is missing: the console and the portal are not there yet"; fi

deploy-console: web $(AWS_TOOLS)/ready ## Put the console and the portal onto AWS; STAGE=dev or prod
	$(AWS_TOOLS)/bin/python infra/operations/console.py --stack lambdesk-$(STAGE) web/dist

test-deploy: build $(MINISTACK)/ready ## Deploy to MiniStack on this machine, and run the acceptance suites against it
	cargo test --workspace --test desk --no-run
	$(MINISTACK)/bin/python infra/ministack/deploy.py --sam $(AWS_TOOLS)/bin/sam --template template.yaml \
		--check-permissions --logs $(TARGET)/ministack --parameter Stage=test --parameter Architecture=$(ARCH) \
		--parameter 'Issuer=http://127.0.0.1:{free_port}/local/oidc' --parameter 'Sender=*@*.test' \
		-- cargo test --workspace --test desk -- --include-ignored acceptance:: deployed::

redrive: $(AWS_TOOLS)/ready ## Bring dead letters back: STAGE=prod QUEUE=email, sla, files or events
	$(AWS_TOOLS)/bin/python infra/operations/redrive.py --stage $(STAGE) $(QUEUE)

replay: $(AWS_TOOLS)/ready ## Pass events on again: STAGE=prod TENANT=acme SINCE=2026-02-03T04:00:00Z
	$(AWS_TOOLS)/bin/python infra/operations/replay.py --stage $(STAGE) --tenant $(TENANT) --since $(SINCE)

openapi: ## Write openapi.json from the code
	cargo build --workspace --bin lambdesk-xtask
	$(XTASK) openapi

events: ## Write a sample event for every function that has none
	cargo build --workspace --bin lambdesk-xtask
	$(XTASK) events

template: ## Write infra/stacks and the generated parts of template.yaml from the code
	cargo build --workspace --bin lambdesk-xtask
	$(XTASK) template

fmt: ## Format the code
	cargo fmt --all

clean: ## Remove what was built; data (.lambdesk) and tools (.tools) stay
	cargo clean

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

# Tools are built without optimisation: that takes a fraction of the time, and each runs for seconds.
$(TOOLS)/cargo-deny-$(DENY_VERSION):
	cargo install --locked --force --root .tools --debug --no-default-features cargo-deny@$(DENY_VERSION)
	mv $(TOOLS)/cargo-deny $@

$(TOOLS)/cargo-machete-$(MACHETE_VERSION):
	cargo install --locked --force --root .tools --debug cargo-machete@$(MACHETE_VERSION)
	mv $(TOOLS)/cargo-machete $@

# A virtual environment that was cut short has no `ready`, and is made anew.
$(AWS_TOOLS)/ready: infra/build/requirements.txt
	rm -rf $(AWS_TOOLS)
	python3 -m venv $(AWS_TOOLS)
	$(AWS_TOOLS)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

$(CORPORA)/ready: infra/corpora/fetch.py infra/corpora/requirements.txt
	python3 $<

$(MINISTACK)/ready: infra/ministack/requirements.txt
	rm -rf $(MINISTACK)
	python3 -m venv $(MINISTACK)
	$(MINISTACK)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@
