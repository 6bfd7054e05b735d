#pragma once

// Optional: needs Boost.Describe and Boost.Mp11 (headers only).

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstddef>

#include "socketio/convert.hpp"

namespace socketio {

/// Structs that Boost.Describe knows, with the rules of Fields:
///
///     struct Receipt { int id; std::optional<std::string> note; };
///     BOOST_DESCRIBE_STRUCT(Receipt, (), (id, note))
///
/// Public members of the struct and of its bases take part. Fields wins where both are given.
template <class T>
requires(boost::describe::has_describe_members<T>::value && !Described<T>) struct Convert<T> {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                           boost::describe::mod_inherited>;

  static bool read(ValueView view, T& out) {
    bool fits = view.is_object();
    boost::mp11::mp_for_each<Members>([&](auto member) {
      fits = fits && detail::read_member(view, member.name, out.*member.pointer);
    });
    return fits;
  }

  static void write(Writer& writer, const T& value) {
    std::size_t size = 0;
    boost::mp11::mp_for_each<Members>(
        [&](auto member) { size += detail::is_left_out(value.*member.pointer) ? 0 : 1; });
    writer.begin_object(size);
    boost::mp11::mp_for_each<Members>(
        [&](auto member) { detail::write_member(writer, member.name, value.*member.pointer); });
    writer.end_object();
  }
};

}  // namespace socketio
