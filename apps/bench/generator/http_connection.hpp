#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/bench/generator/stream.hpp"

namespace bench {

/// One HTTP/1.1 connection that is kept alive, with at most one request on its way.
class HttpConnection final : private Stream::Owner {
 public:
  class Owner {
   public:
    virtual void on_response(HttpConnection& connection, std::string_view body) = 0;
    /// The server has closed it and owes an answer.
    virtual void on_closed() = 0;

   protected:
    ~Owner() = default;
  };

  /// `address` must outlive it.
  HttpConnection(Loop& loop, const Address& address, Owner& owner)
      : address_(address), owner_(owner), stream_(loop, *this) {}

  void get(std::string_view target);
  void post(std::string_view target, std::string_view body);
  void close();
  void cut();

 private:
  std::string& begin(std::string_view method, std::string_view target);

  std::size_t on_bytes(std::string_view bytes) override;
  void on_closed() override;

  const Address& address_;
  Owner& owner_;
  Stream stream_;
  bool busy_ = false;  // a request is on its way
};

}  // namespace bench
