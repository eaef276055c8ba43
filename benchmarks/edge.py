#!/usr/bin/env python3
"""Test accuracy of exported C code that trains online on MNIST: python3 benchmarks/edge.py build/ff

Exports each network, compiles it on this machine (the same bits as on a Cortex-M: tests/edge/qemu.py),
trains for --epochs epochs with a learning rate that falls linearly to 0, and prints the accuracy on
all 10,000 test images for three seeds. MNIST is searched as `ff data` does, in FF_DATA.
"""
import argparse
import gzip
import json
import os
import subprocess
import tempfile

PROGRAM = r"""
#include <stdio.h>
#include <stdlib.h>
#include "net.h"
static uint8_t *read_all(const char *name, long bytes) {
  FILE *file = fopen(name, "rb");
  uint8_t *to = malloc((size_t)bytes);
  if (file == 0 || to == 0 || fread(to, 1, (size_t)bytes, file) != (size_t)bytes) exit(2);
  fclose(file);
  return to;
}
int main(int n, char **v) {
  const long train = 60000, test = 10000, epochs = atol(v[1]);
  const float rate = (float)atof(v[2]);
  const uint8_t *images = read_all("train-images-idx3-ubyte", 16 + train * NET_INPUTS) + 16;
  const uint8_t *labels = read_all("train-labels-idx1-ubyte", 8 + train) + 8;
  const uint8_t *test_images = read_all("t10k-images-idx3-ubyte", 16 + test * NET_INPUTS) + 16;
  const uint8_t *test_labels = read_all("t10k-labels-idx1-ubyte", 8 + test) + 8;
  long step, right = 0;
  (void)n;
  net_init((uint32_t)atol(v[3]));
  for (step = 0; step < epochs * train; ++step) {
    const long i = step % train;
    net_set_rate(rate * (1.0f - (float)step / (float)(epochs * train)));
    if (net_train(images + i * NET_INPUTS, labels[i]) != NET_OK) return 3;
  }
  for (step = 0; step < test; ++step) right += net_infer(test_images + step * NET_INPUTS, 0) == test_labels[step];
  printf("%.2f\n", (double)right / 100.0);
  return 0;
}
"""
NAMES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
# rule, side of the images, widths, storage, learning rate
NETWORKS = [
    ("ff", 28, [64, 32], "float32", 0.1),
    ("ff", 28, [64, 32], "bf16", 0.1),
    ("ff", 28, [64, 32], "int8", 0.1),
    ("bp", 28, [64, 32, 10], "float32", 0.02),
    ("ff", 14, [64, 32], "float32", 0.1),
    ("ff", 14, [110, 60], "bf16", 0.1),
    ("bp", 14, [64, 32, 10], "float32", 0.02),
]


def find(name):
    for folder, _, files in os.walk(os.environ.get("FF_DATA", "data")):
        for file in files:
            if file in (name, name + ".gz") and "fashion" not in folder:
                path = os.path.join(folder, file)
                return (gzip.open(path) if file.endswith(".gz") else open(path, "rb")).read()
    raise SystemExit(f"MNIST is not in FF_DATA: no {name}")


def halved(images):
    """Returns IDX bytes of images of half the side: means of 2x2 pixels, rounded."""
    rows = images[16:]
    out = bytearray(images[:8] + (14).to_bytes(4, "big") * 2)
    for at in range(0, len(rows), 56):
        a, b = rows[at:at + 28], rows[at + 28:at + 56]
        out += bytes((a[j] + a[j + 1] + b[j] + b[j + 1] + 2) // 4 for j in range(0, 28, 2))
    return bytes(out)


def config_of(rule, widths, folder):
    config = {"name": "net", "dataset": {"type": "idx", "root": folder, "normalize": "none"},
              "model": {"type": rule, "widths": widths}, "optimizer": {"type": "sgd", "learning_rate": 0.1}, "batch_size": 1}
    if rule == "ff":
        config["model"].update({"normalize": {"type": "rms"}, "threshold": {"initial": 2.0}})
        config["schedule"] = {"type": "parallel"}
    return config


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", default="1,2,3")
    options = parser.parse_args()
    files = {name: find(name) for name in NAMES}
    with tempfile.TemporaryDirectory() as work:
        for side in (28, 14):
            os.mkdir(os.path.join(work, str(side)))
            for name, content in files.items():
                with open(os.path.join(work, str(side), name), "wb") as file:
                    file.write(halved(content) if side == 14 and "images" in name else content)
        for i, (rule, side, widths, storage, rate) in enumerate(NETWORKS):
            data, out = os.path.join(work, str(side)), os.path.join(work, f"out{i}")
            with open(os.path.join(work, "net.json"), "w") as file:
                json.dump(config_of(rule, widths, data), file)
            subprocess.run([options.program, "export", os.path.join(work, "net.json"), "--out", out, "--storage", storage],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with open(os.path.join(out, "accuracy.c"), "w") as file:
                file.write(PROGRAM)
            subprocess.run("cc -O3 -march=native -fno-math-errno -ffp-contract=off -o accuracy accuracy.c net.c", shell=True, cwd=out, check=True)
            results = [subprocess.run([os.path.join(out, "accuracy"), str(options.epochs), str(rate), seed], cwd=data, check=True,
                                      capture_output=True, text=True).stdout.strip() for seed in options.seeds.split(",")]
            shape = "-".join(map(str, [side * side, *widths]))
            print(f"{rule} {shape} {storage}, rate {rate}, {options.epochs} epochs: {' '.join(results)} %", flush=True)


if __name__ == "__main__":
    main()
