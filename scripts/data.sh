#!/usr/bin/env bash
# Prints the data set for quickstart: mnist if found, else fashion-mnist; if neither is found, the
# Debian package of fashion-mnist is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "data: $*" >&2; }

# True if one of the folders holds training images, plain or compressed.
holds_images() {
  local folder
  for folder in "$@"; do
    compgen -G "$folder/train-images*" >/dev/null && return 0
    compgen -G "$folder/raw/train-images*" >/dev/null && return 0
  done
  return 1
}

find_set() {
  local roots=(./data) system=/usr/share/datasets/fashion-mnist
  [[ -n ${FF_DATA:-} ]] && roots=("$FF_DATA" "${roots[@]}")
  if holds_images "${roots[@]/%//mnist}" "${roots[@]/%//MNIST}"; then
    echo mnist
  elif holds_images "${roots[@]/%//fashion-mnist}" "${roots[@]/%//FashionMNIST}" "$system"; then
    echo fashion-mnist
  fi
}

install_package() {
  local package=dataset-fashion-mnist run=()
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; } || return 1
    run=(sudo)
  fi
  command -v apt-get >/dev/null || return 1
  say "installing $package"
  local install=("${run[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$package")
  "${install[@]}" >/dev/null 2>&1 </dev/null && return
  "${run[@]}" apt-get update -qq >/dev/null 2>&1 </dev/null || true
  "${install[@]}" >/dev/null 2>&1 </dev/null
}

found=$(find_set)
if [[ -z $found ]]; then
  install_package || true
  found=$(find_set)
fi
if [[ -z $found ]]; then
  say "no data set found, and the package dataset-fashion-mnist could not be installed" \
    "(on Ubuntu it is in universe). Download it with: build/ff data get fashion-mnist"
  exit 1
fi
echo "$found"
