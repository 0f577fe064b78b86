# What people run. `make help` lists it.

TARGET := $(or $(CARGO_TARGET_DIR),target)
XTASK := $(TARGET)/debug/lambdesk-xtask
TOOLS := .tools/bin
DENY_VERSION := 0.20.2
MACHETE_VERSION := 0.9.2

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: run test fmt-check clippy build drift deny machete audit bench openapi events fmt clean help

run: ## Build and run the desk on this machine; ARGS="--port 4000 --ephemeral" are passed on
	cargo build --workspace --bin lambdesk
	$(TARGET)/debug/lambdesk $(ARGS)

test: fmt-check clippy build drift deny machete ## Check everything, then run all tests
	cargo test --workspace

fmt-check: ## Check that the code is formatted
	cargo fmt --all --check

clippy: ## Check the code with clippy; warnings are errors
	cargo clippy --workspace --all-targets -- -D warnings

build: ## Build everything
	cargo build --workspace

drift: build ## Check that openapi.json and events/ are what the code says
	$(XTASK) openapi --check
	$(XTASK) events --check

deny: $(TOOLS)/cargo-deny-$(DENY_VERSION) ## Check licences, banned and doubled crates, and where crates come from
	$< --locked check --hide-inclusion-graph licenses bans sources

machete: $(TOOLS)/cargo-machete-$(MACHETE_VERSION) ## Check that no dependency is unused
	$< --with-metadata

audit: $(TOOLS)/cargo-deny-$(DENY_VERSION) ## Check dependencies against the advisory database, which needs the network
	$< --locked check advisories

bench: ## Measure the desk
	cargo bench -p lambdesk-local --bench desk

openapi: ## Write openapi.json from the code
	cargo build --workspace --bin lambdesk-xtask
	$(XTASK) openapi

events: ## Write a sample event for every function that has none
	cargo build --workspace --bin lambdesk-xtask
	$(XTASK) events

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
