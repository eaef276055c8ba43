#include "experiments/checkpoint.h"

#include <caffe2/serialize/inline_container.h>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <ATen/core/Dict.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/serialization/import_read.h>
#include <torch/csrc/jit/serialization/pickler.h>

#include "experiments/files.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;
using PickledTensors = c10::Dict<std::string, at::Tensor>;

// A view would drag its whole storage into the file.
at::Tensor to_save(const at::Tensor& tensor) {
  auto saved = tensor.detach().cpu().contiguous();
  if (saved.storage().nbytes() != saved.nbytes()) saved = saved.clone();
  return saved;
}

PickledTensors to_pickle(const TensorDict& tensors) {
  PickledTensors dict;
  for (const auto& [name, tensor] : tensors) dict.insert(name, to_save(tensor));
  return dict;
}

// As torch::pickle_save, which tags each dict with its TorchScript type: Python's torch.load then
// refuses weights_only. Without the tags it is what Python's own torch.save writes.
// The tensors go to the file as they are, so that a checkpoint takes no memory.
void write_pickled(const fs::path& path, const c10::IValue& value) {
  std::string program;
  torch::jit::Pickler pickler([&](const char* data, size_t size) { program.append(data, size); },
                              /*tensor_table=*/nullptr,
                              /*type_renamer=*/nullptr,
                              /*memoized_class_types=*/nullptr,
                              /*get_tensor_id=*/nullptr,
                              /*tag_aggregates=*/false);
  pickler.protocol();
  pickler.pushIValue(value);
  pickler.stop();

  write_file_in_parts(path, [&](const ByteSink& sink) {
    caffe2::serialize::PyTorchStreamWriter writer([&](const void* data, size_t size) {
      sink(data, size);
      return size;
    });
    size_t index = 0;
    for (const auto& tensor : pickler.tensorData()) {
      writer.writeRecord("data/" + std::to_string(index++), tensor.data_ptr(), tensor.nbytes());
    }
    writer.writeRecord("data.pkl", program.data(), program.size());
    writer.writeEndOfFile();
  });
}

std::runtime_error unreadable(const fs::path& path, const std::string& why) {
  return std::runtime_error(path.string() + ": " + why);
}

// As torch::pickle_load does, but onto the CPU: a checkpoint saved on a GPU must open without one.
c10::IValue unpickle(caffe2::serialize::PyTorchStreamReader& archive) {
  return torch::jit::readArchiveAndTensors("data",
                                           /*pickle_prefix=*/"",
                                           /*tensor_prefix=*/"",
                                           /*type_resolver=*/std::nullopt,
                                           /*obj_loader=*/std::nullopt,
                                           at::Device(at::kCPU),
                                           archive);
}

// LibTorch's own text would be a stack trace of many lines.
c10::impl::GenericDict load(const fs::path& path) {
  std::istringstream bytes(read_file(path));
  std::optional<caffe2::serialize::PyTorchStreamReader> archive;
  try {
    archive.emplace(&bytes);
  } catch (const std::exception&) {
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    throw unreadable(path,
                     "cut short, or not a checkpoint; remove the run folder " + folder.string() +
                         " and run again, without --resume");
  }
  try {
    return unpickle(*archive).toGenericDict();
  } catch (const std::exception&) {
    throw unreadable(path,
                     "holds something other than a dict of tensors; in Python, save "
                     "{\"model\": dict(network.state_dict())}");
  }
}

// The tensors among the entries; none when it is not a dict of str -> tensor.
bool read_tensors(const c10::impl::GenericDict& dict, TensorDict& tensors) {
  for (const auto& entry : dict) {
    if (!entry.key().isString() || !entry.value().isTensor()) return false;
    tensors[entry.key().toStringRef()] = entry.value().toTensor();
  }
  return true;
}

}  // namespace

void save_checkpoint(const fs::path& path, const Checkpoint& checkpoint) {
  c10::Dict<std::string, PickledTensors> dict;
  for (const auto& [name, tensors] : checkpoint) dict.insert(name, to_pickle(tensors));
  write_pickled(path, dict);
}

Checkpoint load_checkpoint(const fs::path& path) {
  Checkpoint checkpoint;
  for (const auto& entry : load(path)) {
    TensorDict tensors;
    if (entry.key().isString() && entry.value().isGenericDict() &&
        read_tensors(entry.value().toGenericDict(), tensors)) {
      checkpoint[entry.key().toStringRef()] = std::move(tensors);
    }
  }
  if (checkpoint.empty()) throw unreadable(path, "holds no dict of tensors, such as \"model\"");
  return checkpoint;
}

void save_tensors(const fs::path& path, const TensorDict& tensors) {
  write_pickled(path, to_pickle(tensors));
}

TensorDict load_tensors(const fs::path& path) {
  TensorDict tensors;
  if (!read_tensors(load(path), tensors))
    throw unreadable(path, "holds something other than tensors");
  return tensors;
}

}  // namespace ff::experiments
