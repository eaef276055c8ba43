#include "experiments/data/download.h"

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/data/bytes.h"
#include "experiments/data/fetch.h"
#include "experiments/data/find.h"
#include "experiments/data/md5.h"
#include "experiments/data/tar.h"
#include "experiments/data/zip.h"
#include "experiments/files.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

// Contents by file name. All files of a set are downloaded and checked before any is written.
using Contents = std::map<std::string, std::string>;

std::string address_of(const Dataset& dataset) {
  const char* mirror = std::getenv("FF_DATA_MIRROR");
  if (!mirror || !*mirror) return dataset.url;
  if (std::string_view(mirror).find("://") == std::string_view::npos) {
    throw std::runtime_error("FF_DATA_MIRROR: '" + std::string(mirror) +
                             "' is not a URL; use http://, https:// or file:///");
  }
  return std::string(mirror) + "/" + dataset.name + "/";
}

std::string fetch_or_advise(const std::string& url, const fs::path& folder, std::ostream& log) {
  try {
    return fetch(url, log);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(
        std::string(error.what()) +
        "; check the network, set a mirror in FF_DATA_MIRROR, or copy the files into " +
        folder.string() + " manually");
  }
}

void check_md5(const std::string& what, std::string_view bytes, const std::string& expected) {
  const auto md5 = md5_hex(bytes);
  if (md5 == expected) return;
  throw std::runtime_error(
      what + ": MD5 " + md5 + ", expected " + expected +
      "; nothing was written; try again later or set a mirror in FF_DATA_MIRROR");
}

// Returns whether an existing file is the published one; true if no checksum is known.
bool is_published(const fs::path& path, const KnownFile& known) {
  if (!known.md5.empty()) return md5_hex(as_text(read_bytes(path))) == known.md5;
  if (known.packed_md5.empty() || path.extension() != ".gz") return true;
  return md5_hex(read_file(path)) == known.packed_md5;
}

// Returns the files of the set that are missing in the folder. Throws std::runtime_error if an
// existing file is not the published one.
std::vector<KnownFile> files_to_download(const Dataset& dataset, const fs::path& folder) {
  std::vector<KnownFile> missing;
  for (const auto& file : dataset.files) {
    const auto path = find_file(folder, file.name);
    if (!path) {
      missing.push_back(file);
    } else if (!is_published(*path, file)) {
      throw std::runtime_error(path->string() + " is not " + dataset.name + "'s " + file.name +
                               " as published; move it, or choose another folder with --data-root");
    }
  }
  return missing;
}

Contents fetch_files(const Dataset& dataset,
                     const std::vector<KnownFile>& files,
                     const fs::path& folder,
                     std::ostream& log) {
  Contents contents;
  for (const auto& file : files) {
    const auto name = file.name + (dataset.packed_files ? ".gz" : "");
    const auto url = address_of(dataset) + name;
    auto bytes = fetch_or_advise(url, folder, log);
    if (!dataset.packed_files) {
      check_md5(url, bytes, file.md5);
    } else if (file.md5.empty()) {
      check_md5(url, bytes, file.packed_md5);
    } else {
      check_md5(url + " (unpacked)", as_text(gunzip(bytes, url)), file.md5);
    }
    contents[name] = std::move(bytes);
  }
  return contents;
}

// Extracts the set's files from a zip archive; they may be gzip files inside it, and stay so.
Contents unpack_zip(const std::vector<KnownFile>& files,
                    std::string_view archive,
                    const std::string& url) {
  const std::string cure = "; set another source in FF_DATA_MIRROR";
  Contents contents;
  for (const auto& [path, member] : zip_members(archive, url, cure)) {
    const auto name = path.substr(path.rfind('/') + 1);
    for (const auto& file : files) {
      if (name != file.name && name != file.name + ".gz") continue;
      contents[name] = std::string(as_text(unzipped(member, url + ": " + path, cure)));
    }
  }
  for (const auto& file : files) {
    if (contents.count(file.name) || contents.count(file.name + ".gz")) continue;
    throw std::runtime_error(url + " holds no " + file.name);
  }
  return contents;
}

Contents fetch_archive(const Dataset& dataset,
                       const std::vector<KnownFile>& files,
                       const fs::path& folder,
                       std::ostream& log) {
  const auto url = address_of(dataset) + dataset.archive;
  const auto packed = fetch_or_advise(url, folder, log);
  check_md5(url, packed, dataset.archive_md5);
  if (dataset.archive.ends_with(".zip")) return unpack_zip(files, packed, url);
  const auto archive = gunzip(packed, url);
  const auto members = tar_files(as_text(archive), url);
  Contents contents;
  for (const auto& file : files) {
    const auto member = members.find(file.name);
    if (member == members.end()) throw std::runtime_error(url + " holds no " + file.name);
    if (!file.md5.empty()) check_md5(url + ": " + file.name, member->second, file.md5);
    contents[file.name] = member->second;
  }
  return contents;
}

void make_folder(const fs::path& folder) {
  if (const auto error = make_folders(folder)) {
    throw std::runtime_error("cannot make the folder " + folder.string() + ": " + error.message() +
                             "; choose another with --data-root");
  }
}

}  // namespace

void download_dataset(const Dataset& dataset, const fs::path& folder, std::ostream& log) {
  const auto missing = files_to_download(dataset, folder);
  if (missing.empty()) {
    log << dataset.name << " is in " << folder.string() << " already, checksums match\n";
    return;
  }
  const auto fetch_all = dataset.archive.empty() ? fetch_files : fetch_archive;
  const auto contents = fetch_all(dataset, missing, folder, log);
  make_folder(folder);
  for (const auto& [name, bytes] : contents) write_file(folder / name, bytes);
  log << dataset.name << ": " << contents.size() << " files written to " << folder.string()
      << ", checksums match\n";
}

}  // namespace ff::experiments
