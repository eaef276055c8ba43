// Data sets that exceed the available memory.
#ifndef __SANITIZE_ADDRESS__  // AddressSanitizer reserves more address space than the limit

#include <algorithm>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

#include "experiments/data/load.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// Limits the address space of the process to `more` bytes above its current size during its
// lifetime.
class MemoryLimit {
 public:
  explicit MemoryLimit(std::int64_t more) {
    REQUIRE(getrlimit(RLIMIT_AS, &before_) == 0);
    std::int64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const auto bytes = static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE) + more);
    const rlimit limit{std::min(bytes, before_.rlim_max), before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
  }
  ~MemoryLimit() { setrlimit(RLIMIT_AS, &before_); }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("Images that do not fit into memory are said to be what did not fit", "[data]") {
  constexpr std::int64_t kLarge = 1 << 30;
  const DataFolder root;
  write_idx_set(root.path(), 3, 2);
  // sparse file, takes no disk space
  std::filesystem::resize_file(root / "train-images-idx3-ubyte", kLarge);
  DatasetOptions options;
  options.name = "idx";
  std::string message;
  {
    const MemoryLimit limit(kLarge / 4);
    message = message_of([&] { load_dataset(options, root.path()); });
  }
  CHECK(message ==
        "not enough memory for the images of data set idx; free some memory, or choose a smaller "
        "set");
}

#endif
