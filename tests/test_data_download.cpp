#include <fstream>
#include <sstream>

#include "experiments/data/command.h"
#include "experiments/data/download.h"
#include "experiments/data/fetch.h"
#include "experiments/data/idx.h"
#include "experiments/data/md5.h"
#include "experiments/data/read.h"
#include "tests/catch.h"
#include "tests/data_arrays.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  if (!fs::exists(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// Returns a small data set with the checksums of the files in `plain`.
Dataset small_set(const fs::path& plain) {
  Dataset set{.name = "small", .folders = {"small"}};
  for (const auto* name : kIdxNames) set.files.push_back({name, md5_hex(text_of(plain / name))});
  set.decode = [](const auto& files) { return decode_idx(files, 10); };
  set.url = "http://localhost:9/";  // not contacted, since FF_DATA_MIRROR is set
  return set;
}

// A mirror folder with the compressed files of a data set, and the data set.
struct Mirror {
  DataFolder folder;
  Dataset set;
  EnvironmentVariable variable{"FF_DATA_MIRROR", "file://" + folder.path().string()};

  Mirror() {
    write_idx_set(folder / "plain", 6, 3);
    write_idx_set(folder / "small", 6, 3, /*classes=*/3, /*packed=*/true);
    set = small_set(folder / "plain");
  }
};

}  // namespace

TEST_CASE("A downloaded set is whole and is found", "[data]") {
  const Mirror mirror;
  const DataFolder target;
  std::ostringstream log;
  download_dataset(mirror.set, target / "small", log);
  CHECK(names_in(target / "small").size() == 4);
  CHECK_THAT(log.str(), ContainsSubstring("downloading file://"));
  CHECK_THAT(log.str(), ContainsSubstring("4 files written to " + (target / "small").string()));
  const auto read = read_dataset(mirror.set, {target.path()});
  CHECK(read.data.train_images.size(0) == 6);
  CHECK(read.unknown_files.empty());

  std::ostringstream again;
  download_dataset(mirror.set, target / "small", again);
  CHECK_THAT(again.str(), ContainsSubstring("already, checksums match"));
}

TEST_CASE("A download fetches only what is missing", "[data]") {
  const Mirror mirror;
  const DataFolder target;
  std::ostringstream log;
  fs::create_directories(target / "small");
  fs::copy(mirror.folder / "plain/train-labels-idx1-ubyte", target / "small");
  download_dataset(mirror.set, target / "small", log);
  CHECK_THAT(log.str(), ContainsSubstring("3 files written"));
  CHECK(log.str().find("train-labels") == std::string::npos);
}

TEST_CASE("A wrong checksum leaves nothing behind", "[data]") {
  const Mirror mirror;
  const DataFolder target;
  std::ostringstream log;
  write_bytes(mirror.folder / "small/t10k-labels-idx1-ubyte.gz", gzipped("something else"));
  const auto message = message_of([&] { download_dataset(mirror.set, target / "small", log); });
  CHECK_THAT(message, ContainsSubstring("t10k-labels-idx1-ubyte.gz (unpacked): MD5 "));
  CHECK_THAT(message, ContainsSubstring("expected " + mirror.set.files[3].md5));
  CHECK(names_in(target / "small").empty());
}

TEST_CASE("A download cut short leaves nothing behind", "[data]") {
  const Mirror mirror;
  const DataFolder target;
  std::ostringstream log;
  const auto path = mirror.folder / "small/t10k-images-idx3-ubyte.gz";
  write_bytes(path, text_of(path).substr(0, 30));
  CHECK_THAT(message_of([&] { download_dataset(mirror.set, target / "small", log); }),
             ContainsSubstring("truncated"));
  CHECK(names_in(target.path()).empty());
}

TEST_CASE("A file that is not there names the address and the cures", "[data]") {
  const Mirror mirror;
  const DataFolder target;
  std::ostringstream log;
  fs::remove(mirror.folder / "small/train-images-idx3-ubyte.gz");
  const auto message = message_of([&] { download_dataset(mirror.set, target / "small", log); });
  CHECK_THAT(message, ContainsSubstring("cannot download file://"));
  CHECK_THAT(message, ContainsSubstring("small/train-images-idx3-ubyte.gz: "));
  CHECK_THAT(message, ContainsSubstring("check the network, set a mirror in FF_DATA_MIRROR"));
  CHECK(names_in(target.path()).empty());
}

TEST_CASE("A download that has no end is given up", "[data]") {
  const DataFolder mirror;
  write_bytes(mirror / "file", std::string(100'000, 'x'));
  const auto url = "file://" + (mirror / "file").string();
  std::ostringstream log;
  CHECK(fetch(url, log, 100'000).size() == 100'000);
  CHECK(message_of([&] { fetch(url, log, 99'999); }) ==
        "cannot download " + url + ": larger than the size limit for a data set file");
}

TEST_CASE("No connection is an error that says so", "[data]") {
  const EnvironmentVariable mirror("FF_DATA_MIRROR", "http://localhost:9");
  const DataFolder target;
  std::ostringstream log;
  const auto message = message_of([&] { get_dataset("mnist", target.path(), log); });
  CHECK_THAT(
      message,
      ContainsSubstring("cannot download http://localhost:9/mnist/train-images-idx3-ubyte.gz: "));
  CHECK(names_in(target.path()).empty());
}

TEST_CASE("A mirror that is no address is refused", "[data]") {
  const EnvironmentVariable mirror("FF_DATA_MIRROR", "/some/folder");
  const DataFolder target;
  std::ostringstream log;
  CHECK_THAT(message_of([&] { get_dataset("mnist", target.path(), log); }),
             ContainsSubstring("FF_DATA_MIRROR: '/some/folder' is not a URL"));
}

TEST_CASE("A download replaces no file of the user's", "[data]") {
  const Mirror mirror;
  const DataFolder target;
  std::ostringstream log;
  write_bytes(target / "small/train-images-idx3-ubyte", "mine");
  CHECK_THAT(message_of([&] { download_dataset(mirror.set, target / "small", log); }),
             ContainsSubstring("train-images-idx3-ubyte as published; move it"));
  CHECK(text_of(target / "small/train-images-idx3-ubyte") == "mine");
  CHECK(names_in(target / "small").size() == 1);
}

TEST_CASE("A download into a place that cannot be written says so", "[data]") {
  const Mirror mirror;
  const DataFolder target;
  std::ostringstream log;
  write_bytes(target / "file", "no folder");
  CHECK_THAT(message_of([&] { download_dataset(mirror.set, target / "file/small", log); }),
             ContainsSubstring("choose another with --data-root"));
}

TEST_CASE("A set in an archive is unpacked and checked", "[data]") {
  const DataFolder mirror, target;
  const EnvironmentVariable variable("FF_DATA_MIRROR", "file://" + mirror.path().string());
  const auto packed = gzipped(tar_bytes("folder/one.bin", "contents"));
  write_bytes(mirror / "boxed/box.tar.gz", packed);
  Dataset set{.name = "boxed", .files = {{"one.bin", md5_hex("contents")}}};
  set.archive = "box.tar.gz";
  set.archive_md5 = md5_hex(packed);
  std::ostringstream log;
  download_dataset(set, target / "boxed", log);
  CHECK(text_of(target / "boxed/one.bin") == "contents");
  CHECK(names_in(target / "boxed") == std::vector<std::string>{"one.bin"});

  set.archive_md5 = md5_hex("another");
  CHECK_THAT(message_of([&] { download_dataset(set, target / "other", log); }),
             ContainsSubstring("box.tar.gz: MD5 " + md5_hex(packed) + ", expected "));
  set.archive_md5 = md5_hex(packed);
  set.files.push_back({"two.bin", md5_hex("two")});
  CHECK_THAT(message_of([&] { download_dataset(set, target / "other", log); }),
             ContainsSubstring("box.tar.gz holds no two.bin"));
  CHECK(names_in(target / "other").empty());
}

TEST_CASE("A set in a zip archive is unpacked, its packed files as they are", "[data]") {
  const DataFolder mirror, target;
  const EnvironmentVariable variable("FF_DATA_MIRROR", "file://" + mirror.path().string());
  const auto one = gzipped("contents");
  const auto archive =
      zip_bytes({{"gzip/one.gz", one}, {"gzip/two", "plain"}, {"gzip/other", "no file of the set"}},
                /*deflated=*/true);
  write_bytes(mirror / "boxed/box.zip", archive);
  Dataset set{.name = "boxed", .files = {{"one"}, {"two"}}};
  set.archive = "box.zip";
  set.archive_md5 = md5_hex(archive);
  std::ostringstream log;
  download_dataset(set, target / "boxed", log);
  CHECK(names_in(target / "boxed") == std::vector<std::string>{"one.gz", "two"});
  CHECK(text_of(target / "boxed/one.gz") == one);
  CHECK(text_of(target / "boxed/two") == "plain");

  set.files.push_back({"three"});
  CHECK_THAT(message_of([&] { download_dataset(set, target / "other", log); }),
             ContainsSubstring("box.zip holds no three"));
  CHECK(names_in(target / "other").empty());
}

TEST_CASE("Files may be known by the checksum of what is packed, or lie there unpacked", "[data]") {
  const DataFolder mirror, target;
  const EnvironmentVariable variable("FF_DATA_MIRROR", "file://" + mirror.path().string());
  const auto packed = gzipped("contents");
  write_bytes(mirror / "packed/one.gz", packed);
  Dataset set{.name = "packed", .files = {{.name = "one", .packed_md5 = md5_hex(packed)}}};
  set.url = "http://localhost:9/";
  std::ostringstream log;
  download_dataset(set, target / "packed", log);
  CHECK(text_of(target / "packed/one.gz") == packed);
  std::ostringstream again;
  download_dataset(set, target / "packed", again);
  CHECK_THAT(again.str(), ContainsSubstring("already, checksums match"));
  set.files[0].packed_md5 = md5_hex("another");
  CHECK_THAT(message_of([&] { download_dataset(set, target / "packed", log); }),
             ContainsSubstring("one.gz is not packed's one as published"));
  CHECK_THAT(message_of([&] { download_dataset(set, target / "other", log); }),
             ContainsSubstring("one.gz: MD5 " + md5_hex(packed) + ", expected "));

  write_bytes(mirror / "plain/one.mat", "contents");
  Dataset plain{.name = "plain", .files = {{"one.mat", md5_hex("contents")}}};
  plain.url = set.url;
  plain.packed_files = false;
  download_dataset(plain, target / "plain", log);
  CHECK(names_in(target / "plain") == std::vector<std::string>{"one.mat"});
  plain.files[0].md5 = md5_hex("another");
  CHECK_THAT(message_of([&] { download_dataset(plain, target / "other", log); }),
             ContainsSubstring("one.mat: MD5 "));
}

TEST_CASE("Sets without a public home cannot be fetched", "[data]") {
  std::ostringstream log;
  CHECK_THAT(message_of([&] { get_dataset("idx", "/nowhere", log); }),
             ContainsSubstring("put your own IDX files"));
  CHECK_THAT(message_of([&] { get_dataset("synthetic", "/nowhere", log); }),
             ContainsSubstring("the images are generated"));
  CHECK_THAT(message_of([&] { get_dataset("nothing", "/nowhere", log); }),
             ContainsSubstring("unknown data set 'nothing'; allowed: mnist, "));
}
