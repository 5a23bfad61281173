/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Signed messages and documents (CMS, RFC 5652; "smime.p7m", "liste.pdf.p7m"): what was signed is a
 * member, the names in the certificates are text. OpenSSL takes them apart; no signature is
 * checked. What is encrypted for somebody is noted: only that person's key opens it.
 */
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "extract/format.h"
#include "extract/mail_member.h"
#include "extract/text_pages.h"

#define BYTES_MAX ((uint64_t)256 << 20)
/* Names as UTF-8 with blanks between their parts. */
#define NAME_FLAGS (XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB)

static void content_info_cleanup(CMS_ContentInfo **info)
{
    CMS_ContentInfo_free(*info);
}

static void bio_cleanup(BIO **bio)
{
    BIO_free_all(*bio);
}

static void certificates_cleanup(STACK_OF(X509) * *certificates)
{
    sk_X509_pop_free(*certificates, X509_free);
}

/* What of the name of the exhibit stands before ".p7m". */
static struct slice inner_name(struct slice name)
{
    const char *dot = name.length > 0 ? memrchr(name.data, '.', name.length) : NULL;

    return dot && dot > name.data ? slice_make(name.data, (size_t)(dot - name.data))
                                  : SLICE_LITERAL("content");
}

static int give_content(CMS_ContentInfo *info, const struct extract_input *input,
                        struct mail_members *members, struct tq_error *err)
{
    ASN1_OCTET_STRING **content = CMS_get0_content(info);
    struct slice bytes;
    int r;

    if (!content || !*content || ASN1_STRING_length(*content) <= 0)
        return TQ_OK;
    bytes = slice_make((const char *)ASN1_STRING_get0_data(*content),
                       (size_t)ASN1_STRING_length(*content));
    r = mail_members_begin(members, inner_name(input->name), NULL, err);
    if (r == TQ_OK)
        r = mail_members_bytes(members, bytes, err);
    return r < 0 ? r : mail_members_end(members, false, err);
}

static int give_name(const X509_NAME *name, struct text_pages *pages, struct tq_error *err)
{
    CLEANUP(bio_cleanup) BIO *line = BIO_new(BIO_s_mem());
    char *text = NULL;
    long length;

    if (!line || X509_NAME_print_ex(line, name, 0, NAME_FLAGS) < 0)
        return line ? TQ_OK : tq_no_memory(err);
    length = BIO_get_mem_data(line, &text);
    return length <= 0 ? TQ_OK : text_pages_line(pages, slice_make(text, (size_t)length), err);
}

static int give_certificates(CMS_ContentInfo *info, struct text_pages *pages, struct tq_error *err)
{
    CLEANUP(certificates_cleanup) STACK_OF(X509) *certificates = CMS_get1_certs(info);
    int r = TQ_OK;

    for (int i = 0; r == TQ_OK && i < sk_X509_num(certificates); i++)
        r = give_name(X509_get_subject_name(sk_X509_value(certificates, i)), pages, err);
    return r < 0 ? r : text_pages_finish(pages, err);
}

static int give_parts(CMS_ContentInfo *info, const struct extract_input *input,
                      const struct extract_limits *limits, const struct sink *sink,
                      struct tq_error *err)
{
    struct text_pages pages = {.sink = sink, .pages_max = limits->pages_max};
    struct mail_members members;
    int kind = OBJ_obj2nid(CMS_get0_type(info)), r;

    if (kind == NID_pkcs7_enveloped || kind == NID_id_smime_ct_authEnvelopedData
        || kind == NID_pkcs7_encrypted)
        return emit_note(sink, 0, err,
                         "encrypted for the holder of a certificate: not read, only that key "
                         "opens it");
    if (kind == NID_id_smime_ct_compressedData)
        return emit_note(sink, 0, err, "compressed by S/MIME: not read");
    mail_members_init(&members, sink, limits);
    r = give_content(info, input, &members, err);
    if (r == TQ_OK && kind == NID_pkcs7_signed)
        r = give_certificates(info, &pages, err);
    if (r == TQ_OK && members.count == 0 && pages.page_count == 0)
        r = emit_note(sink, 0, err, "a signature without what was signed");
    mail_members_clear(&members);
    text_pages_clear(&pages);
    return r;
}

static int load(const struct extract_input *input, struct buf *out, struct tq_error *err)
{
    size_t length = (size_t)input->size_bytes, got;
    char *room = buf_extend(out, length);
    int r = room ? file_read_at(input->fd, 0, room, length, &got, err) : buf_check(out, err);

    if (r == TQ_OK)
        out->length = got;
    return r;
}

static int cms_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf bytes = {.length_max = BYTES_MAX + 1};
    CLEANUP(content_info_cleanup) CMS_ContentInfo *info = NULL;
    CLEANUP(bio_cleanup) BIO *source = NULL;
    int r = emit_type(sink, "cms", err);

    if (r < 0)
        return r;
    if (input->size_bytes > BYTES_MAX)
        return emit_note(sink, 0, err, "larger than 256 MiB: not read");
    r = load(input, &bytes, err);
    if (r < 0)
        return r;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    source = BIO_new_mem_buf(bytes.data, (int)bytes.length);
    if (!source)
        return tq_no_memory(err);
    info = d2i_CMS_bio(source, NULL);
    if (!info)
        return emit_note(sink, 0, err, "damaged: it cannot be taken apart");
    return give_parts(info, input, limits, sink, err);
}

/* A sequence that begins with the number of a kind of content. */
static enum claim cms_claim(struct slice head, const struct extract_input *input)
{
    static const char pkcs7[] = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07";
    static const char smime[] = "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01";
    size_t at = 2;

    (void)input;
    if (head.length < 24 || head.data[0] != '\x30')
        return CLAIM_NONE;
    if ((unsigned char)head.data[1] > 0x80)
        at += (unsigned char)head.data[1] & 7;
    return slice_starts(slice_skip(head, at), slice_of(pkcs7))
                   || slice_starts(slice_skip(head, at), slice_of(smime))
               ? CLAIM_CERTAIN
               : CLAIM_NONE;
}

const struct format format_cms = {"cms", cms_claim, cms_read};
