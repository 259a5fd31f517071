# Every target sets up a virtual environment in .venv first, again only when pyproject.toml has changed.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint bench clean

# The howto's install is full of mistakes, so a scan that ends in anything but 1 is a scan that failed.
demo: $(READY)
	@code=0; $(BIN)/mailaudit scan fixtures/howto || code=$$?; \
	echo "mailaudit exited with $$code (1 is right: there are findings)"; \
	test $$code -eq 1

test: $(READY)
	$(BIN)/pytest -q -n auto --dist loadfile

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python benchmarks/start_up.py
	$(BIN)/python benchmarks/readers.py
	$(BIN)/python benchmarks/compile.py
	$(BIN)/python benchmarks/hosts.py
	$(BIN)/python benchmarks/peers.py
	$(BIN)/python benchmarks/probe.py --no-testssl

clean:
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(READY): pyproject.toml
	@sh .ci/set-up $(VENV)
	@touch $@
