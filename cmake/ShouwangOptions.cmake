# Everything our own targets are compiled with, and third-party targets are not.
add_library(shouwang_options INTERFACE)

target_compile_options(shouwang_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wformat=2 -Wimplicit-fallthrough
  -Wdouble-promotion -Wswitch-enum
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op>
  # g++ 12 sees std::variant's unused arms as uninitialized reads; clang and MSan cover this.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  # g++ 12 takes Asio's pair of aligned_new and aligned_delete for a mismatch once both are inlined
  # into a coroutine frame's operators; ASan checks the real thing.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
target_compile_definitions(shouwang_options INTERFACE _GLIBCXX_ASSERTIONS)
# What the best-hardened daemons of the distribution are built with; asserts stay on in release.
if(NOT SHOUWANG_SANITIZE)
  target_compile_options(shouwang_options INTERFACE
    -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
  add_compile_options(-fPIE)
  add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

if(SHOUWANG_SANITIZE)
  add_compile_options(-fsanitize=${SHOUWANG_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SHOUWANG_SANITIZE})
endif()
if(SHOUWANG_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(SHOUWANG_CCACHE ccache)
if(SHOUWANG_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SHOUWANG_CCACHE})
endif()
