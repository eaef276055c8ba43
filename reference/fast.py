"""Runs forward_forward.fast from a source tree, without installing the package."""

import sys

from forward_forward.fast import main

if __name__ == "__main__":
    sys.exit(main())
