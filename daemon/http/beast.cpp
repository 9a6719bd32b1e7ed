#include <boost/beast/src.hpp>  // Boost.Beast compiled once, here
