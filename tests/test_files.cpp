#include <csignal>
#include <sys/resource.h>

#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// A full disk in miniature: while it lives, no file of this process grows beyond `bytes`.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& item : std::filesystem::directory_iterator(folder)) {
    names.push_back(item.path().filename().string());
  }
  return names;
}

}  // namespace

TEST_CASE("write_file makes a file, replaces it, and leaves nothing else", "[files]") {
  const DataFolder folder;
  const std::string bytes("a\0b\nc", 5);
  write_file(folder / "file", bytes);
  CHECK(read_file(folder / "file") == bytes);
  write_file(folder / "file", "");
  CHECK(read_file(folder / "file").empty());
  CHECK(names_in(folder.path()) == std::vector<std::string>{"file"});
}

TEST_CASE("write_file that fails half-way keeps the old file and removes its own", "[files]") {
  const DataFolder folder;
  const auto path = folder / "file";
  write_file(path, "old");
  const auto message = message_of([&] {
    const FileSizeLimit limit(1000);
    write_file(path, std::string(5000, 'x'));
  });
  CHECK_THAT(message, ContainsSubstring("cannot write " + path.string() + ": File too large"));
  CHECK(read_file(path) == "old");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"file"});
}

TEST_CASE("write_file names the place that cannot be written", "[files]") {
  const DataFolder folder;
  write_file(folder / "file", "");
  const auto missing = folder / "no/such/file";
  CHECK(message_of([&] { write_file(missing, ""); }) ==
        "cannot write " + missing.string() + ": No such file or directory");
  const auto below_file = folder / "file/below";
  CHECK(message_of([&] { write_file(below_file, ""); }) ==
        "cannot write " + below_file.string() + ": Not a directory");
  std::filesystem::create_directory(folder / "taken");
  CHECK_THAT(message_of([&] { write_file(folder / "taken", ""); }),
             ContainsSubstring("Is a directory"));
  CHECK(names_in(folder.path()).size() == 2);
}

TEST_CASE("read_file names the file it cannot read", "[files]") {
  const DataFolder folder;
  CHECK(message_of([&] { read_file(folder / "none"); }) ==
        "cannot read " + (folder / "none").string() + ": No such file or directory");
  CHECK_THAT(message_of([&] { read_file(folder.path()); }), ContainsSubstring("Is a directory"));
}

TEST_CASE("append_line adds whole lines, or nothing", "[files]") {
  const DataFolder folder;
  const auto path = folder / "lines";
  append_line(path, "first");
  append_line(path, "second");
  CHECK(read_file(path) == "first\nsecond\n");
  const auto message = message_of([&] {
    const FileSizeLimit limit(18);  // five bytes of the third line fit
    append_line(path, "third, too long");
  });
  CHECK_THAT(message, ContainsSubstring("cannot write " + path.string()));
  CHECK(read_file(path) == "first\nsecond\n");
  append_line(path, "third");
  CHECK(read_file(path) == "first\nsecond\nthird\n");
}

TEST_CASE("A full disk is called that", "[files]") {
  if (!std::filesystem::exists("/dev/full")) return;
  CHECK(message_of([] { append_line("/dev/full", "line"); }) ==
        "cannot write /dev/full: No space left on device");
}
