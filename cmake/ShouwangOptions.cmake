# Everything our own targets are compiled with, and third-party targets are not.
add_library(shouwang_options INTERFACE)

target_compile_options(shouwang_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wold-style-cast
  # A batch takes one part's unnamed namespace for its own, or for a header's: see shouwang_batches.
  $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>
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

# Settings of the cache, for whoever builds with the scripts: script/ccache-settings.
find_program(SHOUWANG_CCACHE ccache)
if(SHOUWANG_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SHOUWANG_CCACHE})
endif()

# shouwang_batches(target [ALONE file...]): under sanitizers several files of a library are compiled
# as one. Half of a file is the copying, comparing and destroying of events, incidents and protocols;
# so it is instrumented once a batch. Never in dev: there a file that includes too little does not
# compile. ALONE are files whose unnamed namespace says a word that another's says, too.
function(shouwang_batches target)
  cmake_parse_arguments(PARSE_ARGV 1 BATCHES "" "" "ALONE")
  if(NOT SHOUWANG_SANITIZE)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  set_source_files_properties(${BATCHES_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  # Each file alone is warned of this, as of names that shadow, in dev.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()

# shouwang_precompile(target [ASIO] header...): large headers that are not ours, read once a target
# instead of once a file; with clang only: those of g++ cost what they save. Never in dev, as above.
# Not <filesystem>: its std::quoted is found by its argument, before a `quoted` of ours.
function(shouwang_precompile target)
  cmake_parse_arguments(PARSE_ARGV 1 PRECOMPILE "ASIO" "" "")
  get_target_property(sources ${target} SOURCES)
  list(LENGTH sources files)
  if(NOT SHOUWANG_PCH OR files LESS 4)
    return()
  endif()
  set(headers <algorithm> <chrono> <functional> <map> <optional> <set> <string> <variant> <vector>)
  if(PRECOMPILE_ASIO)
    list(APPEND headers <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp>
      <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp> <boost/json.hpp>)
  endif()
  target_precompile_headers(${target} PRIVATE ${headers} ${PRECOMPILE_UNPARSED_ARGUMENTS})
  # Without a time in it, ccache knows it again.
  target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endfunction()
