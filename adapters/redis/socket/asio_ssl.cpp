// The compiled part of Boost.Asio's TLS streams (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/ssl/impl/src.hpp>
