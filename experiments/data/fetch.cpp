#include "experiments/data/fetch.h"

#include <memory>
#include <stdexcept>

#include <curl/curl.h>

namespace ff::experiments {
namespace {

constexpr curl_off_t kLarge = 20'000'000;  // size in bytes above which progress is shown

struct Progress {
  std::ostream& log;
  curl_off_t tenths = 0;
};

struct Received {
  std::string bytes;
  std::int64_t most;
  const char* fault = nullptr;  // reason for cancelling the transfer
};

// Callback of libcurl, a C library: exceptions must not leave it.
std::size_t append(char* bytes, std::size_t size, std::size_t count, void* to) noexcept {
  auto& received = *static_cast<Received*>(to);
  if (received.bytes.size() + size * count > static_cast<std::size_t>(received.most)) {
    received.fault = "larger than the size limit for a data set file";
    return 0;
  }
  try {
    received.bytes.append(bytes, size * count);
  } catch (const std::exception&) {
    received.fault = "not enough memory";
    return 0;
  }
  return size * count;
}

int show(void* progress, curl_off_t total, curl_off_t now, curl_off_t, curl_off_t) {
  auto& shown = *static_cast<Progress*>(progress);
  if (total >= kLarge && now * 10 / total > shown.tenths) {
    shown.tenths = now * 10 / total;
    shown.log << "  " << shown.tenths * 10 << " % of " << total / 1'000'000 << " MB" << std::endl;
  }
  return 0;
}

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

Curl make_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  Curl curl(started == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (!curl) throw std::runtime_error("libcurl initialisation failed");
  return curl;
}

}  // namespace

std::string fetch(const std::string& url, std::ostream& log, std::int64_t most_bytes) {
  log << "downloading " << url << std::endl;
  const auto curl = make_curl();
  Received received{{}, most_bytes};
  Progress progress{log};
  char reason[CURL_ERROR_SIZE] = "";
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(curl.get(), option, value);
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_ERRORBUFFER, reason);
  set(CURLOPT_FAILONERROR, 1L);
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, 20L);
  set(CURLOPT_LOW_SPEED_LIMIT, 1000L);  // give up below 1000 bytes/s for a minute
  set(CURLOPT_LOW_SPEED_TIME, 60L);
  set(CURLOPT_WRITEFUNCTION, append);
  set(CURLOPT_WRITEDATA, &received);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, show);
  set(CURLOPT_XFERINFODATA, &progress);
  const auto result = curl_easy_perform(curl.get());
  if (result != CURLE_OK) {
    throw std::runtime_error("cannot download " + url + ": " +
                             (received.fault ? received.fault
                              : *reason      ? reason
                                             : curl_easy_strerror(result)));
  }
  return std::move(received.bytes);
}

}  // namespace ff::experiments
