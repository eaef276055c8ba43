#include "experiments/table/formats.h"

namespace ff::experiments {
namespace {

Json to_json(const Figure& figure) {
  const auto deviation = figure.standard_deviation();
  return {{"mean", figure.mean()},
          {"std", deviation ? Json(*deviation) : Json()},
          {"values", figure.values}};
}

Json json_cell(const Column& column, size_t row) {
  const auto* figure = std::get_if<Figure>(&column.cells[row]);
  if (figure) return to_json(*figure);
  const auto* count = std::get_if<std::int64_t>(&column.cells[row]);
  return count ? Json(*count) : Json(cell_text(column, row));
}

Json records(const Experiment& experiment) {
  Json config = experiment.runs[0].config;
  config.erase("seeds");
  Json record = {{"name", experiment.runs[0].name()}, {"config", config}, {"runs", Json::array()}};
  for (const auto& run : experiment.runs) {
    record["runs"].push_back({{"folder", run.folder.string()},
                              {"seed", run.seed()},
                              {"environment", run.environment},
                              {"result", run.result}});
  }
  return record;
}

Json json_row(const std::vector<Column>& columns, size_t row) {
  Json object = Json::object();
  for (const auto& column : columns) {
    if (!std::holds_alternative<std::monostate>(column.cells[row])) {
      object[column.key] = json_cell(column, row);
    }
  }
  return object;
}

}  // namespace

std::string to_json(const std::vector<Column>& columns,
                    const std::vector<Experiment>& experiments) {
  Json rows = Json::array();
  for (size_t row = 0; row < experiments.size(); ++row) {
    auto object = json_row(columns, row);
    object.update(records(experiments[row]));
    rows.push_back(std::move(object));
  }
  return rows.dump(2) + "\n";
}

std::string to_json(const std::vector<Column>& columns) {
  Json rows = Json::array();
  for (size_t row = 0; row < columns[0].cells.size(); ++row) {
    rows.push_back(json_row(columns, row));
  }
  return rows.dump(2) + "\n";
}

}  // namespace ff::experiments
