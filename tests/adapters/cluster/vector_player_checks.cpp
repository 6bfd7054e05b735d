#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <set>
#include <utility>

#include "socketio/codec.hpp"
#include "tests/adapters/cluster/vector_player.hpp"
#include "tests/adapters/support/frames.hpp"
#include "tests/socketio/notation.hpp"
#include "tests/support/vectors.hpp"

// What must come of a step.

namespace tests {

using socketio::Array;
using socketio::Value;
using socketio::Writer;

namespace {

/// Without what a server of ours shows otherwise.
Value without_handshakes(Value message) {
  if (Value* data = message.as_object() ? message.as_object()->find("data") : nullptr;
      data != nullptr && data->is_object()) {
    if (Value* sockets = data->as_object()->find("sockets")) {
      for (Value& socket : *sockets->as_array()) {
        CHECK(socket["handshake"]["headers"].is_object());
        socket["handshake"] = nullptr;
      }
    }
  }
  return message;
}

/// Redis's side of a subscription, one channel each.
Commands flat(const Value& vector) {
  const Array& argv = *vector["argv"].as_array();
  std::string word = text_of(argv[0]);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  Commands commands;
  if (word.ends_with("SUBSCRIBE")) {
    for (std::size_t i = 1; i < argv.size(); ++i) {
      commands.push_back({word, text_of(argv[i])});
    }
    return commands;
  }
  commands.emplace_back();
  for (const Value& argument : argv) {
    commands.back().push_back(text_of(argument));
  }
  return commands;
}

/// Of the client library, or of a reader that begins where Node's does not.
bool is_noise(const std::string& command) {
  static const std::set<std::string> noise{"CLIENT", "HELLO", "INFO", "XREAD", "XREVRANGE"};
  return noise.contains(command);
}

}  // namespace

std::string VectorPlayer::normalized(std::string text) const {
  // Clients of protocol 4 have this id in a namespace.
  for (const auto& [name, facts] : *scenario_.facts["sockets"].as_object()) {
    for (const auto& [nsp, sid] : *facts["sids"].as_object()) {
      const std::string ours = nsp + "#" + text_of(facts["sids"]["/"]);
      for (auto found = text.find(ours); nsp != "/" && found != std::string::npos;
           found = text.find(ours)) {
        text.replace(found, ours.size(), text_of(sid));
      }
    }
  }
  return text;
}

void VectorPlayer::compare_commands(const Scenario::Step& step) {
  Commands expected;
  std::vector<Value> messages;
  for (const Value& vector : step.vectors) {
    const std::string command = text_of(vector["command"]);
    if (vector["kind"] != Value("command") || !is_ours(vector) || is_noise(command)) {
      continue;
    }
    if (command.ends_with("PUBLISH")) {
      expected.push_back({command, text_of(vector["channel"]), from_hex(text_of(vector["bytes"]))});
    } else {
      const Commands all = flat(vector);
      expected.insert(expected.end(), all.begin(), all.end());
    }
    messages.push_back(is_publish(vector) ? message_of(vector) : Value());
  }
  const auto is_subscription = [](const auto& command) {
    return command[0].ends_with("SUBSCRIBE");
  };
  Commands sent = client_.take();
  std::erase_if(sent, [](const auto& command) { return is_noise(command[0]); });
  for (auto& command : sent) {
    if (is_subscription(command)) {
      command[1] = normalized(std::move(command[1]));
    }
  }
  std::stable_partition(expected.begin(), expected.end(), is_subscription);
  const auto end = std::stable_partition(sent.begin(), sent.end(), is_subscription);
  std::sort(sent.begin(), end);
  std::sort(expected.begin(), std::find_if_not(expected.begin(), expected.end(), is_subscription));
  std::erase_if(messages, [](const Value& message) { return message.is_null(); });

  REQUIRE(sent.size() == expected.size());
  std::size_t message = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const bool publish = sent[i][0].ends_with("PUBLISH");
    const bool is_message = publish || sent[i][0] == "XADD";
    const Value known = is_message && message < messages.size() ? messages[message++] : Value();
    if (publish && type_of(known) == 8) {
      CHECK(sent[i][1] == expected[i][1]);
      auto document =
          sent[i][2].starts_with('{')
              ? socketio::Document::from_json(sent[i][2])
              : socketio::Document::from_msgpack(sent[i][2], socketio::MsgpackDialect::msgpack2);
      REQUIRE(document.has_value());
      CHECK(normalized(json_of(without_handshakes(document->root().to_value()))) ==
            json_of(without_handshakes(known)));
    } else {
      CHECK(sent[i] == expected[i]);
    }
  }
}

void VectorPlayer::compare_deliveries(const Scenario::Step& step) {
  for (const Client& client : clients_) {
    Texts expected;
    for (const Value& vector : step.vectors) {
      if (vector["kind"] != Value("delivery") || text_of(vector["client"]) != client.name) {
        continue;
      }
      for (const Value& frame : *vector["frames"].as_array()) {
        const bool text = frame["type"] == Value("text");
        expected.push_back(text ? without_ack_id(text_of(frame["text"]))
                                : "binary:" + from_hex(text_of(frame["bytes"])));
      }
    }
    Texts got = client.session != nullptr ? take(*client.session) : Texts{};
    for (std::string& frame : got) {
      frame = frame.starts_with("binary:") ? frame : without_ack_id("4" + frame);
    }
    INFO("client ", client.name);
    CHECK(got == expected);
  }
}

void VectorPlayer::compare_result(const Scenario::Step& step) {
  using namespace std::chrono_literals;
  const bool asks = std::any_of(step.vectors.begin(), step.vectors.end(), [&](const Value& vector) {
    return vector["kind"] == Value("command") && is_ours(vector) && is_request(vector) &&
           (message_of(vector)["data"]["requestId"].is_string());
  });
  const auto vector = std::find_if(step.vectors.begin(), step.vectors.end(),
                                   [](const Value& v) { return v["kind"] == Value("result"); });
  if (vector == step.vectors.end() || (!asks && !result_)) {
    return;
  }
  if (!result_) {
    client_.advance(5s);
    world_->advance(5s);
    settle();
  }
  REQUIRE(result_.has_value());
  const Value& expected = (*vector)["value"];
  if (expected.is_number()) {
    CHECK(Value(result_->size()) == expected);
  } else if (expected.is_array()) {
    CHECK(*result_ == expected);
  } else if (expected["error"].is_string()) {
    CHECK(*result_ == expected);
  } else if (expected["res"].is_array()) {
    CHECK((*result_)["err"] == expected["err"]);
    const auto sorted = [](const Value& values) {
      std::multiset<std::string> texts;
      for (const Value& value : *values.as_array()) {
        texts.insert(json_of(value));
      }
      return texts;
    };
    CHECK(sorted((*result_)["res"]) == sorted(expected["res"]));
  } else {
    CHECK((*result_)["err"] == expected["err"]);
    CHECK(std::as_const(*result_)["res"][0U] == expected["res"]);
  }
}

}  // namespace tests
