#include "tests/run_files.h"

#include "tests/data_files.h"

namespace ff::test {

using experiments::Json;

Json sample_config(const std::string& name, std::int64_t seed) {
  return {{"name", name},
          {"dataset", {{"name", "synthetic"}}},
          {"optimizer", {{"learning_rate", 0.1}}},
          {"engine", "autograd"},
          {"seeds", {seed}}};
}

Json sample_environment() {
  return {{"commit", "0123456789abcdef0123456789abcdef01234567"},
          {"dirty", false},
          {"device", "cpu"},
          {"device_name", "Some CPU"},
          {"threads", 2}};
}

Json sample_result(const std::string& name, std::int64_t seed, double test_accuracy) {
  const Json prefix = {{"train", {0.5, 0.75}}, {"test", {0.25, test_accuracy}}};
  return {{"name", name},
          {"seed", seed},
          {"device", "cpu"},
          {"engine", "autograd"},
          {"train_accuracy", 0.75},
          {"test_accuracy", test_accuracy},
          {"accuracy_by_prefix", prefix},
          {"pruned",
           {{"0.9",
             {{"train_accuracy", 0.5}, {"test_accuracy", 0.375}, {"accuracy_by_prefix", prefix}}}}},
          {"train_seconds", 12.25},
          {"peak_memory_bytes", 3 << 20}};
}

void write_run(const std::filesystem::path& folder,
               const Json& result,
               const Json& config,
               const Json& environment) {
  write_bytes(folder / "config.json", config.dump(2));
  write_bytes(folder / "environment.json", environment.dump(2));
  write_bytes(folder / "result.json", result.dump(2));
  write_bytes(folder / "DONE", "");
}

std::filesystem::path write_sample_run(const std::filesystem::path& out,
                                       const std::string& name,
                                       std::int64_t seed,
                                       double test_accuracy) {
  const auto folder = out / name / ("seed-" + std::to_string(seed));
  write_run(folder, sample_result(name, seed, test_accuracy), sample_config(name, seed));
  return folder;
}

}  // namespace ff::test
