#pragma once

#include "notifiers/http_client.hpp"
#include "notifiers/notifier.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace Catch {

template <>
struct StringMaker<shouwang::notifiers::Verdict> {
    static std::string convert(shouwang::notifiers::Verdict verdict)
    {
        using shouwang::notifiers::Verdict;
        switch (verdict) {
            case Verdict::Accepted: return "Accepted";
            case Verdict::Retry: return "Retry";
            case Verdict::Switch: return "Switch";
            case Verdict::Alarm: return "Alarm";
            case Verdict::Unknown: return "Unknown";
        }
        return "?";
    }
};

template <>
struct StringMaker<shouwang::notifiers::HttpResult> {
    static std::string convert(const shouwang::notifiers::HttpResult& result)
    {
        if (!result) return result.error().message();
        return "HTTP " + std::to_string(result->status) + ": " + result->body.substr(0, 200);
    }
};

}  // namespace Catch
