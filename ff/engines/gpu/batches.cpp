#include "ff/engines/gpu/batches.h"

#include <c10/util/Exception.h>

namespace ff::gpu {

Batches::Batches(const ImageSet& train,
                 std::vector<Labels> labels,
                 std::int64_t streams,
                 std::int64_t batch_size,
                 const DrawOptions& draws)
    : train_(train),
      labels_(std::move(labels)),
      streams_(streams),
      batch_size_(batch_size),
      draws_(draws, train.size(), streams, batch_size, train.images.device()) {
  TORCH_CHECK(!draws_.any() || labels_.size() == 1,
              "gpu: networks that train together do not draw in their steps");
  const auto networks = static_cast<std::int64_t>(labels_.size());
  const auto place = train.images.device();
  wrong_labels_ = tensor_of<std::int64_t>({networks, train.size()}, place);
  label_values_ = tensor_of<double>({networks}, place);
  orders_ = tensor_of<std::int64_t>({networks, streams, train.size()}, place);
}

void Batches::begin_epoch(const std::vector<std::vector<at::Tensor>>& orders, bool positives_only) {
  TORCH_CHECK(orders.size() == labels_.size(),
              "gpu: expected the orders of ",
              labels_.size(),
              " networks, got ",
              orders.size());
  for (std::size_t n = 0; n < orders.size(); ++n) {
    const auto network = static_cast<std::int64_t>(n);
    TORCH_CHECK(static_cast<std::int64_t>(orders[n].size()) == streams_,
                "gpu: expected ",
                streams_,
                " orders, got ",
                orders[n].size());
    if (labels_[n].wrong.defined()) wrong_labels_[network].copy_(labels_[n].wrong);
    label_values_[network].copy_(labels_[n].overlay.value()[0]);
    for (std::int64_t s = 0; s < streams_; ++s) {
      orders_[network][s].narrow(0, 0, orders[n][s].numel()).copy_(orders[n][s]);
    }
  }
  draws_.begin_epoch(orders.front().front().numel(), positives_only);
}

template <class T, class X>
ReadPixels<T, X> Batches::read(X* to,
                               std::int64_t rows,
                               const Cursor* cursor,
                               RowScale<T> scale) const {
  const bool floats = train_.floats();
  return {.images = floats ? nullptr : train_.images.const_data_ptr<std::uint8_t>(),
          .floats = floats ? train_.images.const_data_ptr<float>() : nullptr,
          .table = train_.table.const_data_ptr<float>(),
          .labels = train_.labels.const_data_ptr<std::int64_t>(),
          .wrong_labels = pointer<std::int64_t>(wrong_labels_),
          .label_values = pointer<double>(label_values_),
          .order = pointer<std::int64_t>(orders_),
          .cursor = cursor,
          .moves = draws_.moves(),
          .x = to,
          .networks = static_cast<std::int64_t>(labels_.size()),
          .rows = rows,
          .positives = labels_.front().wrong.defined() || draws_labels() ? rows / 2 : rows,
          .batch_size = batch_size_,
          .image_count = train_.size(),
          .streams = streams_,
          .first = 0,
          .pixels = static_cast<std::int32_t>(train_.features()),
          .plane = static_cast<std::int32_t>(train_.height() * train_.width()),
          .classes = static_cast<std::int32_t>(labels_.front().overlay.classes()),
          .width = static_cast<std::int32_t>(train_.width()),
          .unlabelled = false,
          .neutral = T(0),
          .scale = scale};
}

template <class T, class X>
ReadPixels<T, X> Batches::read_unlabelled(X* to,
                                          std::int64_t rows,
                                          const Cursor* cursor,
                                          RowScale<T> scale) const {
  auto kernel = read<T, X>(to, rows, cursor, scale);
  kernel.positives = rows;
  kernel.unlabelled = true;
  kernel.neutral = static_cast<T>(labels_.front().overlay.neutral());
  return kernel;
}

template <class T, class X>
ReadPixels<T, X> Batches::read_range(
    X* to, std::int64_t first, std::int64_t rows, bool positive, RowScale<T> scale) const {
  auto kernel = read<T, X>(to, rows, nullptr, scale);
  kernel.order = nullptr;
  kernel.moves = nullptr;
  kernel.first = first;
  kernel.positives = positive ? rows : 0;
  return kernel;
}

template <class T, class X>
GatherRows<T, X> Batches::gather(const at::Tensor& kept,
                                 X* to,
                                 std::int64_t rows,
                                 const Cursor* cursor) const {
  return {.kept = pointer<X>(kept),
          .order = pointer<std::int64_t>(orders_),
          .cursor = cursor,
          .x = to,
          .networks = static_cast<std::int64_t>(labels_.size()),
          .rows = rows,
          .positives = rows / 2,
          .batch_size = batch_size_,
          .image_count = train_.size(),
          .streams = streams_,
          .width = kept.size(3)};
}

template <class T, class X>
CrossEntropyRows<T, X> Batches::cross_entropy(const Outputs<T, X>& outputs,
                                              std::int64_t classes,
                                              std::int64_t rows,
                                              const Cursor* cursor) const {
  return {.z = outputs.z,
          .bias = outputs.bias,
          .labels = train_.labels.const_data_ptr<std::int64_t>(),
          .order = pointer<std::int64_t>(orders_),
          .cursor = cursor,
          .dz = outputs.dz,
          .row_loss = outputs.row_loss,
          .rows = rows,
          .classes = classes,
          .batch_size = batch_size_};
}

template <class T>
DrawHardLabels<T, T> Batches::draw_hard_labels(const T* logits,
                                               std::int64_t rows,
                                               const Cursor* cursor) const {
  return {.logits = logits,
          .uniforms = draws_.uniforms(),
          .labels = train_.labels.const_data_ptr<std::int64_t>(),
          .order = pointer<std::int64_t>(orders_),
          .cursor = cursor,
          .wrong_labels = pointer<std::int64_t>(wrong_labels_),
          .rows = rows,
          .classes = classes(),
          .batch_size = batch_size_};
}

#define FF_BATCHES(T, X)                                                                      \
  template ReadPixels<T, X> Batches::read<T, X>(X*, std::int64_t, const Cursor*, RowScale<T>) \
      const;                                                                                  \
  template ReadPixels<T, X> Batches::read_unlabelled<T, X>(                                   \
      X*, std::int64_t, const Cursor*, RowScale<T>) const;                                    \
  template ReadPixels<T, X> Batches::read_range<T, X>(                                        \
      X*, std::int64_t, std::int64_t, bool, RowScale<T>) const;                               \
  template GatherRows<T, X> Batches::gather<T, X>(                                            \
      const at::Tensor&, X*, std::int64_t, const Cursor*) const;                              \
  template CrossEntropyRows<T, X> Batches::cross_entropy<T, X>(                               \
      const Outputs<T, X>&, std::int64_t, std::int64_t, const Cursor*) const;
FF_BATCHES(float, float)
FF_BATCHES(float, BFloat16)
FF_BATCHES(double, double)
template DrawHardLabels<float, float> Batches::draw_hard_labels<float>(const float*,
                                                                       std::int64_t,
                                                                       const Cursor*) const;
template DrawHardLabels<double, double> Batches::draw_hard_labels<double>(const double*,
                                                                          std::int64_t,
                                                                          const Cursor*) const;

}  // namespace ff::gpu
