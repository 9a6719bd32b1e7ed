# Puts files into the program: shouwang_embed_assets(target DIRECTORY folder FILES file...) gives
# `target` a generated source that defines embedded_assets() of daemon/http/embedded_assets.hpp.
# As a script (cmake -P) it writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
  set(entries "")
  set(count 0)
  foreach(name IN LISTS FILES)
    file(READ ${DIRECTORY}/${name} bytes HEX)
    file(SHA256 ${DIRECTORY}/${name} hash)
    string(SUBSTRING ${hash} 0 32 hash)
    string(LENGTH "${bytes}" digits)
    math(EXPR size "${digits} / 2")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" literal "${bytes}")
    string(APPEND entries "    {\"${name}\"sv, std::string_view(\"${literal}\", ${size}), \"\\\"${hash}\\\"\"sv},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  file(WRITE ${OUTPUT}
    "#include \"daemon/http/embedded_assets.hpp\"\n\n#include <array>\n\n"
    "namespace shouwang::http {\n\nnamespace {\n\nusing namespace std::string_view_literals;\n\n"
    "constexpr std::array<EmbeddedAsset, ${count}> assets{{\n${entries}}};\n\n}  // namespace\n\n"
    "std::span<const EmbeddedAsset> embedded_assets() noexcept { return assets; }\n\n"
    "}  // namespace shouwang::http\n")
  return()
endif()

set(SHOUWANG_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(shouwang_embed_assets target)
  cmake_parse_arguments(PARSE_ARGV 1 EMBED "" "DIRECTORY" "FILES")
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${target}_assets.cpp)
  list(TRANSFORM EMBED_FILES PREPEND ${EMBED_DIRECTORY}/ OUTPUT_VARIABLE inputs)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${EMBED_FILES}" -DDIRECTORY=${EMBED_DIRECTORY}
      -DOUTPUT=${output} -P ${SHOUWANG_EMBED_SCRIPT}
    DEPENDS ${inputs} ${SHOUWANG_EMBED_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
