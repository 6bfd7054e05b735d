// The compiled part of Boost.Asio (BOOST_ASIO_SEPARATE_COMPILATION), the parts without TLS.
#include <boost/asio/impl/src.hpp>
