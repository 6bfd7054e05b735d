#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "engineio/function.hpp"
#include "socketio/ack.hpp"
#include "socketio/arguments.hpp"

namespace socketio {

class Socket;

/// An event that has reached its handlers: what the typed handlers below are made of. Views live
/// during the call.
class IncomingEvent {
 public:
  /// Of a client.
  IncomingEvent(std::string_view name, Arguments arguments, Socket& socket,
                std::optional<std::uint64_t> ack_id) noexcept
      : name_(name), arguments_(arguments), socket_(&socket), ack_id_(ack_id) {}
  /// Of another server, or one whose answer goes elsewhere. `channel` may be null.
  IncomingEvent(std::string_view name, Arguments arguments, Socket* socket,
                std::shared_ptr<AckChannel> channel) noexcept
      : name_(name), arguments_(arguments), socket_(socket), channel_(std::move(channel)) {}
  IncomingEvent(const IncomingEvent&) = delete;
  IncomingEvent& operator=(const IncomingEvent&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] const Arguments& arguments() const noexcept { return arguments_; }
  /// nullptr for an event of another server.
  [[nodiscard]] Socket* socket() const noexcept { return socket_; }

  /// Whether the sender waits for an answer.
  [[nodiscard]] bool wants_ack() const noexcept { return ack_id_ || channel_ != nullptr; }

  /// Answers, if the sender waits for it and has none yet.
  void reply(PayloadWriter arguments);

  /// To answer later, maybe from another thread. nullptr where no answer is wanted.
  [[nodiscard]] std::shared_ptr<AckChannel> ack_channel();

  /// The arguments do not fit the handler. Answers with
  /// `{"error":"invalid arguments","message":message}`, and counts.
  void refuse(std::string_view message);

  /// The handler failed. Answers with `{"error":"internal error"}`.
  void fail();

 private:
  std::string_view name_;
  Arguments arguments_;
  Socket* socket_;
  std::optional<std::uint64_t> ack_id_;
  std::shared_ptr<AckChannel> channel_;
  bool answered_ = false;
};

/// What every handler of an event becomes.
using EventHandler = engineio::Function<void(IncomingEvent&)>;

namespace detail {

/// Puts `argument N: expected WHAT` together and refuses the event with it.
void refuse_argument(IncomingEvent& event, std::size_t position, std::string_view expected,
                     bool missing);

/// A type as a client's author would call it.
template <class T>
[[nodiscard]] constexpr std::string_view expected_name() {
  if constexpr (std::same_as<T, bool>) {
    return "a boolean";
  } else if constexpr (std::integral<T> || std::is_enum_v<T>) {
    return "an integer";
  } else if constexpr (std::floating_point<T>) {
    return "a number";
  } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
    return "a string";
  } else if constexpr (std::same_as<T, Binary> || std::same_as<T, std::vector<std::byte>> ||
                       std::same_as<T, std::span<const std::byte>>) {
    return "binary data";
  } else if constexpr (Described<T> || requires { typename T::mapped_type; }) {
    return "an object";
  } else if constexpr (requires {
                         typename T::value_type;
                         typename T::const_iterator;
                       }) {
    return "an array";
  } else if constexpr (is_optional<T>) {
    return expected_name<typename T::value_type>();
  } else {
    return "another value";
  }
}

template <class T>
inline constexpr bool is_ack = false;
template <class... Results>
inline constexpr bool is_ack<Ack<Results...>> = true;

template <class T>
inline constexpr bool is_tuple = false;
template <class... Ts>
inline constexpr bool is_tuple<std::tuple<Ts...>> = true;

/// May be missing at the end of the arguments.
template <class T>
inline constexpr bool may_be_missing =
    is_optional<T> || std::same_as<T, Value> || std::same_as<T, ValueView>;

template <class... Parameters>
struct ParameterList {};

/// The parameters and result of a callable that has exactly one, non-template, call operator.
template <class F>
struct Signature;

template <class R, class... Ps>
struct Signature<R(Ps...)> {
  using Result = R;
  using Parameters = ParameterList<Ps...>;
};
template <class C, class R, class... Ps>
struct Signature<R (C::*)(Ps...)> : Signature<R(Ps...)> {};
template <class C, class R, class... Ps>
struct Signature<R (C::*)(Ps...) const> : Signature<R(Ps...)> {};
template <class C, class R, class... Ps>
struct Signature<R (C::*)(Ps...) noexcept> : Signature<R(Ps...)> {};
template <class C, class R, class... Ps>
struct Signature<R (C::*)(Ps...) const noexcept> : Signature<R(Ps...)> {};
template <class R, class... Ps>
struct Signature<R (*)(Ps...)> : Signature<R(Ps...)> {};
template <class R, class... Ps>
struct Signature<R (*)(Ps...) noexcept> : Signature<R(Ps...)> {};

template <class F>
concept HasCallOperator = requires {
  &F::operator();
};

template <class F>
[[nodiscard]] constexpr auto signature_of() {
  if constexpr (HasCallOperator<F>) {
    return Signature<decltype(&F::operator())>{};
  } else if constexpr (std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>) {
    return Signature<F>{};
  } else {
    static_assert(!sizeof(F),
                  "an event handler is a callable whose parameters have concrete types: "
                  "[](int a, std::string b), not [](auto a)");
  }
}

/// Reads the arguments one after the other.
class ArgumentReader {
 public:
  explicit ArgumentReader(IncomingEvent& event) noexcept
      : event_(event), next_(event.arguments().begin()), rest_(event.arguments()) {}

  template <class T>
  [[nodiscard]] bool read(T& out) {
    const ValueView view = take();
    if (!view.exists() && !may_be_missing<T>) {
      refuse_argument(event_, position_, expected_name<T>(), true);
      return false;
    }
    if (!Convert<T>::read(view, out)) {
      refuse_argument(event_, position_, expected_name<T>(), false);
      return false;
    }
    return true;
  }

  [[nodiscard]] Arguments rest() const noexcept { return rest_.from(position_); }
  [[nodiscard]] IncomingEvent& event() const noexcept { return event_; }

 private:
  ValueView take() noexcept { return position_++ < rest_.size() ? *next_++ : ValueView(); }

  IncomingEvent& event_;
  Arguments::Iterator next_;
  Arguments rest_;
  std::size_t position_ = 0;
};

/// One parameter of a handler, while it is filled.
template <class P>
struct Parameter {
  using T = std::remove_cvref_t<P>;
  static_assert(!std::is_lvalue_reference_v<P> || std::is_const_v<std::remove_reference_t<P>>,
                "an argument is taken by value or by const reference");
  static_assert(Readable<T>,
                "this parameter's type cannot be received: describe it with socketio::Fields, or "
                "specialise socketio::Convert (see convert.hpp)");
  static_assert(std::default_initializable<T>, "an argument's type needs a default constructor");

  T value{};

  [[nodiscard]] bool read(ArgumentReader& reader) { return reader.read(value); }
  [[nodiscard]] T&& take() noexcept { return std::move(value); }
};

template <>
struct Parameter<Socket&> {
  Socket* socket = nullptr;

  [[nodiscard]] bool read(ArgumentReader& reader) {
    socket = reader.event().socket();
    return true;
  }
  [[nodiscard]] Socket& take() const noexcept { return *socket; }
};

template <class P>
requires std::same_as<std::remove_cvref_t<P>, Arguments>
struct Parameter<P> {
  Arguments value;

  [[nodiscard]] bool read(ArgumentReader& reader) {
    value = reader.rest();
    return true;
  }
  [[nodiscard]] Arguments&& take() noexcept { return std::move(value); }
};

template <class P>
requires is_ack<std::remove_cvref_t<P>>
struct Parameter<P> {
  using T = std::remove_cvref_t<P>;
  T value;

  [[nodiscard]] bool read(ArgumentReader& reader) {
    value = T(reader.event().ack_channel());
    return true;
  }
  [[nodiscard]] T&& take() noexcept { return std::move(value); }
};

/// What the places of the parameters must be.
template <class... Ps>
[[nodiscard]] constexpr bool well_placed() {
  constexpr std::size_t count = sizeof...(Ps);
  constexpr bool sockets[] = {std::same_as<std::remove_cvref_t<Ps>, Socket>..., false};
  constexpr bool acks[] = {is_ack<std::remove_cvref_t<Ps>>..., false};
  constexpr bool rests[] = {std::same_as<std::remove_cvref_t<Ps>, Arguments>..., false};
  for (std::size_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    if ((sockets[i] && i != 0) || (acks[i] && !last) ||
        (rests[i] && !last && !(i + 2 == count && acks[i + 1]))) {
      return false;
    }
  }
  return true;
}

template <class Result>
void reply_with(IncomingEvent& event, const Result& result) {
  if constexpr (is_tuple<Result>) {
    const auto write = [&](Writer& writer) {
      std::apply([&](const auto&... results) { write_arguments(writer, results...); }, result);
    };
    event.reply(write);
  } else {
    const auto write = [&](Writer& writer) { write_arguments(writer, result); };
    event.reply(write);
  }
}

template <class Result, class F, class... Ps>
void call_handler(F& handler, IncomingEvent& event, ParameterList<Ps...>) {
  static_assert(well_placed<Ps...>(),
                "the parameters of an event handler are: Socket& (optional), the arguments, "
                "socketio::Arguments for all the rest (optional), socketio::Ack (optional)");
  static_assert(std::is_void_v<Result> || !(is_ack<std::remove_cvref_t<Ps>> || ...),
                "an event handler answers by its return value or by its Ack, not by both");
  ArgumentReader reader(event);
  std::tuple<Parameter<Ps>...> parameters;
  const bool fits = std::apply([&](auto&... ps) { return (ps.read(reader) && ...); }, parameters);
  if (!fits) {
    return;
  }
  const auto call = [&](auto&... ps) -> Result { return handler(ps.take()...); };
  if constexpr (std::is_void_v<Result>) {
    std::apply(call, parameters);
  } else {
    reply_with<std::remove_cvref_t<Result>>(event, std::apply(call, parameters));
  }
}

}  // namespace detail

/// Makes a handler of any callable with concrete parameter types:
///
///     [](Socket& socket, int a, std::optional<std::string> b, Arguments rest, Ack<Receipt> ack)
///
/// All parts are optional. An argument takes what Convert can read (convert.hpp); views of the
/// packet (std::string_view, ValueView) live until the handler returns. Arguments at the end may be
/// missing only for std::optional, Value and ValueView; superfluous ones are ignored. If one does
/// not fit, the handler is not called, and the client's ack gets
/// `{"error":"invalid arguments","message":"argument 2: expected an integer"}`.
///
/// What it returns is the answer to the ack: nothing, one value, several as a std::tuple, or as
/// Arguments. If it throws, the answer is `{"error":"internal error"}`, and the exception is
/// logged.
///
/// Nothing is allocated for an event whose handler takes no Ack.
template <class F>
[[nodiscard]] EventHandler make_event_handler(F&& handler) {
  using Callable = std::decay_t<F>;
  if constexpr (std::same_as<Callable, EventHandler> ||
                std::is_invocable_v<Callable&, IncomingEvent&>) {
    return EventHandler(std::forward<F>(handler));
  } else {
    using Signature = decltype(detail::signature_of<Callable>());
    return [callable = Callable(std::forward<F>(handler))](IncomingEvent& event) mutable {
      detail::call_handler<typename Signature::Result>(callable, event,
                                                       typename Signature::Parameters{});
    };
  }
}

}  // namespace socketio
