#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace engineio {

template <class Signature>
class Function;

/// A move-only callable. Callables of up to 40 bytes live inside the object, larger ones on the
/// heap. Calling an empty Function is a bug of the caller.
template <class R, class... Args>
class Function<R(Args...)> {
 public:
  Function() noexcept = default;
  Function(std::nullptr_t) noexcept {}  // NOLINT: mirrors std::function

  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, Function> &&
           std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
      Function(F&& callable) {  // NOLINT: mirrors std::function
    using Callable = std::decay_t<F>;
    if constexpr (fits_inline<Callable>) {
      ::new (static_cast<void*>(storage_)) Callable(std::forward<F>(callable));
    } else {
      ::new (static_cast<void*>(storage_)) Callable*(new Callable(std::forward<F>(callable)));
    }
    table_ = &table_for<Callable>;
  }

  Function(Function&& other) noexcept { take(other); }
  Function& operator=(Function&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  ~Function() { reset(); }

  explicit operator bool() const noexcept { return table_ != nullptr; }

  R operator()(Args... args) { return table_->call(storage_, std::forward<Args>(args)...); }

 private:
  struct Table {
    R (*call)(void*, Args&&...);
    void (*move)(void* from, void* to) noexcept;  // and destroys `from`
    void (*destroy)(void*) noexcept;
  };

  static constexpr std::size_t inline_size = 40;

  template <class F>
  static constexpr bool fits_inline =
      sizeof(F) <= inline_size &&
      alignof(F) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<F>;

  template <class F>
  static F& target(void* storage) noexcept {
    if constexpr (fits_inline<F>) {
      return *static_cast<F*>(storage);
    } else {
      return **static_cast<F**>(storage);
    }
  }

  template <class F>
  static R call(void* storage, Args&&... args) {
    if constexpr (std::is_void_v<R>) {
      target<F>(storage)(std::forward<Args>(args)...);
    } else {
      return target<F>(storage)(std::forward<Args>(args)...);
    }
  }

  template <class F>
  static void move(void* from, void* to) noexcept {
    if constexpr (fits_inline<F>) {
      ::new (to) F(std::move(target<F>(from)));
      target<F>(from).~F();
    } else {
      ::new (to) F*(&target<F>(from));
    }
  }

  template <class F>
  static void destroy(void* storage) noexcept {
    if constexpr (fits_inline<F>) {
      target<F>(storage).~F();
    } else {
      delete &target<F>(storage);
    }
  }

  template <class F>
  static constexpr Table table_for{&call<F>, &move<F>, &destroy<F>};

  void take(Function& other) noexcept {
    table_ = std::exchange(other.table_, nullptr);
    if (table_ != nullptr) {
      table_->move(other.storage_, storage_);
    }
  }

  void reset() noexcept {
    if (table_ != nullptr) {
      std::exchange(table_, nullptr)->destroy(storage_);
    }
  }

  alignas(std::max_align_t) std::byte storage_[inline_size];
  const Table* table_ = nullptr;
};

}  // namespace engineio
