# Two commands: `make demo` runs the example, `make test` runs everything that says whether a change is good.
# PORT=8123 make demo chooses the port; EXAMPLE=2016-03 make demo shows the example a year later.

.PHONY: demo test test-quick bench soak lock format
.SILENT:

demo:
	python=$$(.ci/find-python) && exec "$$python" .ci/demo.py

test:
	python=$$(.ci/find-python --install) && exec "$$python" .ci/test.py

test-quick:
	python=$$(.ci/find-python) && exec "$$python" .ci/test.py --quick

# Timed against other tools on the same file in one run; writes docs/benchmarks.md.
bench:
	python=$$(.ci/find-python) && "$$python" .ci/environment.py && exec .venv/bin/python -m pytest tests/benchmarks -s -p no:randomly

# The long reliability runs, and all of the corpus of bad input through every door.
soak:
	test -d tests/soak || { echo "There are no long reliability runs yet: they belong in tests/soak." >&2; exit 1; }
	python=$$(.ci/find-python) && "$$python" .ci/environment.py && HUB_CORPUS_EVERY=1 exec .venv/bin/python -m pytest tests/soak tests/intake/test_bad_input_over_http.py -s -p no:randomly

# Pins anew from pyproject.toml, keeping what still holds; `make lock UPGRADE=--upgrade` takes the newest.
lock:
	python=$$(.ci/find-python) && "$$python" .ci/environment.py && exec .venv/bin/python .ci/lock.py $(UPGRADE)

format:
	python=$$(.ci/find-python) && "$$python" .ci/environment.py && .venv/bin/ruff check --fix . && .venv/bin/ruff format .
