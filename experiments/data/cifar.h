// Binary version of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): records of one or two label bytes and
// the red, green and blue planes of a 32x32 image.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// 50,000 + 10,000 images in 10 classes.
Dataset cifar10();

/// 50,000 + 10,000 images in 100 classes (the fine labels; the 20 coarse ones are ignored).
Dataset cifar100();

/// A user's own records with one label byte each, in train.bin and test.bin.
Dataset user_cifar();

/// Decodes training batches, followed by one test batch. Throws std::runtime_error if the size of a
/// file is not a multiple of the record size, or a label is above 9.
RawData decode_cifar10(const std::vector<DataFile>& files);

}  // namespace ff::experiments
