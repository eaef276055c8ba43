#include "experiments/pickle.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "experiments/pickle_codes.h"
#include "experiments/pickle_values.h"

namespace ff::experiments {
namespace {

using pickle_codes::Code;
using Kind = PickleValue::Kind;

constexpr int kDeepest = 200;  // limits recursion in the destructor of nested values

std::runtime_error malformed(const std::string& why) {
  return std::runtime_error("not a pickle: " + why);
}

void check_depth(const PickleValue& value) {
  if (value.depth > kDeepest) throw malformed("values nested too deeply");
}

// Adds an item to a container. Picklers complete a container before adding it to another one; a
// container that is modified after that would be recursive, which would leak memory.
void add_item(PickleValue& container, const PicklePtr& item) {
  item->inside = true;
  if (container.inside) throw malformed("a value that contains itself");
  container.depth = std::max(container.depth, item->depth + 1);
  check_depth(container);
}

}  // namespace

std::string_view PickleReader::take(std::size_t count) {
  if (count > left()) throw malformed("unexpected end of data");
  const auto part = bytes_.substr(at_, count);
  at_ += count;
  return part;
}

// Pickle integers are little-endian, as are the supported hosts.
template <class T>
T PickleReader::number() {
  T value;
  std::memcpy(&value, take(sizeof value).data(), sizeof value);
  return value;
}

std::string PickleReader::line() {
  const auto end = bytes_.find('\n', at_);
  if (end == std::string_view::npos) throw malformed("unexpected end of data");
  const std::string text(take(end - at_));
  take(1);
  return text;
}

void PickleReader::push_integer(std::int64_t value) {
  push(make_value(Kind::kInteger));
  stack_.back()->integer = value;
}

void PickleReader::push_text(std::string_view text) {
  push(make_value(Kind::kText));
  stack_.back()->text = text;
}

void PickleReader::push_sequence(std::vector<PicklePtr> items) {
  push(make_value(Kind::kSequence));
  for (const auto& item : items) add_item(*stack_.back(), item);
  stack_.back()->items = std::move(items);
}

const PicklePtr& PickleReader::top() const {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) throw malformed("its stack is empty");
  return stack_.back();
}

PicklePtr PickleReader::pop() {
  auto value = top();
  stack_.pop_back();
  return value;
}

std::vector<PicklePtr> PickleReader::pop_to_mark() {
  if (marks_.empty()) throw malformed("it has no mark");
  std::vector<PicklePtr> items(stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back()),
                               stack_.end());
  stack_.resize(marks_.back());
  marks_.pop_back();
  return items;
}

void PickleReader::set_items(const std::vector<PicklePtr>& keys_and_values) {
  for (std::size_t i = 0; i + 1 < keys_and_values.size(); i += 2) {
    for (const auto place : {i, i + 1}) add_item(*top(), keys_and_values[place]);
    top()->entries.emplace_back(keys_and_values[i], keys_and_values[i + 1]);
  }
}

void PickleReader::append(const std::vector<PicklePtr>& items) {
  for (const auto& item : items) add_item(*top(), item);
  auto& list = top()->items;
  list.insert(list.end(), items.begin(), items.end());
}

PicklePtr PickleReader::read() {
  stack_.clear();
  memo_.clear();
  marks_.clear();
  while (step()) {
  }
  return pop();
}

bool PickleReader::step() {
  const auto code = number<unsigned char>();
  if (code == Code::kStop) return false;
  if (step_constant(code) || step_container(code) || step_memo(code) || step_object(code))
    return true;
  throw malformed("the code " + std::to_string(code) + " is unknown");
}

bool PickleReader::step_constant(unsigned char code) {
  switch (code) {
    case Code::kNone:
      push(make_value(Kind::kOther));
      return true;
    case Code::kNewTrue:
      push_integer(1);
      return true;
    case Code::kNewFalse:
      push_integer(0);
      return true;
    case Code::kBinInt:
      push_integer(number<std::int32_t>());
      return true;
    case Code::kBinInt1:
      push_integer(number<std::uint8_t>());
      return true;
    case Code::kBinInt2:
      push_integer(number<std::uint16_t>());
      return true;
    case Code::kBinFloat:
      take(8);
      push(make_value(Kind::kOther));
      return true;
    case Code::kLong1: {
      const auto digits = take(number<std::uint8_t>());
      std::uint64_t value = !digits.empty() && (digits.back() & 0x80) ? ~std::uint64_t{0} : 0;
      std::memcpy(&value, digits.data(), std::min(digits.size(), sizeof value));
      push_integer(static_cast<std::int64_t>(value));
      return true;
    }
    case Code::kBinUnicode:
    case Code::kBinString:
    case Code::kBinBytes:
      push_text(take(number<std::uint32_t>()));
      return true;
    case Code::kShortBinUnicode:
    case Code::kShortBinString:
    case Code::kShortBinBytes:
      push_text(take(number<std::uint8_t>()));
      return true;
    default:
      return false;
  }
}

bool PickleReader::step_container(unsigned char code) {
  switch (code) {
    case Code::kMark:
      marks_.push_back(stack_.size());
      return true;
    case Code::kEmptyDict:
      push(make_value(Kind::kDict));
      return true;
    case Code::kEmptyList:
    case Code::kEmptySet:
    case Code::kEmptyTuple:
      push_sequence({});
      return true;
    case Code::kTuple:
      push_sequence(pop_to_mark());
      return true;
    case Code::kTuple1:
    case Code::kTuple2:
    case Code::kTuple3: {
      std::vector<PicklePtr> items(code - Code::kTuple1 + 1);
      for (auto item = items.rbegin(); item != items.rend(); ++item) *item = pop();
      push_sequence(std::move(items));
      return true;
    }
    case Code::kAppend:
      append({pop()});
      return true;
    case Code::kAppends:
    case Code::kAddItems:
      append(pop_to_mark());
      return true;
    case Code::kSetItem: {
      const auto value = pop(), key = pop();
      set_items({key, value});
      return true;
    }
    case Code::kSetItems:
      set_items(pop_to_mark());
      return true;
    default:
      return false;
  }
}

bool PickleReader::step_memo(unsigned char code) {
  const auto put = [&](std::size_t place) {
    if (place > bytes_.size()) throw malformed("its memo is too large");
    if (place >= memo_.size()) memo_.resize(place + 1);
    memo_[place] = top();
  };
  const auto get = [&](std::size_t place) {
    if (place >= memo_.size() || !memo_[place]) throw malformed("its memo has no such entry");
    push(memo_[place]);
  };
  switch (code) {
    case Code::kProto:
      take(1);
      return true;
    case Code::kFrame:
      take(8);
      return true;
    case Code::kBinPut:
      put(number<std::uint8_t>());
      return true;
    case Code::kLongBinPut:
      put(number<std::uint32_t>());
      return true;
    case Code::kMemoize:
      put(memo_.size());
      return true;
    case Code::kBinGet:
      get(number<std::uint8_t>());
      return true;
    case Code::kLongBinGet:
      get(number<std::uint32_t>());
      return true;
    case Code::kPop:
      pop();
      return true;
    case Code::kPopMark:
      pop_to_mark();
      return true;
    default:
      return false;
  }
}

bool PickleReader::step_object(unsigned char code) {
  const auto push_global = [&](const std::string& module, const std::string& name) {
    push(make_value(Kind::kGlobal));
    stack_.back()->text = module + " " + name;
  };
  switch (code) {
    case Code::kGlobal: {
      const auto module = line(), name = line();
      push_global(module, name);
      return true;
    }
    case Code::kStackGlobal: {
      const auto name = pop(), module = pop();
      push_global(module->text, name->text);
      return true;
    }
    case Code::kReduce:
    case Code::kNewObj: {
      const auto arguments = pop(), callee = pop();
      push(result_of_call(*callee, arguments->items));
      stack_.back()->depth = std::max(stack_.back()->depth, arguments->depth + 1);
      check_depth(*stack_.back());
      return true;
    }
    case Code::kBuild:
      pop();
      return true;  // state such as the _metadata of state_dict()
    case Code::kBinPersId: {
      const auto id = pop();
      push(make_value(Kind::kOther));
      stack_.back()->tensor = load_storage_(*id);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace ff::experiments
