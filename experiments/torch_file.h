// Files of Python's torch.save.
#pragma once

#include <filesystem>

#include "experiments/pickle.h"

namespace ff::experiments {

/// The object in a file: of the zip format, or of the older one that torch.save wrote before
/// PyTorch 1.6 and writes with _use_new_zipfile_serialization=False. Tensors are on the CPU. Throws
/// std::runtime_error of one line, naming the file and the cure.
PicklePtr read_torch_file(const std::filesystem::path& path);

}  // namespace ff::experiments
