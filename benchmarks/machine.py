"""Hardware and software of the machine that runs a benchmark, and its energy counters."""

import ctypes
import platform
import subprocess
import sys
from pathlib import Path


def machine(options):
    """Returns the hardware and software on which the times depend."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), platform.processor())
    version = subprocess.run([options.program, "--version"], capture_output=True, text=True, check=True).stdout
    counter = "NVML, the GPU" if options.device == "cuda" else "RAPL, package"
    return {"cpu": model, "device": device_name(options), "threads": options.threads, "program": version.splitlines(),
            "repeats": options.repeats,
            "energy_joules": "not available" if energy(options.device) is None else counter}


def counted(count, noun):
    """Formats a count: "1 thread", "2 threads"."""
    return f"{count} {noun}" + "s" * (count != 1)


def device_name(options):
    """Returns the name of the GPU if the work runs on one, else "cpu"."""
    if options.device == "cpu":
        return "cpu"
    return subprocess.run([sys.executable, "-c", "import torch; print(torch.cuda.get_device_name())"],
                          capture_output=True, text=True, check=True).stdout.strip()


def energy(device):
    """Returns the energy counter of the GPU or the processor in joules, if available."""
    try:
        if device == "cuda":
            return gpu_energy()
        return int(Path("/sys/class/powercap/intel-rapl:0/energy_uj").read_text(encoding="utf-8")) / 1e6
    except (OSError, ValueError, AttributeError):
        return None


def gpu_energy():
    """Returns the energy used by the first GPU since its driver was loaded, in joules (NVML); raises OSError if unavailable."""
    nvml = ctypes.CDLL("libnvidia-ml.so.1")
    handle, millijoules = ctypes.c_void_p(), ctypes.c_ulonglong()
    for status in (nvml.nvmlInit_v2(), nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle)),
                   nvml.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(millijoules))):
        if status:
            raise OSError(f"NVML says {status}")
    return millijoules.value / 1e3
