// The binary version of CIFAR-10 and CIFAR-100 (Krizhevsky): records of one or two label bytes and
// the planes red, green and blue of an image of 32x32.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// 50,000 + 10,000 images in 10 classes.
Dataset cifar10();

/// 50,000 + 10,000 images in 100 classes, the fine labels; the 20 coarse ones are not read.
Dataset cifar100();

/// A user's own records of one label byte each, in train.bin and test.bin.
Dataset own_cifar();

/// Decodes training batches, then one test batch as the last file. Throws std::runtime_error when
/// a file is no whole number of records, or a label is above 9.
RawData decode_cifar10(const std::vector<DataFile>& files);

}  // namespace ff::experiments
