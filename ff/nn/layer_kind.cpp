#include "ff/nn/layer_kind.h"

#include <c10/util/Exception.h>
#include <torch/nn/modules/container/modulelist.h>

#include "ff/core/open_list.h"
#include "ff/nn/activation.h"
#include "ff/nn/layers/avg_pool.h"
#include "ff/nn/layers/batch_norm.h"
#include "ff/nn/layers/conv.h"
#include "ff/nn/layers/dropout_layer.h"
#include "ff/nn/layers/group_norm.h"
#include "ff/nn/layers/instance_norm.h"
#include "ff/nn/layers/layer_norm.h"
#include "ff/nn/layers/linear.h"
#include "ff/nn/layers/local2d.h"
#include "ff/nn/layers/max_pool.h"
#include "ff/nn/layers/rms_norm.h"
#include "ff/nn/layers/shortcut.h"
#include "ff/nn/weighted_layer.h"

namespace ff {
namespace {

OpenList<LayerKind>& layer_list() {
  static OpenList<LayerKind> kinds("layer",
                                   {
                                       linear_layer(),
                                       conv_layer(),
                                       local2d_layer(),
                                       batch_norm_layer(),
                                       group_norm_layer(),
                                       layer_norm_layer(),
                                       rms_norm_layer(),
                                       instance_norm_layer(),
                                       max_pool_layer(),
                                       avg_pool_layer(),
                                       dropout_layer(),
                                       shortcut_layer(),
                                   });
  return kinds;
}

}  // namespace

const std::vector<LayerKind>& layer_kinds() { return layer_list().read(); }

const LayerKind* find_layer_kind(const std::string& type) {
  for (const auto& kind : layer_kinds()) {
    if (type == kind.name) return &kind;
  }
  return nullptr;
}

void register_layer(LayerKind kind) { layer_list().add(std::move(kind)); }

Shape output_shape(const LayerKind& kind, const LayerOptions& options, const LayerPlace& place) {
  if (kind.joined) return kind.joined(options, place);
  return kind.output ? kind.output(options, place.input) : place.input;
}

Shape block_input(const LayerOptions& options, const Shape& below) {
  const auto* kind = find_layer_kind(options.type);
  return kind && kind->flattens ? Shape{.channels = below.features()} : below;
}

std::shared_ptr<LayerImpl> make_layer(const LayerOptions& options, const LayerPlace& place) {
  const auto* kind = find_layer_kind(options.type);
  if (!kind) throw std::invalid_argument("unknown layer '" + options.type + "'");
  const auto output = output_shape(*kind, options, place);
  auto layer = kind->make(options, place);
  layer->output = output;
  layer->takes_image = kind->needs_image;
  if (kind->has_weights) {
    const auto weighted = std::dynamic_pointer_cast<WeightedLayerImpl>(layer);
    TORCH_CHECK(weighted && weighted->weight.defined() && weighted->bias.defined(),
                "layer ",
                options.type,
                ": must be a WeightedLayerImpl with a weight and a bias");
  }
  return layer;
}

std::string register_in_list(torch::nn::Module& owner,
                             const std::string& list,
                             const std::shared_ptr<LayerImpl>& layer) {
  const auto children = owner.named_children();
  const auto* found = children.find(list);
  auto modules = found ? std::dynamic_pointer_cast<torch::nn::ModuleListImpl>(*found)
                       : owner.register_module(list, std::make_shared<torch::nn::ModuleListImpl>());
  TORCH_CHECK(modules, "'", list, "' is not a list of layers");
  modules->push_back(std::static_pointer_cast<torch::nn::Module>(layer));
  return list + "." + std::to_string(modules->size() - 1);
}

}  // namespace ff
