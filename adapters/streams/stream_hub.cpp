#include "adapters/streams/stream_hub.hpp"

namespace adapters::streams {

std::shared_ptr<StreamReader> StreamHub::attach(const std::string& stream, const std::string& nsp,
                                                const std::shared_ptr<EntryListener>& listener) {
  auto& reader = readers_[stream];
  if (reader == nullptr) {
    reader = std::make_shared<StreamReader>(
        client_, StreamReader::Settings{stream, options_.read_count, options_.block_time},
        options_.monitor);
  }
  reader->add(nsp, listener);
  return reader;
}

void StreamHub::detach(const std::string& stream, const std::string& nsp,
                       const EntryListener& listener) {
  const auto found = readers_.find(stream);
  if (found == readers_.end()) {
    return;
  }
  found->second->remove(nsp, listener);
  if (found->second->empty()) {
    found->second->stop();
    readers_.erase(found);
  }
}

}  // namespace adapters::streams
