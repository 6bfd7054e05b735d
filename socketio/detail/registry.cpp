#include "socketio/detail/registry.hpp"

#include <utility>

#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/recovering_adapter.hpp"
#include "socketio/detail/server_core.hpp"

namespace socketio::detail {

namespace {

std::string normalize(std::string_view name) {
  return name.starts_with('/') ? std::string(name) : "/" + std::string(name);
}

std::unique_ptr<Adapter> make_adapter(const Options& options, Namespace& nsp) {
  if (options.adapter) {
    return options.adapter(nsp);
  }
  if (options.connection_state_recovery) {
    return std::make_unique<RecoveringAdapter>(nsp);
  }
  return std::make_unique<Adapter>(nsp);
}

}  // namespace

Registry::~Registry() = default;

Namespace& Registry::of(std::string_view given_name) {
  const std::string name = normalize(given_name);
  const auto parent = matching_pattern(name);
  std::shared_ptr<Namespace> nsp;
  bool made = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = namespaces_.find(name);
    made = found == namespaces_.end();
    nsp = made ? insert(name, parent.get()) : found->second;
    NamespaceAccess::lease(*nsp).kept = true;
  }
  if (made) {
    announce(*nsp);
  }
  return *nsp;
}

std::shared_ptr<Namespace> Registry::find(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = namespaces_.find(std::string(name));
  if (found == namespaces_.end()) {
    return nullptr;
  }
  ++NamespaceAccess::lease(*found->second).count;
  return found->second;
}

std::shared_ptr<Namespace> Registry::create(const std::string& name,
                                            const std::shared_ptr<ParentNamespace>& parent) {
  std::shared_ptr<Namespace> nsp;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = namespaces_.find(name); found != namespaces_.end()) {
      ++NamespaceAccess::lease(*found->second).count;
      return found->second;
    }
    if (dynamic_ >= core_.options().limits.dynamic_namespaces) {
      return nullptr;
    }
    nsp = insert(name, parent.get());
    auto& lease = NamespaceAccess::lease(*nsp);
    lease.dynamic = true;
    lease.count = 1;
    ++dynamic_;
  }
  announce(*nsp);
  return nsp;
}

std::shared_ptr<Namespace> Registry::insert(const std::string& name, ParentNamespace* parent) {
  auto nsp = std::make_shared<Namespace>(core_, name);
  NamespaceAccess::set_up(*nsp, make_adapter(core_.options(), *nsp));
  if (parent != nullptr) {
    const auto inherited = NamespaceAccess::handlers(*parent);
    NamespaceAccess::change_handlers(*nsp, [&](HandlerLists& lists) { lists = *inherited; });
    NamespaceAccess::add_child(*parent, nsp);
  }
  nsp->adapter().init();
  namespaces_.emplace(name, nsp);
  return nsp;
}

void Registry::release(Namespace& nsp) {
  std::shared_ptr<Namespace> removed;
  {
    const std::lock_guard lock(mutex_);
    auto& lease = NamespaceAccess::lease(nsp);
    --lease.count;
    if (lease.count != 0 || !lease.dynamic || lease.kept ||
        !core_.options().cleanup_empty_child_namespaces) {
      return;
    }
    const auto found = namespaces_.find(nsp.name());
    removed = std::move(found->second);
    namespaces_.erase(found);
    --dynamic_;
  }
  removed->adapter().close();
}

void Registry::close_adapters() {
  std::vector<std::shared_ptr<Namespace>> open;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, nsp] : namespaces_) {
      if (!std::exchange(NamespaceAccess::lease(*nsp).closed, true)) {
        open.push_back(nsp);
      }
    }
  }
  for (const auto& nsp : open) {
    nsp->adapter().close();
  }
}

ParentNamespace& Registry::add_parent(NamespaceMatcher matcher, bool is_pattern) {
  const std::lock_guard lock(mutex_);
  auto parents = std::make_shared<Parents>(*parents_);
  auto nsp = std::make_shared<ParentNamespace>(core_, "/_" + std::to_string(parents->size()));
  parents->push_back({nsp, std::move(matcher), is_pattern});
  parents_ = std::move(parents);
  return *nsp;
}

std::shared_ptr<ParentNamespace> Registry::matching_pattern(const std::string& name) const {
  const auto all_parents = parents();
  for (const Parent& parent : *all_parents) {
    bool matches = false;
    if (parent.is_pattern) {
      parent.matcher(name, Value(), [&](bool accepted) { matches = accepted; });
    }
    if (matches) {
      return parent.nsp;
    }
  }
  return nullptr;
}

void Registry::add_observer(std::function<void(Namespace&)> observer) {
  const std::lock_guard lock(mutex_);
  observers_.push_back(std::make_shared<std::function<void(Namespace&)>>(std::move(observer)));
}

void Registry::announce(Namespace& nsp) {
  if (nsp.name() == "/") {
    return;
  }
  auto observers = [&] {
    const std::lock_guard lock(mutex_);
    return observers_;
  }();
  for (const auto& observer : observers) {
    core_.contain("an observer of new namespaces", [&] { (*observer)(nsp); });
  }
}

std::shared_ptr<const Registry::Parents> Registry::parents() const {
  const std::lock_guard lock(mutex_);
  return parents_;
}

std::vector<std::shared_ptr<Namespace>> Registry::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Namespace>> result;
  result.reserve(namespaces_.size());
  for (const auto& entry : namespaces_) {
    result.push_back(entry.second);
  }
  return result;
}

std::size_t Registry::size() const {
  const std::lock_guard lock(mutex_);
  return namespaces_.size();
}

}  // namespace socketio::detail
