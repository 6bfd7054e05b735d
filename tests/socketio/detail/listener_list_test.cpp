#include "socketio/detail/listener_list.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>

using socketio::detail::ListenerList;

namespace {

using List = ListenerList<int, std::function<void()>>;

void run(List& list, int key = 0) {
  list.for_each([key](int other) { return other == key; }, [](auto& callable) { callable(); });
}

}  // namespace

TEST_CASE("listeners run in order, by key") {
  List list;
  std::string order;
  list.add(0, [&] { order += "b"; });
  list.add(1, [&] { order += "x"; });
  list.add(
      0, [&] { order += "a"; }, false, true);
  run(list);
  CHECK(order == "ab");
  run(list, 1);
  CHECK(order == "abx");
  run(list, 2);
  CHECK(order == "abx");
}

TEST_CASE("a listener that runs once may call itself") {
  List list;
  int runs = 0;
  list.add(
      0,
      [&] {
        ++runs;
        run(list);
      },
      true);
  run(list);
  CHECK(runs == 1);
  CHECK(list.empty());
}

TEST_CASE("a listener may empty the list it runs from") {
  List list;
  std::string order;
  const auto token = std::make_shared<int>();
  list.add(0, [&, token] {
    list.clear();
    order += token != nullptr ? "a" : "?";
  });
  list.add(0, [&] { order += "b"; });
  run(list);
  CHECK(order == "a");
  CHECK(token.use_count() == 1);
}

TEST_CASE("listeners added while others run wait for the next time, wherever they are added") {
  List list;
  std::string order;
  list.add(0, [&] {
    order += "1";
    if (order.size() == 1) {
      list.add(0, [&] { order += "back"; });
      list.add(
          0, [&] { order += "front"; }, false, true);
    }
  });
  list.add(0, [&] { order += "2"; });
  run(list);
  CHECK(order == "12");
  run(list);
  CHECK(order == "12front12back");
}
