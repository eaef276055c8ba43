// Inputs made from others by small changes, the same ones for the same seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace ff::fuzz {

class Mutator {
 public:
  /// `corpus` must not be empty.
  Mutator(std::vector<std::string> corpus, std::uint64_t seed);

  /// One of the corpus after 1 to 8 changes (bits, bytes, numbers at their limits, parts cut out,
  /// doubled, repeated or taken from another input); at most 64 KiB.
  std::string next();

 private:
  std::size_t below(std::size_t limit);  // 0 where limit is 0
  void change(std::string& input);
  void write_number(std::string& input);
  void repeat_part(std::string& input);
  std::string part_of_corpus();

  std::vector<std::string> corpus_;
  std::mt19937_64 random_;
};

}  // namespace ff::fuzz
