"""Generates the table of docs/rules.md on sign concordance: effect of its fraction, of magnitudes and of the two aids."""

from fill_tables import mean_text
from records import choice_of, runs_of

AIDS = {"none": "neither", "bn": "batch normalisation", "bm": "Batch Manhattan", "bn_bm": "both"}
MAGNITUDES = {"zoo_usf": "uniform (`usf`)", "zoo_frsf": "random (`frsf`)"}
SHARE = "concordant-"


def figures(place):
    """Returns the test errors of the runs of each experiment in PLACE, in percent; None for a diverged run."""
    found = {}
    for run in runs_of(place):
        if run.status != "unfinished":
            error = None if run.status == "diverged" else 100 * (1 - run.result["test_accuracy"])
            found.setdefault(run.name, []).append(error)
    return found


def cell(errors):
    """Formats "12.34 ± 0.56" and the number of diverged runs."""
    sound = [error for error in errors if error is not None]
    lost = len(errors) - len(sound)
    text = mean_text(sound, 2) if sound else ""
    return f"{text}, {lost} diverged" if text and lost else text or "diverged" * bool(lost)


def signs_table(place):
    """Formats the table. Rows: aid and magnitudes; columns: fraction of concordant signs, and backpropagation."""
    found = figures(place)
    chosen = choice_of(place)["chosen"]
    shares = sorted({float(name.split(SHARE)[1]) for name in found if SHARE in name})
    header = ["aid", "magnitudes", *(f"{100 * share:g} %" for share in shares), "backpropagation"]
    lines = [header, ["---", "---", *["---:"] * (len(shares) + 1)]]
    for aid, words in AIDS.items():
        for config, magnitudes in MAGNITUDES.items():
            names = [f"{config}.{aid}.{SHARE}{share:g}" for share in shares] + [f"zoo_bp.{aid}"]
            lines.append([words, magnitudes, *(cell(found.get(name, ())) for name in names)])
    counts = {len(errors) for errors in found.values()}
    edges = sum(bool(choice["edges"]) for choice in chosen.values())
    note = (f"Runs of each cell: {', '.join(map(str, sorted(counts)))}. In {edges} of {len(chosen)} cells the best rate tried was the "
            "smallest or the largest.")
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{note}"
