#include "adapters/redis/command_batch.hpp"

#include <iterator>
#include <utility>

namespace adapters::redis {

void CommandBatch::add(CommandHeader header, std::string_view command, ResultCallback callback) {
  header.size = command.size();
  header.has_callback = static_cast<bool>(callback);
  bytes.append(command);
  headers.push_back(header);
  if (callback) {
    callbacks.push_back(std::move(callback));
  }
}

void CommandBatch::append(CommandBatch&& other) {
  bytes.append(other.bytes);
  headers.insert(headers.end(), other.headers.begin(), other.headers.end());
  callbacks.insert(callbacks.end(), std::make_move_iterator(other.callbacks.begin()),
                   std::make_move_iterator(other.callbacks.end()));
}

}  // namespace adapters::redis
