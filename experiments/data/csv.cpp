#include "experiments/data/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <ATen/Functions.h>

#include "experiments/data/arrays.h"
#include "experiments/data/bytes.h"
#include "experiments/plain_text.h"

namespace ff::experiments {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// Parses an integer from 0 to 255; nullopt for other text, such as "7.0".
std::optional<float> as_byte(std::string_view cell) {
  if (cell.empty() || cell.size() > 3) return std::nullopt;
  int value = 0;
  for (const char c : cell) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  if (value > 255) return std::nullopt;
  return static_cast<float>(value);
}

template <class Number>
std::optional<Number> as_number(std::string_view cell) {
  Number value{};
  const auto* end = cell.data() + cell.size();
  const auto [rest, error] = std::from_chars(cell.data(), end, value);
  if (cell.empty() || error != std::errc() || rest != end) return std::nullopt;
  return value;
}

// Parses a CSV file line by line.
class CsvReader {
 public:
  explicit CsvReader(const DataFile& file) : file_(file), rest_(as_text(file.bytes)) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);  // byte order mark (UTF-8)
  }

  CsvTable read() {
    while (!rest_.empty()) {
      ++line_;
      const auto end = std::min(rest_.find('\n'), rest_.size());
      const auto line = trimmed(rest_.substr(0, end));
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      if (line.empty()) continue;
      split(line);
      if (columns_ == 0) {
        if (begin()) continue;
      } else if (cells_.size() != columns_) {
        fail("holds " + std::to_string(cells_.size()) + " columns, but the first line has " +
             std::to_string(columns_));
      }
      take_row();
    }
    if (table_.labels.empty()) {
      throw std::runtime_error(file_.path + ": holds no images; at least one line is needed" +
                               std::string(kExpected));
    }
    return std::move(table_);
  }

 private:
  static constexpr const char* kExpected =
      "; expected: one line per image, comma-separated: the label (an integer from 0) in the first "
      "column, or in the column named label in the header, and numbers";

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(file_.path + ", line " + std::to_string(line_) + ": " + what +
                             kExpected);
  }

  [[noreturn]] void fail_cell(std::size_t column, const std::string& allowed) const {
    fail("'" + printable(cells_[column], 40) + "' in column " + std::to_string(column + 1) +
         "; allowed: " + allowed);
  }

  void split(std::string_view line) {
    cells_.clear();
    while (true) {
      const auto end = line.find(',');
      cells_.push_back(trimmed(line.substr(0, end)));
      if (end == std::string_view::npos) return;
      line.remove_prefix(end + 1);
    }
  }

  // Sets the columns by the first line; returns whether it is a header.
  bool begin() {
    columns_ = cells_.size();
    if (columns_ < 2) fail("holds one column");
    if (columns_ > static_cast<std::size_t>(kMostFeatures)) fail("holds too many columns");
    table_.width = static_cast<std::int64_t>(columns_) - 1;
    const auto is_number = [](std::string_view cell) {
      return as_number<double>(cell).has_value();
    };
    if (std::any_of(cells_.begin(), cells_.end(), is_number)) return false;
    const auto named = std::find_if(cells_.begin(), cells_.end(), [](std::string_view cell) {
      return unquoted(cell) == "label";
    });
    if (named == cells_.end()) fail("is a header without a column named label");
    label_column_ = static_cast<std::size_t>(named - cells_.begin());
    return true;
  }

  void take_row() {
    for (std::size_t column = 0; column < columns_; ++column) {
      if (column == label_column_) continue;
      table_.values.push_back(value_in(column));
    }
    const auto label = as_number<std::int64_t>(cells_[label_column_]);
    if (!label || *label < 0) fail_cell(label_column_, "an integer from 0 for a label");
    table_.labels.push_back(*label);
  }

  float value_in(std::size_t column) {
    if (const auto byte = as_byte(cells_[column])) return *byte;
    table_.bytes = false;
    const auto number = as_number<double>(cells_[column]);
    const auto value = static_cast<float>(number.value_or(NAN));
    if (!std::isfinite(value)) fail_cell(column, "finite float32 numbers");
    return value;
  }

  const DataFile& file_;
  std::string_view rest_;
  std::vector<std::string_view> cells_;
  std::size_t columns_ = 0, label_column_ = 0, line_ = 0;
  CsvTable table_;
};

LabelledImages half_of(const CsvTable& table, bool bytes, const std::string& path) {
  const auto count = static_cast<std::int64_t>(table.labels.size());
  const auto values = at::from_blob(const_cast<float*>(table.values.data()),
                                    {count, 1, 1, table.width},
                                    at::TensorOptions(at::kFloat));
  return {.images = bytes ? values.to(at::kByte) : values.clone(),
          .labels = at::tensor(table.labels, at::kLong),
          .images_path = path,
          .labels_path = path};
}

RawData decode_csv(const std::vector<DataFile>& files) {
  const auto train = read_csv(files[0]), test = read_csv(files[1]);
  const bool bytes = train.bytes && test.bytes;
  return both_halves(half_of(train, bytes, files[0].path), half_of(test, bytes, files[1].path));
}

}  // namespace

CsvTable read_csv(const DataFile& file) { return CsvReader(file).read(); }

Dataset user_csv() {
  return {.name = "csv",
          .kind = "csv",
          .folders = {"csv"},
          .files = {{"train.csv"}, {"test.csv"}},
          .decode = decode_csv,
          .original = {{0.5}, {0.5}},
          .how_to_get =
              "put your own train.csv and test.csv, a line per image with its label first, into a "
              "folder and name it in dataset.root or --data-root",
          .cure = kOwnFormats,
          .own = true};
}

}  // namespace ff::experiments
