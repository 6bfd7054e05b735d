#pragma once

#include <memory>
#include <string_view>

#include "apps/bench/generator/deflate.hpp"
#include "apps/bench/generator/loop.hpp"
#include "apps/bench/generator/stream.hpp"

namespace bench {

/// Carries the Engine.IO packets of one client. The client's own packets leave after the event that
/// is being handled.
class Transport {
 public:
  class Receiver {
   public:
    /// Engine.IO packets: `0{"sid":…}`, `2`, `4…`. The view lives during the call.
    virtual void on_text(std::string_view packet) = 0;
    virtual void on_binary(std::string_view bytes) = 0;
    virtual void on_closed() = 0;

   protected:
    ~Receiver() = default;
  };

  virtual ~Transport() = default;
  /// At first, and after cut().
  virtual void open() = 0;
  /// Resets the TCP connections, without a word to the server.
  virtual void cut() = 0;
  virtual void send_text(std::string_view packet) = 0;
  virtual void send_binary(std::string_view bytes) = 0;
};

/// How clients reach the server.
struct Route {
  enum class Kind {
    websocket,
    polling,
    upgrade  ///< joins over polling and goes over to WebSocket then
  };

  Address server;
  Kind kind = Kind::websocket;
  std::shared_ptr<Deflate> deflate = nullptr;  ///< over WebSocket; nullptr: nothing is compressed
};

/// `route` must outlive the transport.
[[nodiscard]] std::unique_ptr<Transport> make_transport(Loop& loop, const Route& route,
                                                        Transport::Receiver& receiver);

// The one of each kind.
[[nodiscard]] std::unique_ptr<Transport> make_websocket_transport(Loop& loop, const Route& route,
                                                                  Transport::Receiver& receiver);
[[nodiscard]] std::unique_ptr<Transport> make_polling_transport(Loop& loop, const Route& route,
                                                                Transport::Receiver& receiver);
[[nodiscard]] std::unique_ptr<Transport> make_upgrading_transport(Loop& loop, const Route& route,
                                                                  Transport::Receiver& receiver);

/// For the upgrade of the session `sid`: once open, it sends the probe.
[[nodiscard]] std::unique_ptr<Transport> make_probing_transport(Loop& loop, const Route& route,
                                                                Transport::Receiver& receiver,
                                                                std::string_view sid);

}  // namespace bench
