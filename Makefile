# What people run. `make` alone lists it.

GO ?= go

# The race detector slows SQLite some 50 times: it sees the packages on small data
# (-short); the command line, the demo and the torture, which drive the same code on
# more, run without it.
RACED = $$($(GO) list ./... | grep -v -e /cmd/ -e /internal/demo -e /internal/torture)

# The figures are for two cores: where there are more, the others are left alone.
TWO_CORES = $(shell if [ "$$(nproc 2>/dev/null || echo 1)" -gt 2 ] && command -v taskset >/dev/null; then echo "taskset -c 0,1"; fi)

.PHONY: help build test judge picture race torture fuzz fmt lint demo bench bench-quick bench-parts bench-pick

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./broadsheet
	CGO_ENABLED=0 $(GO) build -trimpath -o broadsheet ./cmd/broadsheet

test: ## install the real parts the tests need, where it may, and run all tests
	@.ci/parts
	@if command -v cc >/dev/null 2>&1; then $(MAKE) --no-print-directory race; fi
	$(GO) test -timeout 15m ./...

judge: ## let programs of others judge the mail that is sent: eml, HTML, spam, accessibility
	@.ci/parts judge
	@GO="$(GO)" mailer/judge/run

picture: ## draw docs/digest.png anew, which the README shows (needs node, chromium, pngquant)
	@GO="$(GO)" mailer/judge/run picture docs/digest.png

race: ## run the tests on small data under the race detector
	CGO_ENABLED=1 $(GO) test -race -short -timeout 25m $(RACED)

RUN ?= .
torture: ## kill, cut and fill what sends, for an hour, and write docs/torture.md
	@.ci/parts
	$(GO) test -count 1 -timeout 6h -v ./internal/torture -run '$(RUN)' -args -long -report $(CURDIR)/docs/torture.md

FUZZTIME ?= 30s
fuzz: ## run every fuzz target for FUZZTIME each (30s): make fuzz FUZZTIME=10m; the tests alone run what was found before
	@GO="$(GO)" .ci/fuzz $(FUZZTIME)

fmt: ## format the code
	$(GO) tool gofumpt -w .

lint: ## look for what is badly formatted or wrong
	@unformatted=$$($(GO) tool gofumpt -l .); \
	if [ -n "$$unformatted" ]; then echo "make fmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

demo: ## show the whole product on sample data, offline
	$(GO) run ./cmd/broadsheet demo

bench: ## measure the whole product beside Postfix's, 25 minutes at most, and write docs/benchmarks.md
	@.ci/parts
	BROADSHEET_REQUIRE=postfix $(TWO_CORES) $(GO) test -run '^$$' -bench . -benchtime 1x -timeout 28m ./internal/bench -full -write ../../docs/benchmarks.md

bench-quick: ## the same in a few minutes and small numbers, on the screen: to see that it works
	BROADSHEET_REQUIRE=postfix $(TWO_CORES) $(GO) test -run '^$$' -bench . -benchtime 1x -timeout 28m ./internal/bench -write -

bench-parts: ## run the benchmarks of the parts
	$(GO) test -run '^$$' -bench . -benchmem $$($(GO) list ./... | grep -v /internal/bench)

bench-pick: ## measure the pick on labelled news, and write docs/picking.md
	$(GO) test -run '^$$' -bench . -benchtime 1x ./internal/benchpick -write ../../docs/picking.md
