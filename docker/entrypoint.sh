#!/bin/sh
# Runs ff, after the one check that ff cannot word for a container: whether /runs can be written.
set -eu
if [ "${1:-}" = run ] && ! [ -w /runs ]; then
  echo "ff: /runs cannot be written by user $(id -u). Run the container as the folder's owner:" \
    'docker run --user "$(id -u):$(id -g)" ...' >&2
  exit 1
fi
exec /opt/ff/bin/ff "$@"
