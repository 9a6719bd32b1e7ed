#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace shouwang::test {

struct FreeKey {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct FreeCertificate {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

// A certificate and its key, in memory alone.
struct Identity {
    std::unique_ptr<EVP_PKEY, FreeKey> key;
    std::unique_ptr<X509, FreeCertificate> certificate;
};

// What a certificate says of the server that shows it.
struct ServerClaim {
    std::string name = "IP:127.0.0.1";  // as a subjectAltName
    std::string until = "20991231235959Z";
};

// A certificate authority that nobody has heard of. Its dates are fixed: no test expires.
class TestAuthority {
public:
    TestAuthority();

    [[nodiscard]] Identity issue(const ServerClaim& claim) const;
    // Writes its own certificate, in PEM.
    void save(const std::filesystem::path& file) const;

private:
    Identity own_;
};

}  // namespace shouwang::test
