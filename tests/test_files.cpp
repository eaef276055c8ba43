#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// Emulates a full disk: limits the size of files written by this process to `bytes` during its
// lifetime.
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

TEST_CASE("A symlink is followed and stays", "[files]") {
  const DataFolder folder;
  std::filesystem::create_directories(folder / "far");
  write_file(folder / "far/file", "old");
  std::filesystem::create_symlink("far/file", folder / "link");
  std::filesystem::create_symlink(folder / "link", folder / "far/back");  // absolute, to a link
  for (const auto* name : {"link", "far/back"}) {
    CAPTURE(name);
    write_file(folder / name, name);
    CHECK(std::filesystem::is_symlink(folder / name));
    CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(folder / "far/file")));
    CHECK(read_file(folder / "far/file") == name);
  }
  std::filesystem::create_symlink("far/new", folder / "dangling");
  write_file(folder / "dangling", "new");
  CHECK(std::filesystem::is_symlink(folder / "dangling"));
  CHECK(read_file(folder / "far/new") == "new");
  CHECK(names_in(folder / "far").size() == 3);
}

TEST_CASE("A symlink that leads nowhere is refused and stays", "[files]") {
  const DataFolder folder;
  std::filesystem::create_symlink("loop", folder / "loop");
  CHECK(message_of([&] { write_file(folder / "loop", ""); }) ==
        "cannot write " + (folder / "loop").string() + ": Too many levels of symbolic links");
  std::filesystem::create_symlink("no/such", folder / "link");
  CHECK(message_of([&] { write_file(folder / "link", ""); }) ==
        "cannot write " + (folder / "link").string() + ": No such file or directory");
  CHECK(names_in(folder.path()).size() == 2);
}

TEST_CASE("A pipe is written to, not replaced", "[files]") {
  const DataFolder folder;
  const auto path = folder / "pipe";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  write_file(path, "bytes");
  char got[16] = {};
  CHECK(read(reader, got, sizeof got) == 5);
  CHECK(std::string(got) == "bytes");
  close(reader);
  CHECK(std::filesystem::is_fifo(path));
  CHECK(names_in(folder.path()) == std::vector<std::string>{"pipe"});
}

TEST_CASE("A device is written to, not replaced", "[files]") {
  const DataFolder folder;
  const auto path = folder / "full";
  // Creating a device node requires root and a file system that supports it.
  if (mknod(path.c_str(), S_IFCHR | 0600, makedev(1, 7)) != 0) return;
  const int device = open(path.c_str(), O_WRONLY);
  if (device < 0) return;
  close(device);
  CHECK(message_of([&] { write_file(path, "bytes"); }) ==
        "cannot write " + path.string() + ": No space left on device");
  CHECK(std::filesystem::is_character_file(path));
}

TEST_CASE("A file that is replaced keeps its permissions", "[files]") {
  const DataFolder folder;
  write_file(folder / "file", "old");
  const auto own = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  std::filesystem::permissions(folder / "file", own);
  write_file(folder / "file", "new");
  CHECK(std::filesystem::status(folder / "file").permissions() == own);
}

TEST_CASE("A file in parts is whole, or as it was", "[files]") {
  const DataFolder folder;
  const auto path = folder / "file";
  write_file_in_parts(path, [](const ByteSink& sink) {
    sink("one ", 4);
    sink("two", 3);
  });
  CHECK(read_file(path) == "one two");
  CHECK_THROWS_AS(write_file_in_parts(path,
                                      [](const ByteSink& sink) {
                                        sink("half", 4);
                                        throw std::logic_error("no more");
                                      }),
                  std::logic_error);
  CHECK(message_of([&] {
          const FileSizeLimit limit(1000);
          write_file_in_parts(path, [](const ByteSink& sink) {
            for (int i = 0; i < 5; ++i) sink(std::string(300, 'x').data(), 300);
          });
        }) == "cannot write " + path.string() + ": File too large");
  CHECK(read_file(path) == "one two");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"file"});
}

TEST_CASE("make_folders makes the parents too, and says what is in the way", "[files]") {
  const DataFolder folder;
  CHECK_FALSE(make_folders(folder / "a/b/c/"));
  CHECK(std::filesystem::is_directory(folder / "a/b/c"));
  CHECK_FALSE(make_folders(folder / "a/b"));
  write_file(folder / "file", "");
  CHECK(make_folders(folder / "file/below"));
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
