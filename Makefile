# Entry points for users and CI; `make` alone lists them.
#   CMAKE_ARGS    additional CMake options, for example CMAKE_ARGS=-DFF_CUDA=OFF
#   LIBTORCH      path of an existing LibTorch, instead of the one in .venv (or Torch_DIR)
SHELL := /bin/bash
BUILD := build
CMAKE_ARGS ?=
RUN_ARGS ?=
FUZZ_SECONDS ?= 10
FUZZ_SEED ?= 1
FORMATTED := $(wildcard ff baselines experiments tests benchmarks)
CLANG_FORMAT := $(or $(wildcard .venv/bin/clang-format),clang-format)
SOURCES = find $(FORMATTED) -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh'

export OMP_WAIT_POLICY ?= passive

.DEFAULT_GOAL := help
.PHONY: help setup configure build run test bench docs format format-check sanitize fuzz clean distclean

help:
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1 \2/p' $(MAKEFILE_LIST) | \
	  while read -r name text; do printf 'make %-13s %s\n' "$$name" "$$text"; done

setup:  ## installs missing system packages and .venv with LibTorch
	@scripts/setup.sh

configure: setup
	@mkdir -p $(BUILD)
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release $(CMAKE_ARGS) > $(BUILD)/configure.log 2>&1 || \
	  { cat $(BUILD)/configure.log; exit 1; }
	@grep -E '^-- (Building for|LibTorch)' $(BUILD)/configure.log | sed 's/^-- //'

build: configure  ## the program, build/ff
	@cmake --build $(BUILD) --target ff_cli

run: build  ## sets up, builds, trains a first network and prints its results
	@set -e; name=$$(scripts/data.sh); out=runs; \
	  if [ -e runs/quickstart ] && ! grep -qs "\"name\": \"$$name\"" runs/quickstart/seed-*/config.json; \
	  then out=runs/$$name; fi; \
	  echo "run: configs/quickstart.json on $$name" >&2; \
	  $(BUILD)/ff run configs/quickstart.json --set dataset.name=$$name --out $$out --resume $(RUN_ARGS)

test: configure  ## sets up, builds, runs all tests
	@cmake --build $(BUILD)
	@scripts/data.sh > /dev/null || echo "test: no data set found; tests that need one are skipped" >&2
	@ctest --test-dir $(BUILD) --output-on-failure --parallel 2

bench: build  ## times ff against plain PyTorch: tables, and benchmarks/last.json
	@.venv/bin/python benchmarks/bench.py $(BUILD)/ff --json benchmarks/last.json $(BENCH_ARGS)

docs: build  ## regenerates tables and pictures in the documents from results/
	@python3 scripts/docs.py $(BUILD)/ff

format:  ## formats the C++ sources
	@$(SOURCES) | xargs $(CLANG_FORMAT) -i

format-check:  ## fails if a C++ source is not formatted
	@$(SOURCES) | xargs $(CLANG_FORMAT) --dry-run -Werror
	@echo "format: all sources are formatted"

SANITIZERS := ASAN_OPTIONS=$${ASAN_OPTIONS:-detect_leaks=1} LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp

sanitize: configure  ## tests of manual memory management under the address and undefined behaviour sanitizers
	@cmake --build $(BUILD) --target ff_checked
	$(SANITIZERS) $(BUILD)/ff_checked "~[e2e]~[program]~[slow]~[cuda]"

fuzz: configure  ## reads mutated files under the sanitizers, FUZZ_SECONDS (10) for each kind of file
	@cmake --build $(BUILD) --target ff_fuzz
	@ls tests/fuzz/corpus | $(SANITIZERS) xargs -P 2 -I NAME \
	  $(BUILD)/ff_fuzz NAME tests/fuzz/corpus/NAME --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)

clean:  ## removes the build folder
	@rm -rf $(BUILD)

distclean: clean  ## removes .venv too; keeps runs/ and data/
	@rm -rf .venv
