// Checkpoints: named tensors in the file format of Python's torch.save, readable with torch.load,
// also with weights_only=True.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "ff/core/tensor_dict.h"

namespace ff::experiments {

/// Maps "model", "optimizer", ... to dictionaries of named tensors.
using Checkpoint = std::map<std::string, TensorDict>;

/// Writes a dict[str, dict[str, Tensor]] with contiguous CPU tensors. The write is atomic.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Loads a checkpoint onto the CPU, whatever device it was saved from. Also reads dicts and
/// state_dict() files that Python's torch.save wrote, including its legacy (pre-1.6) format.
/// Entries that are not dicts of tensors are skipped. Throws std::runtime_error with a one-line
/// message that names the file and the remedy if the file is missing, truncated or not a
/// checkpoint.
Checkpoint load_checkpoint(const std::filesystem::path& path);

/// Save and load a flat dict[str, Tensor], used for predictions.pt.
void save_tensors(const std::filesystem::path& path, const TensorDict& tensors);
TensorDict load_tensors(const std::filesystem::path& path);

}  // namespace ff::experiments
