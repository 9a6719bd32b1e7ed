#pragma once

#include "notifiers/http_client.hpp"

#include <deque>
#include <stdexcept>
#include <utility>
#include <vector>

namespace shouwang::test {

// Answers from a script, and keeps what it was asked. The last answer is given for ever.
class ScriptedHttp final : public notifiers::HttpClient {
public:
    explicit ScriptedHttp(std::deque<notifiers::HttpResult> script) : script_(std::move(script))
    {
        if (script_.empty()) throw std::invalid_argument("an empty script");
    }

    [[nodiscard]] boost::asio::awaitable<notifiers::HttpResult> post(notifiers::HttpRequest request
    ) override
    {
        asked_.push_back(std::move(request));
        notifiers::HttpResult answer = script_.front();
        if (script_.size() > 1) script_.pop_front();
        co_return answer;
    }

    [[nodiscard]] const std::vector<notifiers::HttpRequest>& asked() const noexcept
    {
        return asked_;
    }

private:
    std::deque<notifiers::HttpResult> script_;
    std::vector<notifiers::HttpRequest> asked_;
};

}  // namespace shouwang::test
