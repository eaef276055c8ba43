// Checkpoints: tensors by name in files that Python's torch.load reads (weights_only too), and that
// hold what Python's torch.save writes of dicts.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "ff/core/tensor_dict.h"

namespace ff::experiments {

/// "model" and whatever else there is to save, each a dict of tensors.
using Checkpoint = std::map<std::string, TensorDict>;

/// Writes dict of str -> dict of str -> tensor, on the CPU and contiguous, whole or not at all.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Reads it back, onto the CPU wherever it was saved; also what Python's torch.save writes of dicts
/// and of a module's state_dict(), in its older format too. Entries that are not dicts of tensors
/// (Python may save numbers beside them) are left out. Throws std::runtime_error of one line,
/// naming the file and the cure, when it is missing, cut short or something else.
Checkpoint load_checkpoint(const std::filesystem::path& path);

/// The same for a flat dict of str -> tensor: predictions.pt.
void save_tensors(const std::filesystem::path& path, const TensorDict& tensors);
TensorDict load_tensors(const std::filesystem::path& path);

}  // namespace ff::experiments
