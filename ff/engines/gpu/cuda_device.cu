#include <vector>

#include "ff/engines/gpu/cuda_check.h"
#include "ff/engines/gpu/cuda_device.h"
#include "ff/engines/gpu/cuda_products.h"

namespace ff::gpu {
namespace {

template <class K>
__global__ void __launch_bounds__(kThreads) run_kernel(const K kernel) {
  Block block;
  block.index = blockIdx.x;
  kernel(block);
}

class CudaGraph : public Graph {
 public:
  CudaGraph(cudaGraph_t graph, cudaStream_t stream) : graph_(graph), stream_(stream) {
    const auto error = cudaGraphInstantiate(&runnable_, graph_, 0);
    if (error != cudaSuccess) cudaGraphDestroy(graph_);
    check(error, "making a graph");
  }
  ~CudaGraph() override {
    cudaGraphExecDestroy(runnable_);
    cudaGraphDestroy(graph_);
  }
  CudaGraph(const CudaGraph&) = delete;
  CudaGraph& operator=(const CudaGraph&) = delete;

  void launch() override { check(cudaGraphLaunch(runnable_, stream_), "a graph's launch"); }

 private:
  cudaGraph_t graph_;
  cudaGraphExec_t runnable_ = nullptr;
  cudaStream_t stream_;
};

// Pinned host buffer. Pooled, because cudaMallocHost synchronises with the device.
struct PinnedMemory {
  void* data = nullptr;
  std::size_t bytes = 0;

  explicit PinnedMemory(std::size_t wanted) : bytes(wanted) {
    check(cudaMallocHost(&data, bytes), "memory for readings");
  }
  ~PinnedMemory() { cudaFreeHost(data); }
  PinnedMemory(const PinnedMemory&) = delete;
  PinnedMemory& operator=(const PinnedMemory&) = delete;
};

using Pool = std::vector<std::unique_ptr<PinnedMemory>>;

std::unique_ptr<PinnedMemory> take(Pool& pool, std::size_t bytes) {
  for (auto& memory : pool) {
    if (memory->bytes < bytes) continue;
    std::swap(memory, pool.back());
    auto taken = std::move(pool.back());
    pool.pop_back();
    return taken;
  }
  return std::make_unique<PinnedMemory>(bytes);
}

class CudaAsyncCopy : public AsyncCopy {
 public:
  CudaAsyncCopy(const void* from,
                std::size_t bytes,
                cudaStream_t stream,
                std::shared_ptr<Pool> pool)
      : pool_(std::move(pool)), memory_(take(*pool_, bytes)) {
    check(cudaMemcpyAsync(memory_->data, from, bytes, cudaMemcpyDeviceToHost, stream), "a reading");
    check(cudaEventCreateWithFlags(&done_, cudaEventDisableTiming | cudaEventBlockingSync),
          "an event");
    check(cudaEventRecord(done_, stream), "an event");
  }
  ~CudaAsyncCopy() override {
    if (done_) cudaEventSynchronize(done_);  // before the buffer is reused
    if (done_) cudaEventDestroy(done_);
    pool_->push_back(std::move(memory_));
  }
  CudaAsyncCopy(const CudaAsyncCopy&) = delete;
  CudaAsyncCopy& operator=(const CudaAsyncCopy&) = delete;

  bool ready() const override {
    const auto state = cudaEventQuery(done_);
    if (state == cudaErrorNotReady) return false;
    check(state, "a step");
    return true;
  }
  const void* wait() override {
    check(cudaEventSynchronize(done_), "a step");
    return memory_->data;
  }

 private:
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<PinnedMemory> memory_;
  cudaEvent_t done_ = nullptr;
};

class CudaDevice : public Device {
 public:
  CudaDevice(int index, void* workspace, std::size_t bytes) : index_(index) {
    check(cudaSetDevice(index_), "GPU " + std::to_string(index_));
    check(cudaStreamCreate(&stream_), "a stream");
    products_ = std::make_unique<CudaProducts>(workspace, bytes);
  }
  ~CudaDevice() override {
    products_.reset();
    cudaStreamDestroy(stream_);
  }
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;

  void launch(const Kernel& kernel) override {
    check(cudaSetDevice(index_), "GPU " + std::to_string(index_));
    std::visit([&](const auto& k) { launch_one(k); }, kernel);
  }

  void multiply(const Product& product) override {
    check(cudaSetDevice(index_), "GPU " + std::to_string(index_));
    products_->run(product, stream_);
  }

  std::unique_ptr<Graph> record(const std::function<void()>& work) override;

  std::unique_ptr<AsyncCopy> read(const void* from, std::size_t bytes) override {
    return std::make_unique<CudaAsyncCopy>(from, bytes, stream_, pool_);
  }

  void synchronize() override { check(cudaStreamSynchronize(stream_), "a step"); }

 private:
  template <class K>
  void launch_one(const K& kernel) {
    const auto blocks = kernel.blocks();
    if (blocks == 0) return;
    if (blocks > 0x7fffffff) throw DeviceError(std::string("CUDA: ") + K::name + ": too many rows");
    run_kernel<<<static_cast<unsigned>(blocks), kThreads, 0, stream_>>>(kernel);
    check(cudaGetLastError(), K::name);
  }

  int index_;
  cudaStream_t stream_ = nullptr;
  std::unique_ptr<CudaProducts> products_;
  std::shared_ptr<Pool> pool_ = std::make_shared<Pool>();
};

std::unique_ptr<Graph> CudaDevice::record(const std::function<void()>& work) {
  check(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), "a recording");
  cudaGraph_t graph = nullptr;
  try {
    work();
  } catch (...) {
    if (cudaStreamEndCapture(stream_, &graph) == cudaSuccess) cudaGraphDestroy(graph);
    throw;
  }
  check(cudaStreamEndCapture(stream_, &graph), "a recording");
  return std::make_unique<CudaGraph>(graph, stream_);
}

}  // namespace

std::unique_ptr<Device> make_cuda_device(int index, void* workspace, std::size_t bytes) {
  return std::make_unique<CudaDevice>(index, workspace, bytes);
}

int compute_capability(int index) {
  int major = 0, minor = 0;
  check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, index), "its capability");
  check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, index), "its capability");
  return 10 * major + minor;
}

int least_capability() {
  constexpr int kGenerations[] = {__CUDA_ARCH_LIST__};  // set by nvcc, ascending: 800, 860, ...
  return kGenerations[0] / 10;
}

}  // namespace ff::gpu
