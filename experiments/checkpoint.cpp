#include "experiments/checkpoint.h"

#include <caffe2/serialize/inline_container.h>
#include <stdexcept>

#include <ATen/core/Dict.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/serialization/pickler.h>

#include "experiments/files.h"
#include "experiments/torch_file.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;
using PickledTensors = c10::Dict<std::string, at::Tensor>;

// Compacts the tensor: serialising a view would write its whole storage.
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

// As torch::pickle_save, but without TorchScript type tags on dicts, which torch.load rejects with
// weights_only=True; the result equals that of Python's torch.save. Tensors are streamed to the
// file instead of being copied into a buffer first, so saving needs no extra memory.
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

const PickleValue& dict_in(const fs::path& path, const PicklePtr& value) {
  if (value->is(PickleValue::Kind::kDict)) return *value;
  throw unreadable(path,
                   "holds something other than a dict of tensors; in Python, save "
                   "{\"model\": network.state_dict()}");
}

// Collects the entries of a dict[str, Tensor]; returns false if it is not such a dict.
bool read_tensors(const PickleValue& dict, TensorDict& tensors) {
  if (!dict.is(PickleValue::Kind::kDict)) return false;
  for (const auto& [key, value] : dict.entries) {
    if (!key->is(PickleValue::Kind::kText) || !value->is(PickleValue::Kind::kTensor)) return false;
    tensors[key->text] = value->tensor;
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
  const auto file = read_torch_file(path);
  Checkpoint checkpoint;
  for (const auto& [key, value] : dict_in(path, file).entries) {
    TensorDict tensors;
    if (key->is(PickleValue::Kind::kText) && read_tensors(*value, tensors)) {
      checkpoint[key->text] = std::move(tensors);
    }
  }
  if (checkpoint.empty()) {
    throw unreadable(path,
                     "holds no dict of tensors, such as \"model\"; in Python, save "
                     "{\"model\": network.state_dict()}");
  }
  return checkpoint;
}

void save_tensors(const fs::path& path, const TensorDict& tensors) {
  write_pickled(path, to_pickle(tensors));
}

TensorDict load_tensors(const fs::path& path) {
  const auto file = read_torch_file(path);
  TensorDict tensors;
  if (!read_tensors(dict_in(path, file), tensors))
    throw unreadable(path, "holds something other than tensors");
  return tensors;
}

}  // namespace ff::experiments
