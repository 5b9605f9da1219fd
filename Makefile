# memo: build, test and measure. Variables: PREFIX, DESTDIR, GO, CC, FUZZTIME; for soak
# DURATION and SEED.

GO      ?= go
PREFIX  ?= /usr/local
FUZZTIME ?= 30s
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2


# A statically linked binary starts faster. It is made where cgo is on and a
# trivial program can be linked so; elsewhere the default is taken, which
# without a C compiler is CGO_ENABLED=0.
can_link_static = test "$$($(GO) env CGO_ENABLED)" = 1 && test "$$($(GO) env GOOS)" = linux && \
	echo 'int main(void) { return 0; }' | $$($(GO) env CC) -static -x c -o bin/.static - 2>/dev/null && bin/.static
static_flags = -tags netgo,osusergo -ldflags '-s -w -linkmode external -extldflags -static'

.PHONY: build man install test lint fuzz bench soak simulate demo clean

# What the linker has just written lies in memory page by page and takes longer
# to start than a copy of it.
build:
	@mkdir -p bin
	@if $(can_link_static); then \
		echo "$(GO) build (static)"; \
		$(GO) build -trimpath $(static_flags) -o bin/memo .; \
	else \
		echo "$(GO) build"; \
		$(GO) build -trimpath -ldflags '-s -w' -o bin/memo .; \
	fi; status=$$?; rm -f bin/.static; exit $$status
	@cp bin/memo bin/.memo && mv bin/.memo bin/memo

# The manual pages are made from the commands.
man:
	$(GO) run ./docs/man bin/man

install: build man
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 bin/memo $(DESTDIR)$(PREFIX)/bin/memo
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 644 completions/memo.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/memo
	install -d $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 644 completions/memo.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_memo
	install -d $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 644 completions/memo.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/memo.fish
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 bin/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1

# On Debian a tool that the scripts need is a failure if it is missing;
# elsewhere the scripts that need it are skipped.
test:
	testscripts/install
	MEMO_TEST_STRICT=$$(test -f /etc/debian_version && echo 1) $(GO) test -count=1 -parallel 4 -timeout 30m ./...

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	GOOS=darwin CGO_ENABLED=0 $(GO) vet ./...
	GOOS=windows CGO_ENABLED=0 $(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

# Try the C code of recall on 10,000,000 altered records, and each fuzz test for
# a while.
fuzz:
	MEMO_PARSE_RECORDS=10000000 $(GO) test -count=1 -timeout 3h -run '^TestParse$$' ./recall
	@for dir in $$($(GO) list -f '{{.Dir}}' ./...); do \
		for name in $$($(GO) test -list '^Fuzz' $$dir | grep '^Fuzz'); do \
			echo "$$name"; $(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) $$dir || exit 1; \
		done; \
	done

bench: build
	$(GO) run ./bench -memo bin/memo $(BENCHFLAGS)

# Try to make memo break its promises, on Linux. SEED=0 is another one each time.
DURATION ?= 10m
SEED     ?= 0
soak:
	$(GO) run ./bench/soak -duration $(DURATION) -seed $(SEED) $(SOAKFLAGS)

# Compare the eviction policies on traces of what commands were run.
simulate:
	$(GO) run ./bench/sim

demo: build
	docs/demo.sh

clean:
	rm -rf bin dist
