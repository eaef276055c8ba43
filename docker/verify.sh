#!/usr/bin/env bash
# Verifies the Dockerfile on a machine without a Docker engine: creates a minimal Debian 12 with
# debootstrap, builds the image on it with buildah in a chroot (no daemon), and trains quickstart
# in the image, as the image's user and through its entry point.
#
#   docker/verify.sh [--keep] [--mirror URL]
#     --keep        keeps the image (ff-verify) and the base (ff-verify-base) for the next run
#     --mirror URL  Debian mirror; default: the mirror configured for apt on this machine
# Needs root, debootstrap, buildah, 25 GB of disk. Takes about 15 minutes on two cores.
#
# The base image gets this machine's package manager settings (apt sources and proxies, pip settings,
# certificates), which with a Docker engine would come from the base image.
set -euo pipefail
cd "$(dirname "$0")/.."

keep=0
mirror=""
while (($#)); do
  case $1 in
    --keep) keep=1 ;;
    --mirror) mirror=${2:?--mirror needs an address}; shift ;;
    *) sed -n '2,/^set/p' "$0" | sed '/^set/d; s/^# \{0,1\}//'; exit 2 ;;
  esac
  shift
done

say() { echo "verify: $*"; }
fail() { echo "verify: FAILED: $*" >&2; exit 1; }

[[ $(id -u) -eq 0 ]] || fail "needs root (debootstrap and buildah's chroot)"
for tool in debootstrap buildah; do
  command -v $tool >/dev/null || fail "missing: $tool. Install it: apt-get install -y $tool"
done

work=$(mktemp -d)
containers=()
clean() {
  for container in "${containers[@]:+${containers[@]}}"; do buildah rm "$container" >/dev/null; done
  ((keep)) || buildah rmi -f ff-verify ff-verify-base >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean EXIT

# Copies the host's package manager settings into the root file system.
copy_settings() {
  local root=$1 file
  for file in /etc/apt/apt.conf.d/*prox* /etc/pip.conf /usr/local/share/ca-certificates \
    /etc/ssl/certs/ca-certificates.crt; do
    [[ -e $file ]] || continue
    mkdir -p "$root$(dirname "$file")"
    cp -rL "$file" "$root$(dirname "$file")/"
  done
}

make_base() {
  local root=$work/root container
  if [[ -z $mirror ]]; then
    mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' 2>/dev/null |
      grep '/debian/*$' | head -n 1) || true
  fi
  say "creating a minimal Debian 12"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" ${mirror:+"$mirror"} \
    >"$work/log" 2>&1 || { tail "$work/log"; fail "debootstrap"; }
  copy_settings "$root"
  container=$(buildah from scratch)
  containers+=("$container")
  buildah add -q "$container" "$root" / >/dev/null
  buildah commit -q "$container" ff-verify-base >/dev/null
  rm -rf "$root"
}

# Environment variables that configure pip's registry and proxies; those set are passed to the build.
pip_arguments() {
  local name
  for name in PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_CERT PIP_DEFAULT_TIMEOUT \
    http_proxy https_proxy no_proxy; do
    if [[ -n ${!name:-} ]]; then echo "--env=$name=${!name}"; fi
  done
}

build_image() {
  local environment
  mapfile -t environment < <(pip_arguments)
  say "building the image"
  buildah bud --isolation chroot --format docker --build-arg BASE=localhost/ff-verify-base \
    --build-arg RUNTIME=localhost/ff-verify-base \
    --build-arg FF_COMMIT="$(git rev-parse HEAD 2>/dev/null || true)" "${environment[@]:+${environment[@]}}" \
    -t ff-verify . >"$work/log" 2>&1 || { tail -n 40 "$work/log"; fail "buildah bud"; }
  grep -E 'Building for|-- LibTorch' "$work/log" || true
}

# Runs a command in a container, through the image's entry point, as the image's user.
in_image() { buildah run --isolation chroot "$1" -- /opt/ff/bin/entrypoint.sh "${@:2}"; }

run_quickstart() {
  local container
  container=$(buildah from ff-verify)
  containers+=("$container")
  say "training quickstart in the image"
  in_image "$container" --version
  [[ $(buildah run --isolation chroot "$container" -- id -u) -ne 0 ]] || fail "it runs as root"
  in_image "$container" run configs/quickstart.json --quiet
  in_image "$container" report runs --out runs/report.html
  in_image "$container" plot runs --y train_loss --out runs/loss.pdf
  buildah run --isolation chroot "$container" -- sh -c 'ls /runs/*/seed-*/DONE' ||
    fail "no finished run in /runs"
}

if ((keep)) && buildah images ff-verify-base >/dev/null 2>&1; then
  say "reusing the base image"
else
  make_base
fi
build_image
run_quickstart
say "PASSED: the Dockerfile builds on a minimal Debian 12, and quickstart runs in the image as user ff"
