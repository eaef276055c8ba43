#!/usr/bin/env python3
"""Regenerates the tables and pictures in the documents from the records in results/, or lists outdated pages.

    scripts/docs.py build/ff [--check] [--parity PARITY.md]

Called by `make docs`. With --check, writes nothing, prints each outdated page and exits with 1 if there is one.
--parity FILE updates the parity tables from the output of tests/parity/parity.py --markdown FILE.
"""

import argparse
import sys

import fill_tables
import rules_picture
import rules_table


def main():
    """Checks or writes each page; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the ff program")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--parity", help="the parity table")
    options = parser.parse_args()
    old = 0
    # Pictures first, since the pages link only existing ones.
    for made in (rules_picture.pages(), rules_table.pages(), fill_tables.pages(options.program, options.parity)):
        for path, text in made:
            name = path.relative_to(fill_tables.ROOT)
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            old += 1
            if options.check:
                print(f"{name}: out of date with results/; run 'make docs'", file=sys.stderr)
            else:
                path.write_text(text, encoding="utf-8")
                print(f"renewed {name}")
    return 1 if options.check and old else 0


if __name__ == "__main__":
    sys.exit(main())
