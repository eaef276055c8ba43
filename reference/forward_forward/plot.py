"""ff plot: a figure for a paper, of the runs in folders and record files."""

import io
import math

from . import command, points

# Okabe and Ito 2008: told apart by readers with any kind of colour vision; yellow is left out, as it is pale on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
ENDINGS = (".pdf", ".svg", ".png")
EXAMPLES = """examples:
  ff plot runs --x epoch --y test_accuracy --out curves.pdf
  ff plot results/talk.jsonl --x pruned --y test_error --names 'talk_mnist_*' --log-y --out pruning.svg
  ff plot runs --x optimizer.learning_rate --y test_error --group model.type --log-x --out rates.pdf
  ff plot runs --y threshold_layer_1 --ylabel '$\\theta_1$' --size 3.3x2.2 --out thresholds.pdf
"""


def parser():
    """Returns the parser of the command line."""
    parser = command.Parser(
        prog="ff plot", epilog=EXAMPLES,
        description="Draws a number of runs against another: a curve per group, the mean over its runs and their deviation.")
    command.add_places(parser)
    parser.add_argument("--x", default="epoch", metavar="KEY",
                        help="epoch, train_seconds or another number of metrics.jsonl; pruned, layer, prefix; or a key of the "
                             "config, such as optimizer.learning_rate (default: epoch)")
    parser.add_argument("--y", default="test_accuracy", metavar="KEY",
                        help="a number of metrics.jsonl or result.json, such as train_loss, test_error (in percent), "
                             "angle_layer_1 (default: test_accuracy)")
    parser.add_argument("--group", default="name", metavar="KEY,...",
                        help="runs that share a curve: name, seed, or keys of the config (default: name)")
    command.add_output(parser, "the figure: a name that ends with .pdf, .svg or .png")
    parser.add_argument("--spread", choices=points.SPREADS, default="sd",
                        help="around the mean: standard deviation (n - 1), standard error, range or none (default: sd)")
    parser.add_argument("--bars", action="store_true", help="error bars, in place of a band")
    parser.add_argument("--log-x", action="store_true", help="logarithmic x axis")
    parser.add_argument("--log-y", action="store_true", help="logarithmic y axis")
    parser.add_argument("--size", type=command.inches, default=(3.5, 2.6), metavar="WxH",
                        help="width and height in inches (default: 3.5x2.6, one column)")
    for name in ("title", "xlabel", "ylabel"):
        parser.add_argument(f"--{name}", metavar="TEXT", help="text, with LaTeX math between dollar signs")
    return parser


def main(arguments):
    """Draws the figure; returns the exit status."""
    options = parser().parse_args(arguments)
    path = command.check_output(options, ENDINGS, "figure.pdf")
    matplotlib = _matplotlib()
    runs = command.chosen_runs(options)
    done = [run for run in runs if run.status == "done"]
    for status in ("unfinished", "diverged"):
        left = [run.folder for run in runs if run.status == status]
        if left:
            command.note("plot", f"left out {len(left)} {status} run{'s' * (len(left) > 1)}: {command.listed(left)}")
    if not done:
        raise command.CommandError("no finished run among them")
    try:
        curves, dropped = points.curves(done, options.x, options.y, options.group.split(","), options.spread)
    except points.NoPoints as error:
        raise command.CommandError(str(error)) from error
    if dropped:
        are = "values that are" if dropped > 1 else "value that is"
        command.note("plot", f"left out {dropped} {are} NaN or infinite")
    if len(curves) > len(COLOURS) * len(LINES):
        raise command.CommandError(f"{len(curves)} curves, which nobody could tell apart; at most "
                                   f"{len(COLOURS) * len(LINES)}: choose experiments with --names, or another --group")
    command.write(path, figure(matplotlib, curves, options, path.suffix.lower()))
    print(f"wrote {path}")
    return 0


def _matplotlib():
    try:
        import matplotlib
    except ImportError as error:
        raise command.CommandError(command.missing("plot", "matplotlib")) from error
    matplotlib.use("Agg")
    return matplotlib


def figure(matplotlib, curves, options, ending):
    """Returns the file's content: vector graphics with the fonts embedded (pdf, svg), or 300 dots per inch (png).

    It depends on the runs and options only, so that a figure in a repository changes when its data do.
    """
    from matplotlib import pyplot

    settings = {"font.size": 8, "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.6,
                "pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "ff", "legend.frameon": False,
                "axes.formatter.useoffset": False}
    content = io.BytesIO()
    with pyplot.rc_context(settings):
        drawn, axes = pyplot.subplots(figsize=options.size, layout="constrained")
        try:
            _draw(axes, curves, options)
            metadata = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}, ".png": {}}[ending]
            drawn.savefig(content, format=ending[1:], dpi=300, metadata=metadata)
        except (ValueError, RuntimeError) as error:  # mathtext that cannot be parsed
            raise command.CommandError(_reason(error)) from error
        finally:
            pyplot.close(drawn)
    return content.getvalue()


def _reason(error):
    lines = [line for line in str(error).splitlines() if line.strip()]
    return "--title, --xlabel or --ylabel: " + " ".join(lines[-1:] or ["cannot be drawn"])


def _draw(axes, curves, options):
    if options.log_x:
        axes.set_xscale("log")
    if options.log_y:
        axes.set_yscale("log")
    for index, curve in enumerate(curves):
        _draw_curve(axes, curve, index, options)
    if not options.log_x and all(float(x).is_integer() for curve in curves for x in curve.x):
        axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel(_label(options.xlabel, options.x))
    axes.set_ylabel(_label(options.ylabel, options.y))
    if options.title:
        axes.set_title(options.title, fontsize="medium")
    if len(curves) > 1:
        axes.legend(fontsize="small", handlelength=2.2)


def _draw_curve(axes, curve, index, options):
    colour = COLOURS[index % len(COLOURS)]
    line = LINES[index // len(COLOURS) % len(LINES)]
    few = len(curve.x) <= 30
    style = {"color": colour, "linestyle": line, "linewidth": 1.2, "label": _plain(curve.group), "markersize": 3,
             "marker": MARKERS[index % len(MARKERS)] if few else None}
    spread = options.spread != "none" and any(low != high for low, high in zip(curve.low, curve.high))
    if spread and (options.bars or len(curve.x) == 1):
        below, above = ([abs(y - end) for y, end in zip(curve.y, ends)] for ends in (curve.low, curve.high))
        axes.errorbar(curve.x, curve.y, yerr=[below, above], capsize=2, elinewidth=0.8, **style)
        return
    axes.plot(curve.x, curve.y, **style)
    if spread:
        low = [value if not options.log_y or value > 0 else math.nan for value in curve.low]
        axes.fill_between(curve.x, low, curve.high, color=colour, alpha=0.2, linewidth=0)


def _label(text, key):
    """Returns the text of the command line, or the key in words."""
    if text is not None:
        return text
    unit = {"train_seconds": "training time (s)", "seconds": "seconds per epoch", "pruned": "share of weights pruned",
            "prefix": "first layers", "peak_memory_bytes": "peak memory (bytes)"}
    if key.endswith("_error"):
        return key.replace("_", " ") + " (%)"
    return unit.get(key, key.replace("_", " "))


def _plain(text):
    """Escapes dollar signs, which would begin math."""
    return text.replace("$", r"\$")
