// Value tree of a parsed Python pickle, restricted to the types that torch.save writes.
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
    kInteger,   // int, bool
    kText,      // str, bytes
    kSequence,  // tuple, list
    kDict,      // dict, OrderedDict
    kTensor,
    kGlobal,  // class or function; `text` is "module name"
  };

  Kind kind = Kind::kOther;
  std::int64_t integer = 0;
  std::string text;
  std::vector<PicklePtr> items;
  std::vector<std::pair<PicklePtr, PicklePtr>> entries;
  at::Tensor tensor;    // for a storage: its elements as a 1-D tensor
  int depth = 0;        // nesting depth of the values below this one
  bool inside = false;  // true if contained in another value

  bool is(Kind one) const { return kind == one; }
};

/// Returns the element type of a storage class such as "torch FloatStorage". Throws
/// std::runtime_error for other classes.
at::ScalarType storage_type(const PickleValue& storage_class);

PicklePtr make_value(PickleValue::Kind kind);

/// Emulates the Python call `callee(*arguments)` for dict, OrderedDict and the tensor rebuild
/// functions; returns an empty value for other callees.
PicklePtr result_of_call(const PickleValue& callee, const std::vector<PicklePtr>& arguments);

}  // namespace ff::experiments
