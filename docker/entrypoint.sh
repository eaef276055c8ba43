#!/bin/sh
# Runs ff; first checks that /runs is writable, with a message that fits a container.
set -eu
if [ "${1:-}" = run ] && ! [ -w /runs ]; then
  echo "ff: /runs is not writable by user $(id -u). Run the container as the owner of the folder:" \
    'docker run --user "$(id -u):$(id -g)" ...' >&2
  exit 1
fi
exec /opt/ff/bin/ff "$@"
