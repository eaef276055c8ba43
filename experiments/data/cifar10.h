// CIFAR-10: 50,000 + 10,000 colour images of 32x32 in 10 classes (Krizhevsky), the binary version:
// records of one label byte and the planes red, green and blue.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

Dataset cifar10();

/// Decodes training batches, then one test batch as the last file. Throws std::runtime_error when
/// a file is no whole number of records, or a label is above 9.
RawData decode_cifar10(const std::vector<DataFile>& files);

}  // namespace ff::experiments
