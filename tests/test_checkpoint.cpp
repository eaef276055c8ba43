#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "experiments/checkpoint.h"
#include "experiments/files.h"
#include "ff/engines/compute_device.h"
#include "tests/catch.h"
#include "tests/data_files.h"
#include "tests/paths.h"
#include "tests/process.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

Checkpoint sample() {
  return {{"model",
           {{"layers.0.weight", at::arange(6, at::kFloat).view({2, 3}).set_requires_grad(true)},
            {"layers.0.threshold", at::full({1}, 5.0)}}},
          {"loop",
           {{"generator", at::arange(5056).to(at::kByte)},
            {"step", at::scalar_tensor(7, at::kLong)},
            {"done", at::ones({1}, at::kBool)},
            {"rate", at::scalar_tensor(0.1, at::kDouble)}}},
          {"learner", {}}};
}

bool same(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && at::equal(a, b);
}

// Returns the error message, which must be one line that starts with the file name.
std::string load_error(const std::filesystem::path& path) {
  const auto message = message_of([&] { load_checkpoint(path); });
  CHECK(message.find('\n') == std::string::npos);
  CHECK_THAT(message, ContainsSubstring(path.string()));
  return message;
}

// A truncated file, or one with a byte changed, is either read or rejected with an error.
void check_damaged_older(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  const DataFolder folder;
  for (const auto length : {bytes.size() / 3, bytes.size() / 2, bytes.size() - 1}) {
    write_bytes(folder / "cut.pt", bytes.substr(0, length));
    CHECK_THAT(load_error(folder / "cut.pt"), ContainsSubstring("save it again in Python"));
  }
  int refused = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x55);
    write_bytes(folder / "changed.pt", changed);
    try {
      load_checkpoint(folder / "changed.pt");
    } catch (const std::runtime_error&) {
      ++refused;
    }
  }
  CHECK(refused > 50);
}

const char* kReadAndWrite = R"(
import collections, sys, torch
folder = sys.argv[1]
loaded = torch.load(folder + '/cpp.pt', weights_only=True)
assert list(loaded) == ['learner', 'loop', 'model'] and loaded['learner'] == {}, loaded
model, loop = loaded['model'], loaded['loop']
assert type(loaded) is dict and type(model) is dict
assert torch.equal(model['layers.0.weight'], torch.arange(6.).view(2, 3))
assert not model['layers.0.weight'].requires_grad
assert torch.equal(model['layers.0.threshold'], torch.tensor([5.]))
assert loop['generator'].dtype == torch.uint8 and loop['step'].item() == 7
assert loop['done'].dtype == torch.bool and loop['rate'].item() == 0.1
flat = torch.load(folder + '/flat.pt', weights_only=True)
assert torch.equal(flat['test'], torch.tensor([3, 4])), flat

linear = torch.nn.Linear(3, 2)
with torch.no_grad():
    linear.weight.copy_(torch.arange(6.).view(2, 3))
torch.save({'model': dict(linear.state_dict()), 'epoch': 3, 'notes': ['x']}, folder + '/py.pt')
torch.save({'model': dict(linear.named_parameters())}, folder + '/parameters.pt')
torch.save({'test': torch.tensor([3, 4])}, folder + '/py_flat.pt')
model = linear.state_dict()
torch.save({'model': model}, folder + '/ordered.pt')
torch.save({'model': model, 'learner': {'half': torch.ones(2).bfloat16(), 'view': torch.arange(6)[::2]}},
           folder + '/older.pt', _use_new_zipfile_serialization=False)
torch.save({'model': model}, folder + '/protocol4.pt', pickle_protocol=4)
torch.save({'model': model, 'module': linear, 'counter': collections.Counter('aab'), 'rate': 0.5,
            'large': 2 ** 70, 'negative': -3, 'bytes': b'x', 'set': {1, 2}}, folder + '/more.pt')
torch.save(linear, folder + '/module.pt')
torch.save(model, folder + '/bare.pt')
torch.save([1, 2], folder + '/list.pt')
)";

}  // namespace

TEST_CASE("A checkpoint comes back as it was saved", "[checkpoint]") {
  const DataFolder folder;
  const auto saved = sample();
  save_checkpoint(folder / "a.pt", saved);
  const auto loaded = load_checkpoint(folder / "a.pt");
  REQUIRE(loaded.size() == saved.size());
  for (const auto& [name, tensors] : saved) {
    REQUIRE(loaded.contains(name));
    CHECK(loaded.at(name).size() == tensors.size());
    for (const auto& [key, tensor] : tensors) {
      INFO(name << " " << key);
      CHECK(same(loaded.at(name).at(key), tensor));
    }
  }
  CHECK_FALSE(loaded.at("model").at("layers.0.weight").requires_grad());
}

TEST_CASE("Saving a view saves its values only, in their order", "[checkpoint]") {
  const DataFolder folder;
  const auto large = at::arange(100000).view({1000, 100});
  save_tensors(folder / "a.pt", {{"row", large[1]}, {"turned", large.slice(0, 0, 2).t()}});
  CHECK(std::filesystem::file_size(folder / "a.pt") < 6000);
  const auto loaded = load_tensors(folder / "a.pt");
  CHECK(same(loaded.at("row"), large[1]));
  CHECK(same(loaded.at("turned"), large.slice(0, 0, 2).t()));
}

TEST_CASE("The same tensors make the same bytes", "[checkpoint]") {
  const DataFolder folder;
  save_checkpoint(folder / "a.pt", sample());
  save_checkpoint(folder / "b.pt", sample());
  CHECK(read_file(folder / "a.pt") == read_file(folder / "b.pt"));
}

TEST_CASE("Python reads checkpoints with weights_only, and writes ones that ff reads",
          "[checkpoint][python]") {
  const auto python = source_dir() + "/.venv/bin/python";
  if (!std::filesystem::exists(python)) {
    WARN("no virtual environment with torch: nothing checked");
    return;
  }
  const DataFolder folder;
  save_checkpoint(folder / "cpp.pt", sample());
  save_tensors(folder / "flat.pt", {{"test", at::arange(3, 5)}});
  write_bytes(folder / "script.py", kReadAndWrite);
  const auto outcome =
      Process(python, {(folder / "script.py").string(), folder.path().string()}).wait();
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);

  const auto weight = at::arange(6, at::kFloat).view({2, 3});
  const auto loaded = load_checkpoint(folder / "py.pt");
  CHECK(loaded.size() == 1);
  CHECK(same(loaded.at("model").at("weight"), weight));
  CHECK(same(load_checkpoint(folder / "parameters.pt").at("model").at("weight"), weight));
  CHECK(same(load_tensors(folder / "py_flat.pt").at("test"), at::arange(3, 5)));
  for (const auto* name : {"ordered.pt", "older.pt", "protocol4.pt", "more.pt"}) {
    CAPTURE(name);
    const auto model = load_checkpoint(folder / name).at("model");
    CHECK(model.size() == 2);
    CHECK(same(model.at("weight"), weight));
  }
  const auto learner = load_checkpoint(folder / "older.pt").at("learner");
  CHECK(same(learner.at("half"), at::ones(2, at::kBFloat16)));
  CHECK(same(learner.at("view"), at::arange(0, 6, 2)));
  CHECK_THAT(load_error(folder / "bare.pt"),
             ContainsSubstring("save {\"model\": network.state_dict()}"));
  CHECK_THAT(load_error(folder / "module.pt"), ContainsSubstring("other than a dict of tensors"));
  check_damaged_older(folder / "older.pt");
  CHECK_THAT(load_error(folder / "list.pt"), ContainsSubstring("other than a dict of tensors"));
}

TEST_CASE("What is no checkpoint is refused in one line with the cure", "[checkpoint]") {
  const DataFolder folder;
  CHECK_THAT(load_error(folder / "none.pt"), ContainsSubstring("No such file"));
  save_checkpoint(folder / "whole.pt", sample());
  const auto bytes = read_file(folder / "whole.pt");
  for (const size_t length : {size_t{0}, size_t{10}, bytes.size() / 2, bytes.size() - 1}) {
    INFO(length << " of " << bytes.size() << " bytes");
    write_bytes(folder / "cut.pt", bytes.substr(0, length));
    CHECK_THAT(load_error(folder / "cut.pt"), ContainsSubstring("truncated, or not a checkpoint"));
    CHECK_THAT(load_error(folder / "cut.pt"), ContainsSubstring("without --resume"));
  }
  write_bytes(folder / "text.pt", "not a checkpoint\n");
  CHECK_THAT(load_error(folder / "text.pt"), ContainsSubstring("not a checkpoint"));
  save_tensors(folder / "flat.pt", {{"test", at::arange(3)}});
  CHECK_THAT(load_error(folder / "flat.pt"), ContainsSubstring("no dict of tensors"));
  CHECK_THAT(message_of([&] { load_tensors(folder / "whole.pt"); }),
             ContainsSubstring("other than tensors"));
}

TEST_CASE("Saving takes no memory for a second copy of the tensors", "[checkpoint]") {
  const DataFolder folder;
  constexpr std::int64_t kBytes = 64 << 20;
  const ff::experiments::Checkpoint checkpoint = {
      {"model", {{"weight", at::ones({kBytes / 4}, at::kFloat)}}}};
  ff::reset_peak_memory(at::kCPU);
  const auto before = ff::peak_memory_bytes(at::kCPU);
  if (before == 0) return;  // not available on this system
  save_checkpoint(folder / "x.pt", checkpoint);
  CHECK(ff::peak_memory_bytes(at::kCPU) - before < kBytes / 2);
  CHECK(at::equal(load_checkpoint(folder / "x.pt").at("model").at("weight"),
                  checkpoint.at("model").at("weight")));
}
