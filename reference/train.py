"""Runs forward_forward.train from a source tree, without installing the package."""

import sys

from forward_forward.train import main

if __name__ == "__main__":
    sys.exit(main())
