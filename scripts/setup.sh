#!/usr/bin/env bash
# Prepares the build: installs missing system packages and creates .venv with LibTorch.
# With Torch_DIR or LIBTORCH set, that LibTorch is used and no .venv is created.
# If nothing is missing, it takes well under a second.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

uses_own_torch() { [[ -n "${Torch_DIR:-}${LIBTORCH:-}" ]]; }

# Names of missing packages, one per line: those whose program or header is not found.
missing_packages() {
  have "${CXX:-g++}" || echo g++
  have cmake || echo cmake
  have ninja || echo ninja-build
  have make || echo make
  have git || echo git
  [[ -e /etc/ssl/certs/ca-certificates.crt || ! -e /etc/debian_version ]] || echo ca-certificates
  if ! uses_own_torch && [[ ! -x .venv/bin/pip ]]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  fi
  missing_headers
}

missing_headers() {
  local pairs=(nlohmann/json.hpp nlohmann-json3-dev cxxopts.hpp libcxxopts-dev
    zlib.h zlib1g-dev curl/curl.h libcurl4-openssl-dev png.h libpng-dev jpeglib.h libjpeg-dev)
  if ! have "${CXX:-g++}"; then  # no compiler yet: apt-get skips what is installed
    echo nlohmann-json3-dev libcxxopts-dev zlib1g-dev libcurl4-openssl-dev libpng-dev libjpeg-dev catch2 | tr ' ' '\n'
    return
  fi
  local program="" i
  for ((i = 0; i < ${#pairs[@]}; i += 2)); do
    program+="#if !__has_include(<${pairs[i]}>)"$'\n'"${pairs[i + 1]}"$'\n'"#endif"$'\n'
  done
  program+="#if !__has_include(<catch2/catch.hpp>) && !__has_include(<catch2/catch_all.hpp>)"
  program+=$'\n'"catch2"$'\n'"#endif"$'\n'
  "${CXX:-g++}" -E -P -x c++ - <<<"$program" | sed '/^ *$/d'
}

# Optional packages: installed together with the others, never an error.
missing_extras() { have ccache || echo ccache; }

as_root() {
  if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
  [[ $(id -u) -eq 0 ]] || { have sudo && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; }
}

install_packages() {
  local required extras
  required=$(missing_packages)
  extras=$(missing_extras)
  if [[ -n $required ]]; then
    local list=${required//$'\n'/ }
    have apt-get || fail "missing: $list (Debian package names); install them with your package manager"
    can_be_root || fail "missing: $list. No permission to install them; run: sudo apt-get install -y $list"
  elif [[ -z $extras ]] || ! have apt-get || [[ $(id -u) -ne 0 ]]; then
    return 0
  fi
  say "installing $(echo $required $extras)"
  # On a fresh machine the first attempt may fail because the package list is missing or outdated.
  apt_install $required $extras || { as_root apt-get update -qq && apt_install $required $extras; } ||
    [[ -z $required ]] || fail "apt-get could not install: $(echo $required)"
}

apt_install() {
  local log
  log=$(mktemp)
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
    >"$log" 2>&1 </dev/null && rm -f "$log" && return
  tail -n 3 "$log" >&2
  rm -f "$log"
  return 1
}

make_venv() {
  local wanted=scripts/requirements.txt stamp=.venv/.requirements.txt
  if uses_own_torch || cmp -s "$wanted" "$stamp"; then return; fi
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "python3 is $(python3 -V 2>&1), torch 2.11.0 needs 3.10 or newer; or set LIBTORCH to an existing LibTorch"
  say "creating .venv with torch 2.11.0 (a few minutes, 5 GB)"
  [[ -x .venv/bin/pip ]] || python3 -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --no-compile -r "$wanted" </dev/null
  cp "$wanted" "$stamp"
}

install_packages
make_venv
