# The only door: everything one does with this repository is a target here. The work is done by the
# scripts in deploy/local/, each of which can be read on its own.

SHELL := /bin/bash
.DEFAULT_GOAL := help
local := deploy/local

.PHONY: help
help: ## This list
	@echo "make <target>, with PORT=9080 to listen elsewhere than on 8080:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: up
up: ## Build and start everything on this machine, load the demo, say what to try
	@$(local)/up.sh

.PHONY: down
down: ## Stop everything; data stays
	@$(local)/down.sh

.PHONY: reset
reset: ## Stop everything and forget its data; downloads stay
	@$(local)/reset.sh

.PHONY: status
status: ## What runs, and whether it answers
	@$(local)/status.sh

.PHONY: logs
logs: ## Follow all logs, or one: make logs NAME=passport
	@NAME='$(NAME)' $(local)/logs.sh

.PHONY: start
start: ## Start one service that was stopped: make start NAME=kafka
	@$(local)/service.sh start '$(NAME)'

.PHONY: stop
stop: ## Stop one service, to see what the others do: make stop NAME=kafka
	@$(local)/service.sh stop '$(NAME)'

.PHONY: restart
restart: ## Drain and restart all functions, one by one, or one: make restart NAME=passport
	@NAME='$(NAME)' $(local)/restart.sh

.PHONY: restore
restore: ## Start from a backup, with no data here: make restore FROM=/mnt/backups
	@FROM='$(FROM)' BACKUP='$(BACKUP)' $(local)/restore.sh

.PHONY: test
test: ## Every test, from a clean clone: unit, contract, handler, whole system, browser
	@$(local)/test.sh

.PHONY: check
check: ## Format, lints, licences, scripts, types: what CI checks without running anything
	@$(local)/check.sh

.PHONY: advisories
advisories: ## What is known against our dependencies; asks databases on the internet
	@$(local)/advisories.sh

.PHONY: lambda-proof
lambda-proof: ## The same binaries under AWS's Lambda emulator: the same answers as in process
	@$(local)/lambda-proof.sh

.PHONY: terraform-test
terraform-test: ## Both tracks of Terraform: mocked, then applied to a local AWS and destroyed
	@$(local)/terraform-test.sh

.PHONY: soak
soak: ## The long forms: 100 kills, a million requests, each fault ten times, every secret in disorder
	@$(local)/soak.sh

.PHONY: fuzz
fuzz: ## schemathesis against the running instance, by its own contract: a quarter of an hour
	@$(local)/fuzz.sh

.PHONY: images
images: ## Build every image of ours, where a registry gives their bases; print sizes
	@$(local)/images.sh

.PHONY: pin-images
pin-images: ## Write the digests of other people's images into deploy/images.env, as the registry says
	@$(local)/pin-images.sh

.PHONY: compose-offline
compose-offline: ## The production Compose file up and healthy, with stand-ins where no registry is reachable
	@$(local)/compose-offline.sh up

.PHONY: compose-offline-down
compose-offline-down: ## Stop it; data stays
	@$(local)/compose-offline.sh down

.PHONY: compose-test
compose-test: ## Bring the containers up from nothing, ask and measure them, walk through Caddy on TLS
	@$(local)/compose-test.sh

.PHONY: bench
bench: ## Measure the adapter beside its peers, and the whole path beside pgbench
	@$(local)/bench.sh

.PHONY: docs
docs: ## The documentation as a site, in target/docs
	@$(local)/docs.sh

.PHONY: generate
generate: ## Make every generated file again: SQL data, API types
	@$(local)/generate.sh

.PHONY: versions-test
versions-test: ## One function alone of the last tag among the others of today, and back: REF=v1.2.3
	@REF='$(REF)' $(local)/versions-test.sh

.PHONY: terraform-plan
terraform-plan: ## What Terraform would change in the AWS account at hand; changes nothing
	@$(local)/terraform-plan.sh

# What only the workflows call.
.PHONY: release-version release release-image deploy-docs
release-version:
	@$(local)/release.sh version
release:
	@$(local)/release.sh publish
release-image:
	@$(local)/release.sh image '$(NAME)' '$(VERSION)'
deploy-docs:
	@$(local)/release.sh docs
