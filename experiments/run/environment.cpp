#include "experiments/run/environment.h"

#include <cstdio>
#include <sched.h>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include "experiments/build_info.h"
#include "ff/engines/compute_device.h"

namespace ff::experiments {
namespace {

std::int64_t available_cores() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

std::string hex(std::uint32_t number) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(number));
  return text;
}

Json identity_json(const DataIdentity& data) {
  return {{"name", data.name},
          {"train", data.train},
          {"test", data.test},
          {"classes", data.classes},
          {"shape", data.shape},
          {"train_crc32", hex(data.train_crc32)},
          {"test_crc32", hex(data.test_crc32)}};
}

}  // namespace

std::int64_t set_up_threads(std::int64_t threads) {
  if (threads == 0) threads = available_cores();
  at::set_num_threads(static_cast<int>(threads));
  at::globalContext().setAllowTF32CuBLAS(false);
  at::globalContext().setAllowTF32CuDNN(false);
  return threads;
}

Json environment(const at::Device& device,
                 const EngineChoice& engine,
                 const LoadedData& data,
                 const std::string& command) {
  const auto& build = build_info();
  Json json = {{"version", build.version},
               {"commit", build.commit},
               {"dirty", build.dirty},
               {"compiler", build.compiler},
               {"build_type", build.build_type},
               {"libtorch", TORCH_VERSION},
               {"device", to_text(device)},
               {"device_name", device_name(device)},
               {"threads", at::get_num_threads()},
               {"engine", engine.engine},
               {"tf32", false},
               {"data", identity_json(data.identity)},
               {"data_folder", data.folder},
               {"command", command}};
  if (!engine.reason.empty()) json["engine_reason"] = engine.reason;
  if (!data.warnings.empty()) json["warnings"] = data.warnings;
  return json;
}

std::string version_text() {
  const auto& build = build_info();
  return "ff " + build.version + " (commit " + build.commit + (build.dirty ? ", modified" : "") +
         ")\n" + build.compiler + ", " + build.build_type + ", LibTorch " + TORCH_VERSION + ", " +
         (build.cuda ? "CPU and CUDA" : "CPU only") + "\n";
}

}  // namespace ff::experiments
