// A user's own PNG and JPEG files in folders by class.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// train/CLASS/* and test/CLASS/*. The classes are train's folders in the order of their names; the
/// images of a set stand class by class in turn (the first of each, then the second of each), so
/// that a limit takes as many of each.
Dataset own_folder();

}  // namespace ff::experiments
