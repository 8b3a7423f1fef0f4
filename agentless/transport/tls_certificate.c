/* tls_certificate.c: see tls_certificate.h */
#include "agentless/transport/tls_certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <time.h>

bool certificate_expired(const char *path, char *when, size_t size)
{
    FILE *file = path ? fopen(path, "re") : NULL;
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    bool expired = certificate && X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0;
    struct tm end;
    if (expired && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end))
        strftime(when, size, "%Y-%m-%d", &end);
    else
        snprintf(when, size, "an unknown date");
    X509_free(certificate);
    if (file)
        fclose(file);
    return expired;
}

bool certificate_validity(const char *pem, char from[32], char until[32])
{
    BIO *memory = BIO_new_mem_buf(pem, -1);
    X509 *certificate = memory ? PEM_read_bio_X509(memory, NULL, NULL, NULL) : NULL;
    struct tm begin, end;
    bool read = certificate && ASN1_TIME_to_tm(X509_get0_notBefore(certificate), &begin) &&
                ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) &&
                strftime(from, 32, "%Y-%m-%dT%H:%M:%SZ", &begin) &&
                strftime(until, 32, "%Y-%m-%dT%H:%M:%SZ", &end);
    X509_free(certificate);
    BIO_free(memory);
    return read;
}
