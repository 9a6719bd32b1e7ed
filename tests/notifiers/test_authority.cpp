#include "tests/notifiers/test_authority.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace shouwang::test {

namespace {

constexpr const char* since = "20000101000000Z";

void want(bool done)
{
    if (!done) throw std::runtime_error("OpenSSL makes no test certificate");
}

Identity unsigned_identity(const char* common_name, const char* until, long serial)
{
    Identity out;
    out.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    out.certificate.reset(X509_new());
    X509* const certificate = out.certificate.get();
    want(out.key != nullptr && certificate != nullptr);
    want(X509_set_version(certificate, X509_VERSION_3) == 1);
    want(ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial) == 1);
    want(ASN1_TIME_set_string(X509_getm_notBefore(certificate), since) == 1);
    want(ASN1_TIME_set_string(X509_getm_notAfter(certificate), until) == 1);
    want(X509_set_pubkey(certificate, out.key.get()) == 1);
    const std::string name(common_name);
    // The library takes bytes; text is bytes.
    want(
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(certificate),
            "CN",
            MBSTRING_ASC,
            reinterpret_cast<const unsigned char*>(name.data()),
            static_cast<int>(name.size()),
            -1,
            0
        ) == 1
    );
    return out;
}

void extend(X509* certificate, int nid, const std::string& value)
{
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    want(extension != nullptr);
    const bool added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    want(added);
}

void sign(X509* certificate, const Identity& issuer)
{
    want(X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get())) == 1);
    want(X509_sign(certificate, issuer.key.get(), EVP_sha256()) != 0);
}

}  // namespace

TestAuthority::TestAuthority()
    : own_(unsigned_identity("Shouwang test authority", "20991231235959Z", 1))
{
    extend(own_.certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(own_.certificate.get(), NID_key_usage, "critical,keyCertSign");
    sign(own_.certificate.get(), own_);
}

Identity TestAuthority::issue(const ServerClaim& claim) const
{
    Identity out = unsigned_identity("gateway", claim.until.c_str(), 2);
    extend(out.certificate.get(), NID_subject_alt_name, claim.name);
    sign(out.certificate.get(), own_);
    return out;
}

void TestAuthority::save(const std::filesystem::path& file) const
{
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(
        BIO_new_file(file.c_str(), "w"), &BIO_free_all
    );
    want(out != nullptr && PEM_write_bio_X509(out.get(), own_.certificate.get()) == 1);
}

}  // namespace shouwang::test
