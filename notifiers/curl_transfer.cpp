#include "notifiers/curl_transfer.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace shouwang::notifiers {

namespace {

struct CurlUrlDeleter {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part)
{
    char* text = nullptr;
    if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    std::string copy(text);
    curl_free(text);
    return copy;
}

std::string host_of(const std::string& address)
{
    const std::unique_ptr<CURLU, CurlUrlDeleter> url(curl_url());
    if (!url || curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) return {};
    const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
    const std::string host = part_of(url.get(), CURLUPART_HOST);
    if ((scheme != "http" && scheme != "https") || host.empty()) return {};
    return scheme + "://" + host + ":" + part_of(url.get(), CURLUPART_PORT);
}

bool has_control(std::string_view text)
{
    return std::any_of(text.begin(), text.end(), [](char byte) {
        const auto value = static_cast<unsigned char>(byte);
        return value < 0x20 || value == 0x7F;
    });
}

bool is_clean(const HttpRequest& request)
{
    const auto& headers = request.headers();
    return !has_control(request.url()) &&
           std::none_of(headers.begin(), headers.end(), [](const HttpHeader& header) {
               return header.name.empty() || has_control(header.name) || has_control(header.value);
           });
}

bool names(std::string_view line, std::string_view header)
{
    if (line.size() <= header.size() || line[header.size()] != ':') return false;
    return std::equal(header.begin(), header.end(), line.begin(), [](char want, char found) {
        return want == static_cast<char>(std::tolower(static_cast<unsigned char>(found)));
    });
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

CurlTransfer::CurlTransfer(
    boost::asio::any_io_executor loop,
    HttpMethod method,
    HttpRequest request,
    const HttpLimits& limits
)
    : method_(method),
      request_(std::move(request)),
      body_bytes_max_(limits.body_bytes_max),
      host_(is_clean(request_) ? host_of(request_.url()) : std::string()),
      deadline_(std::move(loop), limits.attempt)
{}

bool CurlTransfer::prepare(const std::string& ca_file)
{
    const auto add_header = [this](const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
        if (longer == nullptr) return false;
        if (longer != headers_.get()) headers_.reset(longer);
        return true;
    };
    // libcurl would wait for "100 Continue" before a large body.
    bool done = add_header("Expect:");
    for (const HttpHeader& header : request_.headers())
        done = done && add_header(header.name + ": " + header.value);

    easy_.reset(curl_easy_init());
    if (!easy_ || !done) return false;
    const auto set = [&](CURLoption option, auto value) {
        done = done && curl_easy_setopt(easy_.get(), option, value) == CURLE_OK;
    };
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_URL, request_.url().c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_USERAGENT, "shouwang");
    if (method_ == HttpMethod::Post) {
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body().size()));
        set(CURLOPT_POSTFIELDS, request_.body().data());
    } else {
        set(CURLOPT_HTTPGET, 1L);
    }
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!ca_file.empty()) set(CURLOPT_CAINFO, ca_file.c_str());
    set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(CURLOPT_MAXAGE_CONN, 30L);
    set(CURLOPT_NOSIGNAL, 1L);
    // Without this the loop stands still until getaddrinfo returns when a transfer is removed while
    // it resolves (libcurl 7.88.1, threaded resolver): as long as the name servers are dead.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    return done;
}

bool CurlTransfer::has_sent() const noexcept
{
    long bytes = 0;
    return easy_ && curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &bytes) == CURLE_OK &&
           bytes > 0;
}

HttpResult CurlTransfer::outcome(CURLcode code)
{
    // Cutting the body is our doing, and the status before it is good.
    if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && body_is_cut_))
        return make_error_code(fault_of(code));
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &response_.status);
    return std::move(response_);
}

HttpErrc CurlTransfer::fault_of(CURLcode code) const noexcept
{
    const bool sent = has_sent();
    // A list of names out of libcurl's hundred: the rest are told apart by `sent` alone.
    if (code == CURLE_OPERATION_TIMEDOUT)
        return sent ? HttpErrc::TimedOut : HttpErrc::TimedOutUnsent;
    if (sent) {
        const bool cut = code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
                         code == CURLE_SEND_ERROR || code == CURLE_PARTIAL_FILE;
        return cut ? HttpErrc::ConnectionCut : HttpErrc::BadResponse;
    }
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return HttpErrc::BadRequest;
    if (code == CURLE_COULDNT_RESOLVE_HOST) return HttpErrc::CannotResolve;
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        return HttpErrc::TlsUntrusted;
    if (code == CURLE_SSL_CONNECT_ERROR) return HttpErrc::TlsFailed;
    return HttpErrc::CannotConnect;
}

void CurlTransfer::settle(HttpResult result)
{
    result_ = std::move(result);
    deadline_.cancel();
}

std::size_t CurlTransfer::on_body(char* data, std::size_t, std::size_t size, void* self)
{
    auto& transfer = *static_cast<CurlTransfer*>(self);
    std::string& body = transfer.response_.body;
    const std::size_t taken = std::min(size, transfer.body_bytes_max_ - body.size());
    body.append(data, taken);
    if (taken < size) transfer.body_is_cut_ = true;
    return taken;  // less than `size` makes libcurl end the transfer
}

std::size_t CurlTransfer::on_header(char* data, std::size_t, std::size_t size, void* self)
{
    constexpr std::size_t value_bytes_max = 64;
    auto& response = static_cast<CurlTransfer*>(self)->response_;
    const std::string_view line(data, size);
    if (line.starts_with("HTTP/")) response.retry_after.clear();  // an interim answer came before
    if (names(line, "retry-after"))
        response.retry_after = trimmed(line.substr(line.find(':') + 1)).substr(0, value_bytes_max);
    return size;
}

}  // namespace shouwang::notifiers
