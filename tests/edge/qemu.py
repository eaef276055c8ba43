#!/usr/bin/env python3
"""Exported C code on emulated Cortex-M and RISC-V machines: python3 tests/edge/qemu.py build/ff

For each kind of training and storage: the same CRC over all state after 200 steps as on this
machine, static memory as memory.txt says it, bounds of stack and code, no library function but
memset. On MNIST, if it is found, also bounds of instructions per sample. Exit status 77: the
compilers or QEMU are not installed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOOLS = ["cc", "make", "arm-none-eabi-gcc", "qemu-system-arm", "riscv64-unknown-elf-gcc", "qemu-system-riscv32"]
BOARDS = ["qemu", "qemu-m7", "qemu-m55", "qemu-rv32"]
STACK, CODE = 512, 8192
FF = {"name": "net", "model": {"type": "ff", "widths": [64, 32], "normalize": {"type": "rms"}, "threshold": {"initial": 2.0}},
      "optimizer": {"type": "sgd", "learning_rate": 0.1}, "batch_size": 1, "schedule": {"type": "parallel", "epochs": 0},
      "negatives": {"redraw": "epoch", "pairing": "paired"}}
BP = {"name": "net", "model": {"type": "bp", "widths": [64, 32, 10]}, "optimizer": {"type": "sgd", "learning_rate": 0.02},
      "batch_size": 1, "schedule": {"epochs": 0}}
ADAM = {"optimizer": {"type": "adam", "learning_rate": 0.001}}
MOMENTUM = {"optimizer": {"type": "sgd", "learning_rate": 0.02, "momentum": 0.9}}
# name, config, changes, options, machines, most instructions of a training step and of an inference on MNIST
CASES = [
    ("FF sgd", FF, {}, [], BOARDS, 200000, 200000),
    ("FF adam", FF, ADAM, [], BOARDS[:1] + BOARDS[3:], None, 200000),
    ("FF momentum", FF, MOMENTUM, [], BOARDS[:1], None, 200000),
    ("FF bf16", FF, {}, ["--storage", "bf16"], BOARDS, 300000, 260000),
    ("FF int8", FF, {}, ["--storage", "int8"], BOARDS, 700000, 270000),
    ("FF int8, inference", FF, {}, ["--storage", "int8", "--inference"], BOARDS[:1], None, 170000),
    ("BP sgd", BP, {}, [], BOARDS, 160000, 100000),
    ("BP adam", BP, ADAM, [], BOARDS[:1], None, 100000),
]


def run(*command, folder=None):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def check(holds, text):
    if not holds:
        raise SystemExit(f"edge: {text}")


def export(ff, folder, config, changes, options):
    """Exports a run of no epochs for inference, else a config."""
    import json
    with open(os.path.join(folder, "net.json"), "w") as file:
        json.dump({**config, **changes, "seeds": [0]}, file)
    data = ["--set", "dataset.name=mnist", "--set", "dataset.normalize=none"]
    named = subprocess.run([ff, "samples", "net.json", *data, "--count", "1"], cwd=folder, capture_output=True)
    bp = config["model"]["type"] == "bp"
    found = named.returncode == 0 or (bp and b"has no positives" in named.stderr)
    if not found:
        data = ["--set", "dataset.name=synthetic", "--set", "dataset.normalize=none"]
        if bp:
            data += ["--set", "model.widths=[64,32,4]"]
    source = "net.json"
    if "--inference" in options:
        run(ff, "run", "net.json", *data, "--threads", "1", "--quiet", folder=folder)
        source, data = os.path.join("runs", "net", "seed-0"), []
    run(ff, "export", source, *data, "--out", "c", "--samples", "200", *options, folder=folder)
    return found, os.path.join(folder, "c")


def number(pattern, text):
    return int(re.search(pattern, text, re.MULTILINE).group(1))


def check_size(name, folder):
    """Compares the linker's figures with memory.txt."""
    said = open(os.path.join(folder, "memory.txt")).read()
    text = run("make", "size", folder=folder)
    code, data, bss = map(int, re.search(r"^\s*(\d+)\s+(\d+)\s+(\d+).*\snet\.o$", text, re.MULTILINE).groups())
    check(data + bss == number(r"^RAM +(\d+) B", said), f"{name}: memory.txt differs from size:\n{said}{text}")
    flash = number(r"^flash +(\d+) B", said)
    weights = re.search(r"^\s*(\d+)\s+0\s+0.*\snet_weights\.o$", text, re.MULTILINE)
    check((int(weights.group(1)) if weights else 0) == flash, f"{name}: flash {flash} B differs from size:\n{text}")
    undefined = set(re.findall(r"^\s+U (\w+)$", text, re.MULTILINE))
    check(undefined <= {"memset", "net_weights", "net_small", "net_scales"}, f"{name}: undefined {undefined}")
    stack = max(int(size) for size in re.findall(r"^net\.c:\S+\s+(\d+)\s+static$", text, re.MULTILINE))
    check(stack * 2 <= STACK, f"{name}: a function takes {stack} B of stack")
    check(code <= CODE, f"{name}: {code} B of code")
    return f"RAM {data + bss}, flash {flash}, code {code}, largest frame {stack}"


def check_runs(name, folder, boards, on_mnist, training, inference):
    """Compares the machines' states with this machine's."""
    run("make", "example.out", folder=folder)
    here = run(os.path.join(folder, "example.out"))
    state = re.search(r"crc (\w+)", here)
    right = re.search(r"(\d+) of", here).group(1)
    large = "RAM=0x100000"
    for board in boards:
        text = run("make", board, "STACK=2048", *([large] if "adam" in name or "momentum" in name else []), folder=folder)
        if state:
            check(state.group(0) in text, f"{name}, {board}: not {state.group(0)}:\n{text}")
        check(f"{right} of" in text, f"{name}, {board}: not {right} right:\n{text}")
        if board != "qemu":
            continue
        counts = dict(re.findall(r"^(training step|inference): (\d+) instructions", text, re.MULTILINE))
        for what, most in (("training step", training), ("inference", inference)):
            if on_mnist and most and what in counts:
                check(int(counts[what]) <= most, f"{name}: {counts[what]} instructions, allowed {most}")
    said = ", ".join(f"{what} {count}" for what, count in counts.items())
    return f"{state.group(0) if state else right + ' right'} on {len(boards)} machines and here; instructions: {said}"


def main():
    ff = os.path.abspath(sys.argv[1])
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        print(f"edge: skipped, not installed: {', '.join(missing)}")
        return 77
    for name, config, changes, options, boards, training, inference in CASES:
        with tempfile.TemporaryDirectory() as folder:
            on_mnist, out = export(ff, folder, config, changes, options)
            run("make", folder=out)
            print(f"{name}: {check_size(name, out)}; {check_runs(name, out, boards, on_mnist, training, inference)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
