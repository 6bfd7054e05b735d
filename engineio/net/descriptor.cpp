#include "engineio/net/descriptor.hpp"

#include <unistd.h>

namespace engineio::net {

void Descriptor::reset() noexcept {
  if (number_ >= 0) {
    ::close(release());
  }
}

}  // namespace engineio::net
