#pragma once

#include <span>
#include <string_view>

namespace shouwang::http {

// A file of daemon/http/assets as it was when the program was built.
struct EmbeddedAsset {
    std::string_view name;
    std::string_view body;
    std::string_view etag;  // with its quotes; of the content
};

// All of them, the pages' templates too. Defined by a generated file: cmake/EmbedAssets.cmake.
[[nodiscard]] std::span<const EmbeddedAsset> embedded_assets() noexcept;

}  // namespace shouwang::http
