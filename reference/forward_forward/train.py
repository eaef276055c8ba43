"""Runs an experiment config in plain PyTorch, in the style of the original notebooks, as the reference for `ff`.

    python reference/train.py CONFIG... [--set a.b=VALUE]... [--seeds 0,1] [--threads N] [--out DIR] [--data-root DIR]
"""

import argparse
import math
import resource
import sys
import time

import torch

from . import config as configs
from . import data as datasets
from .evaluation import evaluate
from .layers import set_rate
from .pruning import pruned
from .run_folder import RunFolder
from .training import TRAININGS


def main(arguments=None):
    """Runs every seed of every config; returns the exit code."""
    options = parse(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    for path in options.configs:
        try:
            run_config(path, options)
        except (OSError, ValueError, ArithmeticError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 1
    return 0


def parse(arguments):
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("configs", nargs="+", metavar="CONFIG", help="a JSON file from configs/, or the config.json of a run folder")
    parser.add_argument("--set", action="append", default=[], metavar="a.b=VALUE", help="change one value")
    parser.add_argument("--seeds", help="a list such as 0,1,2 instead of the config's")
    parser.add_argument("--threads", type=int, help="PyTorch's threads; the bits depend on them")
    parser.add_argument("--device", default="cpu", help="cpu or cuda; only a CPU's bits are compared with ff's")
    parser.add_argument("--out", default="runs/reference", help="folder of the run folders")
    parser.add_argument("--data-root", help="folder of the data sets")
    return parser.parse_args(arguments)


def run_config(path, options):
    """Runs the seeds of one config, or those of the command line."""
    config = configs.load(path, options.set)
    seeds = [int(seed) for seed in options.seeds.split(",")] if options.seeds else config["seeds"]
    data = datasets.load(config["dataset"], options.data_root)
    for seed in seeds:
        run(config, data, seed, options.out, torch.device(options.device))


def run(config, data, seed, out, device):
    """Trains and evaluates one seed and writes its run folder."""
    folder = RunFolder(out, config, seed, data)
    training = TRAININGS[config["model"]["type"]](config, data, seed)
    training.network.to(device)
    data = data.to(device)  # the training object keeps its data on the CPU, where its loaders read it
    steps, train_seconds = train(training, config, data, folder)

    begin = time.perf_counter()
    scores = judge(training.network, config, data)
    evaluate_seconds = time.perf_counter() - begin

    result = {
        "name": config["name"],
        "seed": seed,
        "device": str(device),
        "engine": "python",
        "epochs": config["schedule"]["epochs"],
        "steps": steps,
        **summary(scores),
        "train_seconds": train_seconds,
        "evaluate_seconds": evaluate_seconds,
        "peak_memory_bytes": peak_memory(device),
        "test_set_seen_in_training": config["evaluate"]["every_epoch"],
    }
    if config["prune"]["ratios"]:
        result["pruned"] = judge_pruned(training.network, config, data)
    if config["model"]["type"] == "ff":
        result["thresholds"] = training.network.thresholds()
        if training.network.head:
            result["head_loss"] = [training.network.head.loss_sum / training.network.head.images]
    folder.finish({part: score["predictions"] for part, score in scores.items()}, result)
    report(result)


def peak_memory(device):
    """Returns the peak memory in bytes: of tensors on a GPU, of the process on a CPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def train(training, config, data, folder):
    """Trains all phases; returns the number of steps and the training time in seconds."""
    max_steps = config["schedule"]["max_steps"] or math.inf
    epoch = steps = seconds = 0
    if config["evaluate"]["every_epoch"]:
        folder.metrics({"epoch": 0, **looks(training.network, config, data)})
    for phase, epochs, step in training.phases():
        for index in range(epochs):
            if steps >= max_steps:
                return steps, seconds
            epoch += 1
            training.begin_epoch()
            for optimizer, options in training.optimizers():
                set_rate(optimizer, options, index, epochs)
            begin = time.perf_counter()
            losses, done = train_epoch(training.batches(), step, max_steps - steps, data.train.images.device)
            duration = time.perf_counter() - begin
            training.end_epoch()
            steps, seconds = steps + done, seconds + duration

            record = {"epoch": epoch, "phase": phase, "train_loss": sum(losses) / len(losses), "steps": done,
                      "seconds": duration}
            if config["model"]["type"] == "ff":
                record.update(layer_losses=losses, thresholds=training.network.thresholds())
            if config["evaluate"]["every_epoch"]:
                record.update(looks(training.network, config, data))
            folder.metrics(record)
            if epoch % config["checkpoint"]["every_epochs"] == 0:
                folder.checkpoint(training.network, epoch)
            print(f"{phase}, epoch {epoch}: loss {record['train_loss']:.5f}, {duration:.1f} s", file=sys.stderr)
            if not math.isfinite(record["train_loss"]):
                raise ArithmeticError(f"loss is not finite in {phase}, epoch {epoch}")
    folder.checkpoint(training.network)
    return steps, seconds


def train_epoch(batches, step, max_steps, device):
    """Trains one epoch, or its first `max_steps` batches; returns the mean loss of each trained layer and the steps."""
    sums, images, steps = {}, 0, 0
    for batch in batches:
        for layer, loss in step(*(part.to(device) for part in batch)).items():
            sums[layer] = sums.get(layer, 0.0) + loss * len(batch[0])
        images += len(batch[0])
        steps += 1
        if steps == max_steps:
            break
    return [total / images for total in sums.values()], steps


def looks(network, config, data):
    """Returns the evaluations requested by `evaluate.every_epoch`."""
    found = {}
    for part in ("validation", "test"):
        images = getattr(data, part)
        if images:
            score = evaluate(network, images, config)
            found[f"{part}_accuracy"] = score["accuracy"]
            if "loss" in score:
                found[f"{part}_loss"] = score["loss"]
    return found


def judge(network, config, data):
    """Evaluates every available data set, by name."""
    sets = {"train": data.train, "test": data.test, "validation": data.validation}
    return {part: evaluate(network, images, config) for part, images in sets.items() if images}


def judge_pruned(network, config, data):
    """Returns the accuracies after pruning, by ratio."""
    results = {}
    for ratio in config["prune"]["ratios"]:
        smaller = pruned(network, ratio, config["prune"]["scope"])
        results[repr(float(ratio))] = summary(judge(smaller, config, data))
    return results


def summary(scores):
    """Returns the accuracies of result.json from the evaluations of all sets."""
    result = {f"{part}_accuracy": score["accuracy"] for part, score in scores.items()}
    methods = scores["test"].get("by_method", {})
    if len(methods) > 1:
        result["accuracy_by_method"] = {
            name: {part: score["by_method"][name] for part, score in scores.items()} for name in methods}
    for kind in ("by_prefix", "by_layer"):
        if kind in scores["test"]:
            result[f"accuracy_{kind}"] = {part: score[kind] for part, score in scores.items()}
    return result


def report(result):
    """Prints the final metrics."""
    print(f"{result['name']} seed {result['seed']}: train {result['train_accuracy']:.4f}, "
          f"test {result['test_accuracy']:.4f}, {result['train_seconds']:.1f} s")
    if "thresholds" in result:
        print("  thresholds " + ", ".join(f"{value:.5f}" for value in result["thresholds"]))
        print("  test, first layers " + ", ".join(f"{value:.4f}" for value in result["accuracy_by_prefix"]["test"]))
    for ratio, scores in result.get("pruned", {}).items():
        by_prefix = scores.get("accuracy_by_prefix", {}).get("test", [scores["test_accuracy"]])
        print(f"  {ratio} pruned, test " + ", ".join(f"{value:.4f}" for value in by_prefix))


if __name__ == "__main__":
    sys.exit(main())
