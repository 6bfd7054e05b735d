#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "socketio/namespace.hpp"
#include "socketio/value.hpp"

namespace socketio::detail {

class ServerCore;

/// Asks whether a client may have a namespace of that name; may answer later, from any thread.
using NamespaceMatcher = std::function<void(const std::string& name, const Value& auth,
                                            std::function<void(bool accepted)> next)>;

/// All namespaces of a server. Any thread.
///
/// Whoever makes a socket of a namespace holds a *lease* from find() or create() on, and gives it
/// back with release(): a dynamic namespace without leases can be removed.
class Registry {
 public:
  explicit Registry(ServerCore& core) : core_(core) {}
  ~Registry();

  struct Parent {
    std::shared_ptr<ParentNamespace> nsp;
    NamespaceMatcher matcher;
    bool is_pattern;  // of a regular expression: the matcher answers at once, whatever the auth
  };
  using Parents = std::vector<Parent>;

  /// The namespace for an application: made if there is none, and never removed.
  Namespace& of(std::string_view name);
  ParentNamespace& add_parent(NamespaceMatcher matcher, bool is_pattern);
  void add_observer(std::function<void(Namespace&)> observer);

  /// With a lease; nullptr if there is none of that name.
  [[nodiscard]] std::shared_ptr<Namespace> find(std::string_view name);
  /// A child that is made if there is none of that name, with a lease; nullptr if there are too
  /// many.
  [[nodiscard]] std::shared_ptr<Namespace> create(const std::string& name,
                                                  const std::shared_ptr<ParentNamespace>& parent);
  void release(Namespace& nsp);
  /// Closes the adapters that are not yet closed: nothing comes in from other servers any more.
  void close_adapters();

  [[nodiscard]] std::shared_ptr<const Parents> parents() const;
  [[nodiscard]] std::vector<std::shared_ptr<Namespace>> all() const;
  [[nodiscard]] std::size_t size() const;

 private:
  [[nodiscard]] std::shared_ptr<Namespace> insert(const std::string& name, ParentNamespace* parent);
  [[nodiscard]] std::shared_ptr<ParentNamespace> matching_pattern(const std::string& name) const;
  void announce(Namespace& nsp);

  ServerCore& core_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Namespace>> namespaces_;
  std::size_t dynamic_ = 0;
  std::shared_ptr<const Parents> parents_ = std::make_shared<const Parents>();
  std::vector<std::shared_ptr<std::function<void(Namespace&)>>> observers_;
};

}  // namespace socketio::detail
