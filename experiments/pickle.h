// Parser for the subset of Python's pickle format that torch.save writes. It never executes code
// from the file: an instance of an unknown class becomes an empty value.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/pickle_values.h"

namespace ff::experiments {

/// Reads consecutive pickles from `bytes`, which must outlive the reader.
class PickleReader {
 public:
  /// Returns the storage with a given persistent id as a 1-D CPU tensor.
  using LoadStorage = std::function<at::Tensor(const PickleValue& id)>;

  PickleReader(std::string_view bytes, LoadStorage load_storage)
      : bytes_(bytes), load_storage_(std::move(load_storage)) {}

  /// Reads the next pickle. Throws std::runtime_error if it is truncated or malformed.
  PicklePtr read();

  /// Returns the next `count` raw bytes. Throws std::runtime_error if fewer are left.
  std::string_view take(std::size_t count);

  std::size_t left() const { return bytes_.size() - at_; }

 private:
  bool step();  // executes one opcode; false at the end of the pickle
  bool step_constant(unsigned char code);
  bool step_container(unsigned char code);
  bool step_memo(unsigned char code);
  bool step_object(unsigned char code);

  template <class T>
  T number();
  std::string line();
  void push(PicklePtr value) { stack_.push_back(std::move(value)); }
  void push_integer(std::int64_t value);
  void push_text(std::string_view text);
  void push_sequence(std::vector<PicklePtr> items);
  PicklePtr pop();
  std::vector<PicklePtr> pop_to_mark();
  void set_items(const std::vector<PicklePtr>& keys_and_values);
  void append(const std::vector<PicklePtr>& items);
  const PicklePtr& top() const;

  std::string_view bytes_;
  LoadStorage load_storage_;
  std::size_t at_ = 0;
  std::vector<PicklePtr> stack_, memo_;
  std::vector<std::size_t> marks_;
};

}  // namespace ff::experiments
