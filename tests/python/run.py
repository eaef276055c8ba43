"""Runs the tests of the Python package: python tests/python/run.py build/ff [PATTERN].

Tests whose packages are missing (NumPy, pandas, matplotlib, torch) or that need a browser are skipped, one line for each.
"""

import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    """Returns the exit status of the tests."""
    os.environ["FF_PROGRAM"] = str(Path(sys.argv[1]).resolve())
    pattern = sys.argv[2] if len(sys.argv) > 2 else "test_*.py"
    result = unittest.TextTestRunner().run(unittest.defaultTestLoader.discover(str(HERE), pattern))
    for test, reason in result.skipped:
        print(f"skipped {test}: {reason}", file=sys.stderr)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
