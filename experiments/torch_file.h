// Reader for files written by Python's torch.save.
#pragma once

#include <filesystem>

#include "experiments/pickle.h"

namespace ff::experiments {

/// Reads the object in a file, in the zip format or in the legacy format (PyTorch before 1.6, or
/// _use_new_zipfile_serialization=False). Tensors are on the CPU. Throws std::runtime_error with a
/// one-line message that names the file and the remedy.
PicklePtr read_torch_file(const std::filesystem::path& path);

}  // namespace ff::experiments
