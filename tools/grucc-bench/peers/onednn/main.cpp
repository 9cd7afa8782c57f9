//===- main.cpp - grucc-bench-onednn: times a GRU of oneDNN ---------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "network.h"
#include "options.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Weights in the order of torch, and an input [T, B, I].
struct Given {
  std::vector<Tensors> layers; // layer-major
  std::vector<float> input;
};

/// What `--tensors` holds; or U(-1/sqrt(H), 1/sqrt(H)), and U(-1, 1) for the input.
Given readTensors(const Options &asked) {
  const Sizes &sizes = asked.sizes;
  std::ifstream file;
  if (!asked.tensors.empty()) {
    file.open(asked.tensors, std::ios::binary);
    if (!file)
      throw std::runtime_error(asked.tensors + ": found no such file, expected float32 tensors");
  }
  std::mt19937 random(1);
  auto take = [&](auto count, float limit) {
    std::vector<float> values(static_cast<size_t>(count));
    std::uniform_real_distribution<float> uniform(-limit, limit);
    if (asked.tensors.empty())
      std::generate(values.begin(), values.end(), [&] { return uniform(random); });
    else if (!file.read(reinterpret_cast<char *>(values.data()),
                        static_cast<std::streamsize>(values.size() * sizeof(float))))
      throw std::runtime_error(asked.tensors + ": found its end, expected more float32 tensors");
    return values;
  };
  Given given;
  auto rows = 3 * sizes.hiddenSize;
  float limit = 1.0f / std::sqrt(static_cast<float>(sizes.hiddenSize));
  for (dnnl::memory::dim layer = 0; layer < sizes.numLayers; ++layer)
    for (dnnl::memory::dim direction = 0; direction < sizes.directions(); ++direction) {
      Tensors &tensors = given.layers.emplace_back();
      tensors.weightIh = take(rows * sizes.columns(layer), limit);
      tensors.weightHh = take(rows * sizes.hiddenSize, limit);
      tensors.biasIh = take(rows, limit);
      tensors.biasHh = take(rows, limit);
    }
  given.input = take(sizes.seqLen * sizes.batch * sizes.inputSize, 1.0f);
  if (!asked.tensors.empty() && file.peek() != std::ifstream::traits_type::eof())
    throw std::runtime_error(asked.tensors + ": found more bytes, expected its end");
  return given;
}

std::unique_ptr<Network> makeNetwork(const Options &asked, const Given &given, bool isStacked) {
  Sizes sizes = asked.sizes;
  if (asked.isStep)
    sizes.seqLen = 1;
  auto made = std::make_unique<Network>(sizes, given.layers, isStacked, asked.isStep);
  std::copy_n(given.input.begin(), made->input.size(), made->input.begin());
  return made;
}

/// Seconds of so many calls.
double timeCalls(Network &network, long calls) {
  double start = now();
  for (long i = 0; i < calls; ++i)
    network.call();
  return now() - start;
}

struct Timing {
  double minimum, median; // microseconds of one call
  size_t samples;
  long calls; // of each sample
};

/// Repeats the call for so long. A sample is 2 ms at least, so that reading the
/// clock does not count.
Timing takeTurn(Network &network, double seconds) {
  network.call(); // what the caches and the pages need
  long calls = 1;
  double end = now() + seconds;
  for (double last = timeCalls(network, calls); last < 2e-3; last = timeCalls(network, calls))
    calls *= 2;
  std::vector<double> samples;
  while (samples.empty() || now() < end)
    samples.push_back(timeCalls(network, calls) / static_cast<double>(calls) * 1e6);
  std::sort(samples.begin(), samples.end());
  return {samples.front(), samples[samples.size() / 2], samples.size(), calls};
}

/// The asked form; or the faster one, after trying both.
std::unique_ptr<Network> chooseNetwork(const Options &asked, const Given &given,
                                       std::string &form) {
  form = Network::canStack(asked.sizes) ? asked.form : "layers";
  if (!form.empty())
    return makeNetwork(asked, given, form == "stacked");
  auto stacked = makeNetwork(asked, given, true), layers = makeNetwork(asked, given, false);
  double leastStacked = 1e30, leastLayers = 1e30;
  for (int i = 0; i < 3; ++i) {
    leastStacked = std::min(leastStacked, takeTurn(*stacked, 0.05).minimum);
    leastLayers = std::min(leastLayers, takeTurn(*layers, 0.05).minimum);
  }
  form = leastStacked < leastLayers ? "stacked" : "layers";
  return leastStacked < leastLayers ? std::move(stacked) : std::move(layers);
}

/// Writes output [T, B, D * H] and h_n [L * D, B, H].
void writeResult(const Options &asked, Network &network, const Given &given) {
  std::vector<float> all;
  size_t size = network.input.size();
  network.resetState();
  for (size_t at = 0; at < given.input.size(); at += size) {
    std::copy_n(given.input.begin() + static_cast<std::ptrdiff_t>(at), size, network.input.begin());
    network.call();
    all.insert(all.end(), network.output.begin(), network.output.end());
  }
  std::vector<float> state = network.lastState();
  all.insert(all.end(), state.begin(), state.end());
  std::ofstream file(asked.result, std::ios::binary);
  file.write(reinterpret_cast<const char *>(all.data()),
             static_cast<std::streamsize>(all.size() * sizeof(float)));
  if (!file.flush())
    throw std::runtime_error(asked.result + ": found an error, expected to write all of it");
}

void printTiming(const Timing &taken) {
  std::cout << "{\"minimum_us\": " << taken.minimum << ", \"median_us\": " << taken.median
            << ", \"samples\": " << taken.samples << ", \"calls\": " << taken.calls << "}"
            << std::endl;
}

void bench(const Options &asked) {
  Given given = readTensors(asked);
  std::string form;
  std::unique_ptr<Network> network = chooseNetwork(asked, given, form);
  if (!asked.result.empty())
    writeResult(asked, *network, given);
  const dnnl_version_t *version = dnnl_version();
  // The numbers of dnnl_cpu_isa_t: a mask of features.
  std::cout << "{\"version\": \"" << version->major << "." << version->minor << "."
            << version->patch << "\", \"form\": \"" << form << "\", \"isa\": \"0x" << std::hex
            << dnnl_get_effective_cpu_isa() << std::dec << "\", \"threads\": " << asked.threads
            << "}" << std::endl;
  if (!asked.isServing)
    return printTiming(takeTurn(*network, asked.seconds));
  std::string word;
  for (double seconds; std::cin >> word >> seconds && word == "turn";)
    printTiming(takeTurn(*network, seconds));
}

} // namespace

int main(int argc, char **argv) {
  Options asked;
  if (!readOptions(argc, argv, asked))
    return 2;
  if (asked.isHelp) {
    printHelp();
    return 0;
  }
  // OpenMP reads its number of threads when it is loaded, which was before main.
  std::string threads = std::to_string(asked.threads);
  const char *set = std::getenv("OMP_NUM_THREADS");
  if (!set || set != threads) {
    setenv("OMP_NUM_THREADS", threads.c_str(), 1);
    execv("/proc/self/exe", argv);
    printError("--threads", "no way to set it", "OMP_NUM_THREADS=" + threads + " to be set");
    return 1;
  }
  try {
    bench(asked);
  } catch (const std::exception &error) {
    std::cerr << "grucc-bench-onednn: error: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
