#include <csignal>
#include <cstdio>
#include <map>
#include <string_view>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/loop.hpp"
#include "apps/bench/generator/options.hpp"
#include "apps/bench/generator/process.hpp"
#include "apps/bench/generator/result.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"

namespace {

using Scenario = bench::Result (*)(bench::Loop& loop, const bench::Options& options);

Scenario find_scenario(std::string_view name) {
  static const std::map<std::string_view, Scenario> all{
      {"echo", bench::run_echo},           {"binary", bench::run_binary_echo},
      {"broadcast", bench::run_broadcast}, {"rooms", bench::run_rooms},
      {"mixed", bench::run_mixed},         {"connect", bench::run_connect},
      {"idle", bench::run_idle},           {"jitter", bench::run_jitter},
      {"avalanche", bench::run_avalanche},
  };
  const auto found = all.find(name);
  if (found == all.end()) {
    throw bench::Failure("there is no scenario " + std::string(name));
  }
  return found->second;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs(bench::usage, stderr);
    return 2;
  }
  try {
    const bench::Options options = bench::parse_options(argc, argv);
    const Scenario scenario = find_scenario(options.scenario);
    bench::raise_descriptor_limit();
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's writes would raise it
    bench::Loop loop;
    const bench::Result result = scenario(loop, options);
    bench::print(options, result);
    if (result.delivered_share.value_or(1) < 1) {
      throw bench::Failure("messages were lost");
    }
    return 0;
  } catch (const bench::Failure& failure) {
    std::fprintf(stderr, "sio_bench: %s\n", failure.what());
    return 1;
  }
}
