"""python -m forward_forward plot|report ...: what the program runs for `ff plot` and `ff report`."""

import importlib
import sys

if sys.version_info < (3, 10):
    sys.exit(f"ff: ff plot and ff report need Python 3.10 or newer; {sys.executable} is {sys.version.split()[0]}")

from . import command  # noqa: E402

COMMANDS = ("plot", "report")


def main(arguments):
    """Returns the exit status of a command."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python -m forward_forward {'|'.join(COMMANDS)} ...", file=sys.stderr)
        return 2
    module = importlib.import_module(f"forward_forward.{arguments[0]}")
    return command.run(arguments[0], module.main, arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
