# What people do here, by name; the scripts say the rest. `make` alone lists the names.
.PHONY: help run build test check format bench soak trial security

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 14

run: ## build a release, make the demo world if there is none, serve it (PORT=8080, DATA=data)
	@Scripts/run.sh

build: ## a debug build
	@swift build

test: ## everything that CI checks, on SQLite and PostgreSQL
	@Scripts/test.sh

bench: ## the benchmarks as a table, beside a bare server in the same run
	@Scripts/bench.sh

soak: ## the long trials at full size: kills and fuzzing
	@Scripts/soak.sh

trial: ## the trials on outside data: make trial DATA=DIR
	@Scripts/trial.sh "$(DATA)"

security: ## scanners against the demo world on both engines (MINGJIAN_SECURITY_MINUTES=40)
	@Scripts/security.sh

check: ## the quick part of test: format and architecture
	@swift format lint --strict --recursive --parallel Sources Tests Package.swift
	@python3 Scripts/check-architecture.py
	@python3 Scripts/asvs.py

format: ## lay out the sources as .swift-format says
	@swift format --in-place --recursive --parallel Sources Tests Package.swift
