#include "experiments/pickle_values.h"

#include <algorithm>
#include <stdexcept>

#include "experiments/plain_text.h"

namespace ff::experiments {

using Kind = PickleValue::Kind;

PicklePtr make_value(Kind kind) {
  auto value = std::make_shared<PickleValue>();
  value->kind = kind;
  return value;
}

namespace {

std::vector<std::int64_t> integers(const PickleValue& sequence) {
  std::vector<std::int64_t> list;
  for (const auto& item : sequence.items) list.push_back(item->integer);
  return list;
}

// Checks bounds against the storage size. Also limits the element count: a stride of 0 would let a
// small file request a tensor of any size.
void check_within(std::int64_t held,
                  const std::vector<std::int64_t>& sizes,
                  const std::vector<std::int64_t>& strides,
                  std::int64_t offset) {
  const auto fail = [] { throw std::runtime_error("a tensor that exceeds its storage"); };
  if (sizes.size() != strides.size() || offset < 0) fail();
  std::int64_t count = 1, last = offset;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::int64_t reach = 0;
    if (sizes[i] < 0 || strides[i] < 0 || __builtin_mul_overflow(count, sizes[i], &count) ||
        __builtin_mul_overflow(std::max<std::int64_t>(sizes[i] - 1, 0), strides[i], &reach) ||
        __builtin_add_overflow(last, reach, &last)) {
      fail();
    }
  }
  if (count > 0 && (count > held || last >= held)) fail();
}

// Emulates torch._utils._rebuild_tensor_v2(storage, storage_offset, size, stride, ...).
PicklePtr rebuild_tensor(const std::vector<PicklePtr>& arguments) {
  if (arguments.size() < 4 || !arguments[0]->tensor.defined()) return make_value(Kind::kOther);
  const auto& storage = arguments[0]->tensor;
  const auto sizes = integers(*arguments[2]), strides = integers(*arguments[3]);
  const auto offset = arguments[1]->integer;
  check_within(storage.numel(), sizes, strides, offset);
  auto value = make_value(Kind::kTensor);
  value->tensor = storage.as_strided(sizes, strides, offset);
  return value;
}

PicklePtr make_dict(const std::vector<PicklePtr>& arguments) {
  auto dict = make_value(Kind::kDict);
  if (arguments.empty()) return dict;
  for (const auto& pair : arguments[0]->items) {
    if (pair->items.size() == 2) dict->entries.emplace_back(pair->items[0], pair->items[1]);
  }
  return dict;
}

}  // namespace

PicklePtr result_of_call(const PickleValue& callee, const std::vector<PicklePtr>& arguments) {
  if (callee.text == "collections OrderedDict" || callee.text == "builtins dict") {
    return make_dict(arguments);
  }
  if (callee.text == "torch._utils _rebuild_tensor_v2" ||
      callee.text == "torch._utils _rebuild_tensor") {
    return rebuild_tensor(arguments);
  }
  const bool is_parameter = callee.text.starts_with("torch._utils _rebuild_parameter");
  return is_parameter && !arguments.empty() ? arguments[0] : make_value(Kind::kOther);
}

at::ScalarType storage_type(const PickleValue& storage_class) {
  static const std::vector<std::pair<std::string, at::ScalarType>> types = {
      {"torch FloatStorage", at::kFloat},
      {"torch DoubleStorage", at::kDouble},
      {"torch HalfStorage", at::kHalf},
      {"torch BFloat16Storage", at::kBFloat16},
      {"torch LongStorage", at::kLong},
      {"torch IntStorage", at::kInt},
      {"torch ShortStorage", at::kShort},
      {"torch CharStorage", at::kChar},
      {"torch ByteStorage", at::kByte},
      {"torch BoolStorage", at::kBool}};
  for (const auto& [name, type] : types) {
    if (storage_class.text == name) return type;
  }
  throw std::runtime_error("a storage of an unknown type: " + printable(storage_class.text));
}

}  // namespace ff::experiments
