#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ff::fuzz {
namespace {

constexpr std::size_t kMostBytes = 1 << 16;

// Boundary values for sizes and counts.
constexpr std::uint64_t kNumbers[] = {0,
                                      1,
                                      0x7f,
                                      0x80,
                                      0xff,
                                      0x7fff,
                                      0x8000,
                                      0xffff,
                                      0x7fffffff,
                                      0x80000000,
                                      0xffffffff,
                                      std::uint64_t{1} << 40,
                                      0x7fffffffffffffff,
                                      0x8000000000000000,
                                      0xffffffffffffffff};

}  // namespace

Mutator::Mutator(std::vector<std::string> corpus, std::uint64_t seed)
    : corpus_(std::move(corpus)), random_(seed) {}

std::size_t Mutator::below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

std::string Mutator::next() {
  auto input = corpus_[below(corpus_.size())];
  for (auto changes = 1 + below(8); changes > 0; --changes) change(input);
  input.resize(std::min(input.size(), kMostBytes));
  return input;
}

void Mutator::change(std::string& input) {
  const auto at = below(input.size());
  const auto length = 1 + below(std::min<std::size_t>(input.size() - at, 64));
  switch (below(10)) {
    case 0:
    case 1:
      if (!input.empty()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
      break;
    case 2:
      if (!input.empty()) input[at] = static_cast<char>(random_());
      break;
    case 3:
    case 4:
      write_number(input);
      break;
    case 5:
      input.erase(at, length);
      break;
    case 6:
      input.insert(at, input.substr(at, length));
      break;
    case 7:
      input.insert(at, part_of_corpus());
      break;
    case 8:
      input.resize(at);
      break;
    default:
      repeat_part(input);
  }
}

void Mutator::write_number(std::string& input) {
  if (below(4) == 0) {  // as decimal text
    input.insert(below(input.size()), std::to_string(kNumbers[below(std::size(kNumbers))]));
    return;
  }
  const auto size = std::size_t{1} << below(4);
  if (input.size() < size) return;
  const auto at = below(input.size() - size + 1);
  const auto number = kNumbers[below(std::size(kNumbers))];
  const bool big_endian = below(2) == 0;
  for (std::size_t i = 0; i < size; ++i) {
    input[at + (big_endian ? size - 1 - i : i)] = static_cast<char>(number >> (8 * i));
  }
}

// Occasionally repeats a part thousands of times, to reach deep recursion in parsers of nested
// formats.
void Mutator::repeat_part(std::string& input) {
  if (input.empty()) return;
  const auto at = below(input.size());
  const auto part = input.substr(at, 1 + below(4));
  const auto most = below(16) == 0 ? kMostBytes / part.size() : std::size_t{16};
  std::string many;
  for (auto count = below(most); count > 0; --count) many += part;
  input.insert(at, many);
}

std::string Mutator::part_of_corpus() {
  const auto& other = corpus_[below(corpus_.size())];
  const auto at = below(other.size());
  return other.substr(at, 1 + below(64));
}

}  // namespace ff::fuzz
