// Full disk, tested on a small tmpfs. Mounting requires root; the tests are skipped otherwise.
#include <sys/mount.h>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"
#include "tests/paths.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

// A tmpfs of `size` ("8k") mounted at a folder.
class SmallDisk {
 public:
  SmallDisk(fs::path folder, const std::string& size) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, options(size).c_str()) == 0;
    if (!mounted_) WARN("No right to mount a small disk: the test of a full one is left out.");
  }
  ~SmallDisk() {
    if (mounted_) umount(folder_.c_str());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return mounted_; }
  bool resize(const std::string& size) const {
    return mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, options(size).c_str()) == 0;
  }

 private:
  static std::string options(const std::string& size) { return "size=" + size; }

  fs::path folder_;
  bool mounted_ = false;
};

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& item : fs::directory_iterator(folder)) {
    names.push_back(item.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A full disk leaves whole files, or none", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  const std::map<std::string, Names> left = {
      {"4k", {".lock"}},
      {"16k", {".lock", "config.json", "environment.json", "metrics.jsonl"}},
      {"64k", {".lock", "config.json", "environment.json", "metrics.jsonl"}}};
  for (const auto& [size, files] : left) {
    const SmallDisk disk(bench / "out", size);
    if (!disk.is_mounted()) return;
    const auto ended = bench.run({"x.json", "--out", "out"});
    INFO(ended.err);
    CAPTURE(size);
    CHECK(ended.exit_code == 1);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, ContainsSubstring("ff run: cannot write out/x/seed-0/"));
    CHECK_THAT(ended.err, ContainsSubstring(": No space left on device\n"));
    CHECK(files_in(bench / "out/x/seed-0") == files);
    CHECK(read_metrics(bench / "out/x/seed-0").size() == (size == "4k" ? 0 : 1));
  }
}

TEST_CASE("When there is room again, the run goes on", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  const SmallDisk disk(bench / "out", "4k");
  if (!disk.is_mounted()) return;
  CHECK(bench.run({"x.json", "--out", "out"}).exit_code == 1);
  // There is space for one checkpoint, but not for the temporary file of a second one.
  REQUIRE(bench.run({"x.json", "--out", "undisturbed"}).exit_code == 0);
  const auto one = fs::file_size(bench / "undisturbed/x/seed-0/checkpoint.pt");
  REQUIRE(disk.resize(std::to_string(one * 3 / 2 + 16 * 1024)));
  // the run had not started, so --resume is not needed
  const auto full = bench.run({"x.json", "--out", "out"});
  INFO(full.err);
  CHECK(full.exit_code == 1);
  CHECK_THAT(full.err, ContainsSubstring("checkpoint.pt: No space left on device"));
  CHECK(read_metrics(bench / "out/x/seed-0").size() >= 2);
  CHECK(position_in(bench / "out/x/seed-0").at(3) == 1);  // the last complete checkpoint

  REQUIRE(disk.resize("2m"));
  CHECK(bench.run({"x.json", "--out", "out", "--resume"}).exit_code == 0);
  CHECK(run_differences(bench / "out/x/seed-0", bench / "undisturbed/x/seed-0").empty());
}

TEST_CASE("A limit on the size of files is reported as a full disk is", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  ProcessOptions options;
  options.folder = bench.path();
  options.environment = {{"CUDA_VISIBLE_DEVICES", ""}, {"FF_DATA", std::nullopt}};
  const auto ended =
      Process("/bin/sh",
              {"-c", "ulimit -f 16 && exec \"$0\" run x.json --threads 1 --quiet", program_path()},
              options)
          .wait();
  INFO(ended.err);
  CHECK(ended.exit_code == 1);
  CHECK_THAT(ended.err,
             ContainsSubstring("cannot write runs/x/seed-0/checkpoint.pt: File too large\n"));
}
