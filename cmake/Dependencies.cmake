# Every third-party library, found once. Which folder may link which is in docs/architecture.md.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 EXACT REQUIRED COMPONENTS json url)
find_package(CURL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(spdlog REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(icu REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
find_library(SHOUWANG_CSV csv REQUIRED)

# Asio compiled once: a coroutine file then costs seconds less to build.
add_library(shouwang_asio STATIC cmake/boost_asio.cpp)
target_compile_definitions(shouwang_asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(shouwang_asio PUBLIC Boost::headers Boost::json Threads::Threads)
