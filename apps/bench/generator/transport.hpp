#pragma once

#include <memory>
#include <string_view>

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
  virtual void open() = 0;
  virtual void close() = 0;
  virtual void send_text(std::string_view packet) = 0;
  virtual void send_binary(std::string_view bytes) = 0;
};

[[nodiscard]] std::unique_ptr<Transport> make_websocket_transport(Loop& loop,
                                                                  const Address& address,
                                                                  Transport::Receiver& receiver);
[[nodiscard]] std::unique_ptr<Transport> make_polling_transport(Loop& loop, const Address& address,
                                                                Transport::Receiver& receiver);

}  // namespace bench
