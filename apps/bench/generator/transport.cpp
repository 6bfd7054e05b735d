#include "apps/bench/generator/transport.hpp"

namespace bench {

std::unique_ptr<Transport> make_transport(Loop& loop, const Route& route,
                                          Transport::Receiver& receiver) {
  switch (route.kind) {
    case Route::Kind::polling:
      return make_polling_transport(loop, route, receiver);
    case Route::Kind::upgrade:
      return make_upgrading_transport(loop, route, receiver);
    case Route::Kind::websocket:
      break;
  }
  return make_websocket_transport(loop, route, receiver);
}

}  // namespace bench
