#include "experiments/pickle_values.h"

#include <stdexcept>

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

// _rebuild_tensor_v2(storage, offset, size, stride, ...); as_strided checks the bounds.
PicklePtr rebuild_tensor(const std::vector<PicklePtr>& arguments) {
  if (arguments.size() < 4 || !arguments[0]->tensor.defined()) return make_value(Kind::kOther);
  for (const auto size : integers(*arguments[2])) {
    if (size < 0) throw std::runtime_error("a tensor of negative size");
  }
  auto value = make_value(Kind::kTensor);
  value->tensor = arguments[0]->tensor.as_strided(
      integers(*arguments[2]), integers(*arguments[3]), arguments[1]->integer);
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
  throw std::runtime_error("a storage of an unknown type: " + storage_class.text);
}

}  // namespace ff::experiments
