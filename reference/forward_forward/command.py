"""What `ff plot` and `ff report` share: the command line, the choice of runs, and how output is written.

Errors are printed as the program `ff` prints its own: each line begins with "ff: ". The exit status is 0, 1 after an
error, 2 for wrong usage.
"""

import argparse
import difflib
import os
import re
import sys
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path

from .records import RecordError, load_runs


class UsageError(ValueError):
    """A command line that cannot be understood."""


class CommandError(RuntimeError):
    """What the command cannot do, in one line or several."""


class Parser(argparse.ArgumentParser):
    """argparse whose errors are UsageError, with the nearest option where one is unknown."""

    def __init__(self, **options):
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def error(self, message):
        raise UsageError(message.replace("argument ", "", 1) if message.startswith("argument ") else message)

    def parse_args(self, arguments=None, namespace=None):
        known, unknown = self.parse_known_args(arguments, namespace)
        for word in unknown:
            option = word.split("=")[0]
            if not option.startswith("-"):
                continue
            near = difflib.get_close_matches(option, self._option_string_actions, 1)
            raise UsageError(f"{option}: no such option" + (f"; did you mean '{near[0]}'?" if near else ""))
        known.places += unknown
        return known


def add_places(parser):
    """Adds the options that choose runs."""
    parser.add_argument("places", nargs="*", metavar="DIR|FILE.jsonl",
                        help="run folders, folders of them, record files of 'ff records pack' or FILE.jsonl/NAME")
    parser.add_argument("--names", action="append", default=[], metavar="PATTERN,...",
                        help="only experiments of these names; * stands for any characters")


def add_output(parser, what):
    """Adds --out and --force."""
    parser.add_argument("--out", metavar="FILE", required=False, help=what)
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")


def check_output(options, endings, example):
    """Returns the path of --out.

    Raises UsageError if there are no runs, no --out or another ending, CommandError for an existing file without --force.
    """
    if not options.places:
        raise UsageError("no runs named: give run folders or record files")
    if not options.out:
        raise UsageError(f"--out is missing: --out {example}")
    path = Path(options.out)
    if path.suffix.lower() not in endings:
        raise UsageError(f"--out {path}: allowed: a name that ends with {', '.join(endings)}")
    if path.is_dir():
        raise CommandError(f"{path}: is a folder")
    if path.exists() and not options.force:
        raise CommandError(f"{path}: exists; add --force to replace it")
    if not path.parent.is_dir():
        raise CommandError(f"{path}: there is no folder {path.parent}")
    return path


def chosen_runs(options, max_epochs=None):
    """Returns the runs of the command line's places and names. Raises RecordError, CommandError."""
    runs = []
    for place in options.places:
        found = load_runs(place, max_epochs=max_epochs)
        if not found:
            raise CommandError(f"{place}: no run in it; 'ff run' makes runs, by default in the folder runs")
        runs += found
    runs = list({(run.path.resolve() if run.path else id(run)): run for run in runs}.values())
    patterns = [name for names in options.names for name in names.split(",")]
    if not patterns:
        return runs
    kept = [run for run in runs if any(fnmatchcase(run.name, pattern) for pattern in patterns)]
    if not kept:
        raise CommandError(f"--names {','.join(patterns)}: fits no experiment; there are: "
                           + ", ".join(sorted({run.name for run in runs})))
    return kept


def write(path, content):
    """Writes bytes atomically: a failure leaves what was there before."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def note(command, text):
    """Prints a line on standard error."""
    print(f"ff {command}: {text}", file=sys.stderr)


def listed(words, limit=5):
    """Returns "a, b, c and 7 more"."""
    words = list(words)
    return ", ".join(words[:limit]) + (f" and {len(words) - limit} more" if len(words) > limit else "")


def missing(command, module, package=None):
    """Returns the text for a package that the interpreter lacks."""
    package = package or module
    return (f"ff {command} needs the Python package {package}, which {sys.executable} does not have; install it:\n"
            f"{sys.executable} -m pip install {package}\n"
            "or name another interpreter in the environment variable FF_PYTHON")


def run(command, main, arguments):
    """Runs a command's main; prints its error. Returns the exit status."""
    try:
        return main(arguments)
    except UsageError as error:
        text, code = f"{error}\ntry 'ff {command} --help'", 2
    except (CommandError, RecordError, OSError) as error:
        text, code = _plain(error), 1
    except KeyboardInterrupt:
        return 130
    for line in str(text).splitlines():
        print(f"ff: {line}", file=sys.stderr)
    return code


def _plain(error):
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def inches(text):
    """Returns (width, height) of "WIDTHxHEIGHT". Raises argparse's error."""
    found = re.fullmatch(r"(\d*\.?\d+)[x,](\d*\.?\d+)", text)
    if not found or not all(0.5 <= float(side) <= 100 for side in found.groups()):
        raise argparse.ArgumentTypeError(f"{text}: expected WIDTHxHEIGHT in inches, each 0.5 to 100, such as 3.5x2.6")
    return tuple(float(side) for side in found.groups())
