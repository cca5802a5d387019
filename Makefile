# Evenkeel's commands; `make` alone lists them.

PREFIX ?= /usr/local
DESTDIR ?=
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
UNITDIR ?= $(PREFIX)/lib/systemd/system

# Foundation and the runtime go into the binary, so that what is installed needs no Swift. Colours would
# be another compiler flag on a terminal than in a pipe, and so rebuild everything.
STRICT = --explicit-target-dependency-import-check error
RELEASE = -c release --product evenkeel --static-swift-stdlib --no-color-diagnostics $(STRICT)
BINARY = .build/release/evenkeel

# What it takes to build and run, and what the tests want besides.
BUILD_PACKAGES = libevent-dev pkg-config
TEST_PACKAGES = python3 python3-venv curl wrk apache2-utils haproxy nginx chromium $(NODE_PACKAGE)
# Any node of version 18 or later will do; Debian's package would conflict with one from elsewhere.
NODE_PACKAGE = $(if $(shell command -v node),,nodejs)
# What benchmarks and budgets take besides.
BENCH_PACKAGES = haproxy nginx libnginx-mod-stream wrk strace valgrind binutils python3
PYTHON = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help deps deps-build deps-bench build demo run lint test test-swift test-end-to-end test-page test-browser \
	test-benchmarks test-asan check screenshots soak fuzz bench bench-quick bench-load check-budgets house \
	install uninstall clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps-build: # libevent, if it is not there
	@command -v swift >/dev/null || { \
		echo "error: Swift is not installed, or not in PATH: this needs Swift 6.2 or later (6.3 is what CI uses)"; \
		echo "Get it from https://www.swift.org/install/linux/ (for Debian 12 and others: swiftly, a tarball or Docker's"; \
		echo "swift:6.3-bookworm), then run make again"; \
		exit 1; }
	@Support/install-packages $(BUILD_PACKAGES)

deps: deps-build ## install all that building and testing need (apt, and a Python environment in .venv)
	@Support/install-packages $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory .venv/installed

.venv/installed: requirements-test.txt
	python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

build: deps-build ## build the release binary, .build/release/evenkeel
	swift build $(RELEASE)

demo: build ## start three backends and the balancer, and print their addresses
	@$(BINARY) demo

run: build ## run the balancer with ./evenkeel.yaml
	@$(BINARY) run

lint: ## check format and style
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Fuzz

test-swift: deps # the modules from inside
	swift test --disable-xctest $(STRICT)

test-end-to-end: deps build # the binary from outside
	$(PYTHON) -m pytest Tests/EndToEnd

test-page: deps # the page's scripts, without a browser
	node --test Tests/Page/*.test.mjs

test-browser: deps build # the dashboard in a real browser
	$(PYTHON) -m pytest Tests/Browser

test-benchmarks: deps # how benchmarks read and compare
	$(PYTHON) -m pytest Benchmarks/tests

test: test-swift test-end-to-end test-page test-browser test-benchmarks ## build, and run every test

check: lint test ## the gate before a commit, the same as CI

test-asan: deps ## run every test under AddressSanitizer
	swift test --sanitize=address --scratch-path .build/asan --disable-xctest $(STRICT)
	EVENKEEL_SANITIZED=1 EVENKEEL_BINARY=$(CURDIR)/.build/asan/debug/evenkeel \
		$(PYTHON) -m pytest Tests/EndToEnd

screenshots: deps build ## take the pictures of docs/demo.md anew (needs the demo's usual ports)
	EVENKEEL_USUAL_PORTS=1 $(PYTHON) -m pytest Tests/Browser/test_run_of_show.py Tests/Browser/test_more_to_show.py
	$(PYTHON) Tests/Browser/publish_screenshots.py

soak: deps build ## stream 10 GiB through the balancer each way (about a minute)
	EVENKEEL_SOAK=1 $(PYTHON) -m pytest Tests/EndToEnd/test_http_streaming.py -k large

bench-load: deps build ## hold evenkeel load against wrk (half a minute, on a quiet machine)
	EVENKEEL_BENCH=1 $(PYTHON) -m pytest Tests/EndToEnd/test_load_against_wrk.py \
		Tests/EndToEnd/test_admin_load_tests.py -k "wrk or full_speed or same" -rA

FUZZ_SECONDS ?= 600
fuzz: ## look for inputs that break the rules of reading HTTP, FUZZ_SECONDS (600) for each target
	@Fuzz/fuzz run $(FUZZ_SECONDS)

deps-bench: # the peers and the tools that measure
	@Support/install-packages $(BENCH_PACKAGES)

bench: build deps-bench ## compare with HAProxy and nginx, ten minutes, into Benchmarks/results
	@Benchmarks/bench run

bench-quick: build deps-bench ## the same in two minutes, for an orientation
	@Benchmarks/bench quick

check-budgets: build deps-bench ## hold instructions and system calls per request to Benchmarks/budgets.json
	@Benchmarks/bench budgets

house: deps-build ## print the measures of the source tree: sizes, open properties, circles of files
	@swift build --quiet $(STRICT)
	@Support/house

install: ## put binary, systemd unit and, where there is none, a commented configuration in place
	@test -x $(BINARY) || { echo "error: build first: make build"; exit 1; }
	install -D -m 755 -s $(BINARY) $(DESTDIR)$(PREFIX)/bin/evenkeel
	@test -e $(DESTDIR)$(SYSCONFDIR)/evenkeel/evenkeel.yaml \
		|| install -D -m 644 Examples/evenkeel.yaml $(DESTDIR)$(SYSCONFDIR)/evenkeel/evenkeel.yaml
	install -d $(DESTDIR)$(UNITDIR)
	sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' Support/evenkeel.service.in \
		> $(DESTDIR)$(UNITDIR)/evenkeel.service

uninstall: ## take them away again; a configuration that was edited stays
	rm -f $(DESTDIR)$(PREFIX)/bin/evenkeel $(DESTDIR)$(UNITDIR)/evenkeel.service
	@cmp -s Examples/evenkeel.yaml $(DESTDIR)$(SYSCONFDIR)/evenkeel/evenkeel.yaml \
		&& rm -f $(DESTDIR)$(SYSCONFDIR)/evenkeel/evenkeel.yaml || true
	@rmdir $(DESTDIR)$(SYSCONFDIR)/evenkeel 2>/dev/null || true

clean: ## remove what was built
	rm -rf .build
