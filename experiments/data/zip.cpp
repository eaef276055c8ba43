#include "experiments/data/zip.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <ATen/ops/empty.h>

#include <zlib.h>

#include "experiments/data/bytes.h"
#include "experiments/plain_text.h"

namespace ff::experiments {
namespace {

constexpr std::uint32_t kEndMark = 0x06054b50, kEnd64Mark = 0x06064b50, kLocator64 = 0x07064b50;
constexpr std::uint32_t kEntryMark = 0x02014b50, kLocalMark = 0x04034b50;
constexpr std::size_t kEndSize = 22, kLongestComment = 65535, kEntrySize = 46, kLocalSize = 30;
constexpr std::uint64_t kSeeZip64 = 0xffffffff;

// Bounds-checked access to the archive's little-endian integers.
class Bytes {
 public:
  Bytes(std::string_view bytes, std::string name, std::string cure)
      : bytes_(bytes), name_(std::move(name)), cure_(std::move(cure)) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(name_ + ": " + what + cure_);
  }

  std::string_view part(std::uint64_t at, std::uint64_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) {
      fail("truncated: the zip archive's " + std::to_string(size) + " bytes at offset " +
           std::to_string(at) + " lie beyond its " + std::to_string(bytes_.size()) + " bytes");
    }
    return bytes_.substr(at, size);
  }

  std::uint64_t number(std::uint64_t at, int size) const {
    const auto text = part(at, size);
    std::uint64_t value = 0;
    for (int i = size - 1; i >= 0; --i) value = value << 8 | static_cast<std::uint8_t>(text[i]);
    return value;
  }

  std::size_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  std::string name_, cure_;
};

// Returns the offset of the end-of-central-directory record, which only a comment may follow.
std::uint64_t find_end(const Bytes& archive) {
  if (archive.size() >= kEndSize) {
    const auto last = archive.size() - kEndSize;
    for (auto back = std::size_t{0}; back <= std::min(last, kLongestComment); ++back) {
      if (archive.number(last - back, 4) == kEndMark) return last - back;
    }
  }
  archive.fail("not a zip archive, or truncated: no end record");
}

struct Directory {
  std::uint64_t entries, offset;
};

Directory find_directory(const Bytes& archive) {
  const auto end = find_end(archive);
  const Directory directory{archive.number(end + 10, 2), archive.number(end + 16, 4)};
  if (directory.offset != kSeeZip64 && directory.entries != 0xffff) return directory;
  if (end < 20 || archive.number(end - 20, 4) != kLocator64) return directory;
  const auto end64 = archive.number(end - 12, 8);
  if (archive.number(end64, 4) != kEnd64Mark) archive.fail("corrupt zip archive (zip64 record)");
  return {archive.number(end64 + 32, 8), archive.number(end64 + 48, 8)};
}

struct Sizes {
  std::uint64_t packed, unpacked, offset;
};

// zip64: replaces the fields that are 0xffffffff by those in the extra field, which has only these,
// in this order.
void take_zip64(const Bytes& archive, std::uint64_t extra, std::uint64_t length, Sizes& sizes) {
  for (auto at = extra; at + 4 <= extra + length;) {
    const auto size = archive.number(at + 2, 2);
    if (archive.number(at, 2) == 1) {
      auto field = at + 4;
      for (auto* value : {&sizes.unpacked, &sizes.packed, &sizes.offset}) {
        if (*value != kSeeZip64) continue;
        *value = archive.number(field, 8);
        field += 8;
      }
      return;
    }
    at += 4 + size;
  }
}

// Rejects an impossible unpacked size, for which a caller might allocate memory.
void check_growth(const Bytes& archive,
                  const Sizes& sizes,
                  bool deflated,
                  const std::string& path) {
  constexpr std::uint64_t kMostGrowth = 1032;  // of deflate
  const auto possible =
      deflated ? sizes.unpacked / kMostGrowth <= sizes.packed + 1 : sizes.unpacked == sizes.packed;
  if (possible) return;
  archive.fail("corrupt zip archive: " + printable(path) + " has a declared size of " +
               std::to_string(sizes.unpacked) + " bytes, compressed to " +
               std::to_string(sizes.packed));
}

ZipMember member_at(const Bytes& archive, std::uint64_t entry, const std::string& path) {
  const auto flags = archive.number(entry + 8, 2), method = archive.number(entry + 10, 2);
  if (flags & 1)
    archive.fail(printable(path) + " in it is encrypted; allowed: a zip archive without password");
  if (method != 0 && method != 8) {
    archive.fail(printable(path) + " in it is compressed with method " + std::to_string(method) +
                 "; allowed: 0 (stored) and 8 (deflated)");
  }
  Sizes sizes{
      archive.number(entry + 20, 4), archive.number(entry + 24, 4), archive.number(entry + 42, 4)};
  const auto names = archive.number(entry + 28, 2), extra = archive.number(entry + 30, 2);
  take_zip64(archive, entry + kEntrySize + names, extra, sizes);
  check_growth(archive, sizes, method != 0, path);
  if (archive.number(sizes.offset, 4) != kLocalMark) {
    archive.fail("corrupt zip archive: no file at offset " + std::to_string(sizes.offset));
  }
  const auto data = sizes.offset + kLocalSize + archive.number(sizes.offset + 26, 2) +
                    archive.number(sizes.offset + 28, 2);
  return {.packed = archive.part(data, sizes.packed),
          .deflated = method == 8,
          .size = sizes.unpacked,
          .crc = static_cast<std::uint32_t>(archive.number(entry + 16, 4))};
}

}  // namespace

std::map<std::string, ZipMember> zip_members(std::string_view bytes,
                                             const std::string& name,
                                             const std::string& cure) {
  const Bytes archive(bytes, name, cure);
  const auto directory = find_directory(archive);
  std::map<std::string, ZipMember> members;
  auto entry = directory.offset;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    if (archive.number(entry, 4) != kEntryMark)
      archive.fail("corrupt zip archive: no entry " + std::to_string(i) + " in its directory");
    const auto names = archive.number(entry + 28, 2);
    const auto path = std::string(archive.part(entry + kEntrySize, names));
    if (!path.ends_with('/')) members[path] = member_at(archive, entry, path);
    entry += kEntrySize + names + archive.number(entry + 30, 2) + archive.number(entry + 32, 2);
  }
  return members;
}

at::Tensor unzipped(const ZipMember& member, const std::string& name, const std::string& cure) {
  at::Tensor bytes;
  if (member.deflated) {
    bytes = inflated(member.packed, Wrapping::kRaw, name, cure);
  } else {
    bytes = at::empty({static_cast<std::int64_t>(member.packed.size())}, at::kByte);
    if (!member.packed.empty()) {
      std::memcpy(bytes.mutable_data_ptr(), member.packed.data(), member.packed.size());
    }
  }
  const auto text = as_text(bytes);
  auto crc = crc32_z(0, nullptr, 0);
  crc = crc32_z(crc, reinterpret_cast<const Bytef*>(text.data()), text.size());
  if (text.size() != member.size || crc != member.crc) {
    throw std::runtime_error(
        name + ": corrupt: its size or checksum does not match the archive's directory" + cure);
  }
  return bytes;
}

}  // namespace ff::experiments
