// What a Python pickle holds, as far as torch.save needs it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff::experiments {

struct PickleValue;
using PicklePtr = std::shared_ptr<PickleValue>;

struct PickleValue {
  enum class Kind {
    kOther,     // None, an object of an unknown class
    kInteger,   // and bool
    kText,      // str, bytes
    kSequence,  // tuple, list
    kDict,      // dict, OrderedDict
    kTensor,
    kGlobal,  // a class or a function, `text` being "module name"
  };

  Kind kind = Kind::kOther;
  std::int64_t integer = 0;
  std::string text;
  std::vector<PicklePtr> items;
  std::vector<std::pair<PicklePtr, PicklePtr>> entries;
  at::Tensor tensor;    // of a storage: its numbers, in one dimension
  int depth = 0;        // of the values inside each other
  bool inside = false;  // whether it is part of another

  bool is(Kind one) const { return kind == one; }
};

/// The type of the numbers in a storage of a class such as "torch FloatStorage"; throws
/// std::runtime_error for another class.
at::ScalarType storage_type(const PickleValue& storage_class);

PicklePtr make_value(PickleValue::Kind kind);

/// What Python would get by calling `callee`: a dict, a tensor, or something without content.
PicklePtr result_of_call(const PickleValue& callee, const std::vector<PicklePtr>& arguments);

}  // namespace ff::experiments
