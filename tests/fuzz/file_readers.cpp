// Fuzz targets for configs and torch.save files.
#include <string>
#include <string_view>

#include <ATen/ops/zeros.h>

#include "experiments/checkpoint.h"
#include "experiments/config/config.h"
#include "experiments/pickle.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/readers.h"

using namespace ff::experiments;
using namespace ff::fuzz;

int fuzz_checkpoint(const std::uint8_t* data, std::size_t size) {
  const auto path = as_file("checkpoint.pt", data, size);
  expect_one_line_error([&] { load_checkpoint(path); });
  expect_one_line_error([&] { load_tensors(path); });
  return 0;
}

int fuzz_config(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  expect_one_line_error([&] {
    Problems problems("input");
    const auto json = parse_json(text, "input", problems);
    problems.throw_if_any();
    const auto config = config_from(json, "input");
    resolved(config);
    minimal(config);
  });
  return 0;
}

int fuzz_pickle(const std::uint8_t* data, std::size_t size) {
  const auto load_storage = [](const PickleValue& id) {
    return at::zeros({24}, id.items.size() > 1 ? storage_type(*id.items[1]) : at::kFloat);
  };
  expect_one_line_error([&] {
    PickleReader reader({reinterpret_cast<const char*>(data), size}, load_storage);
    while (reader.left() > 0) reader.read();
  });
  return 0;
}
