"""ff report: one page, without network access, of the runs in folders and record files."""

from pathlib import Path

from .. import command
from .model import epoch_limit
from .page import page
from .words import LANGUAGES

__all__ = ["main", "page"]


def parser():
    """Returns the parser of the command line."""
    parser = command.Parser(
        prog="ff report",
        description="Writes one HTML page of runs: configs, results, curves, pruning, time and memory; of run folders also\n"
                    "confusion matrices and first-layer weights. It needs no network and no other file.")
    command.add_places(parser)
    command.add_output(parser, "the page: a name that ends with .html")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the page (default: en)")
    parser.add_argument("--title", metavar="TEXT", help="its title")
    parser.add_argument("--data-root", metavar="DIR",
                        help="where to look for the labels of test sets, in place of the folder that the run used")
    return parser


def main(arguments):
    """Writes the page; returns the exit status."""
    options = parser().parse_args(arguments)
    path = command.check_output(options, (".html", ".htm"), "report.html")
    folders = sum(1 for place in options.places if Path(place).is_dir() for _ in Path(place).rglob("config.json"))
    runs = command.chosen_runs(options, max_epochs=epoch_limit(folders))
    content = page(runs, options.lang, options.title, options.data_root).encode()
    command.write(path, content)
    print(f"wrote {path} ({len(content) / 1e6:.1f} MB)")
    return 0
