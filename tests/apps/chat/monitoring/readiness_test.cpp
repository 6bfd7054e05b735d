#include "apps/chat/monitoring/readiness.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using chat::Readiness;

namespace {

const Readiness::Clock::time_point start{1h};

struct Scene {
  std::string ask(Readiness::Clock::time_point now) {
    std::string said = "nothing";
    readiness.ask(now, [&said](std::string text) { said = std::move(text); });
    return said;
  }

  std::string problem;
  int probes = 0;
  Readiness readiness{[this](const Readiness::Answer& answer) {
    ++probes;
    answer(problem);
  }};
};

}  // namespace

TEST_CASE("a node is ready when its store can be written") {
  Scene scene;
  CHECK(scene.ask(start).empty());
  CHECK(scene.readiness.was_ready());
  scene.problem = "the disk is full";
  CHECK(scene.ask(start + 1s) == "the disk is full");
  CHECK_FALSE(scene.readiness.was_ready());
}

TEST_CASE("an answer counts for a while") {
  Scene scene;
  CHECK(scene.ask(start).empty());
  scene.problem = "the disk is full";
  CHECK(scene.ask(start + Readiness::answer_lifetime - 1ms).empty());
  CHECK(scene.probes == 1);
  CHECK(scene.ask(start + Readiness::answer_lifetime) == "the disk is full");
  CHECK(scene.probes == 2);
}

TEST_CASE("a node that drains is not ready, whatever its store says") {
  Scene scene;
  scene.readiness.drain();
  CHECK(scene.readiness.draining());
  CHECK(scene.ask(start) == "draining");
  CHECK_FALSE(scene.readiness.was_ready());
  CHECK(scene.probes == 0);
}

TEST_CASE("those who ask while a probe is under way get its answer") {
  std::vector<Readiness::Answer> probes;
  Readiness readiness([&](Readiness::Answer answer) { probes.push_back(std::move(answer)); });
  std::vector<std::string> said;
  for (int i = 0; i < 3; ++i) {
    readiness.ask(start, [&said](std::string problem) { said.push_back(std::move(problem)); });
  }
  CHECK(probes.size() == 1);
  CHECK(said.empty());
  probes.front()("Redis is away");
  CHECK(said == std::vector<std::string>(3, "Redis is away"));
}

TEST_CASE("without a store there is nothing that could be wrong") {
  Readiness readiness;
  std::string said = "nothing";
  readiness.ask(start, [&](std::string problem) { said = std::move(problem); });
  CHECK(said.empty());
}
