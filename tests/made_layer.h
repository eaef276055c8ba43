// A single layer of model.layers, in float64, or why it cannot be.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "ff/nn/layer_kind.h"

namespace ff::test {

/// Returns a layer for input of shape `input`, which is also the input of its block.
inline std::shared_ptr<LayerImpl> made_layer(const LayerOptions& options, const Shape& input) {
  auto layer = make_layer(options, {.input = input, .blocks = {input}});
  layer->to(at::kDouble);
  return layer;
}

/// Returns the message with which such a layer is refused; empty if it is made.
inline std::string refusal_of(const LayerOptions& options, const Shape& input) {
  try {
    made_layer(options, input);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace ff::test
