#include "experiments/torch_file.h"

#include <caffe2/serialize/inline_container.h>
#include <cstring>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <ATen/Functions.h>

#include "experiments/data/zip.h"
#include "experiments/files.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;
using Kind = PickleValue::Kind;

// Signature of the legacy format: the pickled magic number 0x1950a86a20f9469cfc6c.
constexpr std::string_view kOlderFormat =
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

// Persistent id of a storage: ("storage", class, key, location, element count, ...).
struct StorageId {
  at::ScalarType type;
  std::string key;
  std::int64_t count;

  explicit StorageId(const PickleValue& id) {
    if (id.items.size() < 5 || id.items[0]->text != "storage") {
      throw std::runtime_error("a persistent id that is not a storage");
    }
    type = storage_type(*id.items[1]);
    key = id.items[2]->text;
    count = id.items[4]->integer;
  }
};

// Rejects two element types for one storage, which torch.save never writes.
const at::Tensor& checked(const at::Tensor& storage, const StorageId& id) {
  if (storage.scalar_type() == id.type) return storage;
  throw std::runtime_error("a storage with two types");
}

PicklePtr read_zip(caffe2::serialize::PyTorchStreamReader& archive) {
  std::map<std::string, at::Tensor> storages;
  const auto load_storage = [&](const PickleValue& value) {
    const StorageId id(value);
    auto& storage = storages[id.key];
    if (!storage.defined()) {
      auto [data, size] = archive.getRecord("data/" + id.key);
      auto* bytes = data.get();
      auto owner = std::make_shared<at::DataPtr>(std::move(data));
      const auto count = static_cast<std::int64_t>(size / c10::elementSize(id.type));
      storage = at::from_blob(
          bytes, {count}, [owner](void*) {}, at::TensorOptions(id.type));
    }
    return checked(storage, id);
  };
  if (archive.hasRecord("byteorder")) {
    const auto [order, size] = archive.getRecord("byteorder");
    if (std::string_view(static_cast<const char*>(order.get()), size) == "big") {
      throw std::runtime_error("big-endian numbers");
    }
  }
  const auto [program, size] = archive.getRecord("data.pkl");
  return PickleReader({static_cast<const char*>(program.get()), size}, load_storage).read();
}

// Layout: magic number, protocol version, system information, object, storage keys, storage data.
PicklePtr read_older(std::string_view bytes) {
  std::map<std::string, at::Tensor> storages;
  const auto load_storage = [&](const PickleValue& value) {
    const StorageId id(value);
    auto& storage = storages[id.key];
    const auto size = static_cast<std::int64_t>(c10::elementSize(id.type));
    if (id.count < 0 || id.count > static_cast<std::int64_t>(bytes.size()) / size) {
      throw std::runtime_error("a storage that is larger than the file");
    }
    if (!storage.defined()) storage = at::empty({id.count}, id.type);
    return checked(storage, id);
  };
  PickleReader reader(bytes, load_storage);
  for (int skipped = 0; skipped < 3; ++skipped) reader.read();
  const auto object = reader.read();
  const auto keys = reader.read();
  for (const auto& key : keys->items) {
    const auto found = storages.find(key->text);
    if (found == storages.end()) throw std::runtime_error("an unused storage");
    reader.take(sizeof(std::int64_t));  // element count, already known from the persistent id
    const auto data = reader.take(found->second.nbytes());
    if (!data.empty()) std::memcpy(found->second.data_ptr(), data.data(), data.size());
    storages.erase(found);
  }
  if (!storages.empty()) throw std::runtime_error("a storage without data");
  return object;
}

}  // namespace

PicklePtr read_torch_file(const fs::path& path) {
  auto bytes = read_file(path);
  // LibTorch's own error messages contain stack traces, so they are replaced.
  if (std::string_view(bytes).starts_with(kOlderFormat)) {
    try {
      return read_older(bytes);
    } catch (const std::exception&) {
      throw std::runtime_error(
          path.string() +
          ": is in the legacy format of torch.save, and truncated or unsupported; save it again in "
          "Python: torch.save(torch.load(FILE), FILE)");
    }
  }
  std::istringstream stream;
  std::optional<caffe2::serialize::PyTorchStreamReader> archive;
  try {
    // Validates the member sizes first: LibTorch's reader allocates whatever size the archive
    // states.
    zip_members(bytes, path.string(), "");
    stream.str(std::move(bytes));
    archive.emplace(&stream);
  } catch (const std::exception&) {
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    throw std::runtime_error(path.string() +
                             ": truncated, or not a checkpoint; remove the run folder " +
                             folder.string() + " and run again, without --resume");
  }
  try {
    return read_zip(*archive);
  } catch (const std::exception&) {
    throw std::runtime_error(path.string() +
                             ": holds something other than a dict of tensors; in Python, save "
                             "{\"model\": network.state_dict()}");
  }
}

}  // namespace ff::experiments
