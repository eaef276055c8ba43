#!/usr/bin/env python3
"""Writes every table and picture of the documents that is made from records in results/, or says which are out of date.

    scripts/docs.py build/ff [--check] [--parity PARITY.md]

`make docs` runs it. With --check it writes nothing, names each page that is out of date, and ends with 1 where there is one.
--parity FILE renews the parity tables with what tests/parity/parity.py --markdown FILE wrote.
"""

import argparse
import sys

import fill_tables
import rules_picture
import rules_table


def main():
    """Compares or writes each page; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the ff program")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--parity", help="the parity table")
    options = parser.parse_args()
    old = 0
    # Pictures first: the page links those that are there.
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
