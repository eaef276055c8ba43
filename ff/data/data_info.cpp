#include "ff/data/data_info.h"

#include <utility>

namespace ff {

DataInfo::DataInfo(ImageSet train) : DataInfo(std::make_shared<const ImageSet>(std::move(train))) {}

DataInfo::DataInfo(std::shared_ptr<const ImageSet> train)
    : shape{train->channels(), train->height(), train->width()},
      classes(train->classes),
      device(train->images.device()),
      resident(std::move(train)) {}

std::optional<double> DataInfo::max_value() const {
  return resident ? resident->max_value() : largest;
}

}  // namespace ff
