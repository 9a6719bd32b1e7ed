#include <boost/asio/impl/src.hpp>  // Boost.Asio compiled once, here
