/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/extract.h"

#include <assert.h>
#include <locale.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "extract/access.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/mail.h"
#include "extract/multibyte.h"
#include "extract/pdf_pages.h"
#include "extract/pg_dump.h"
#include "extract/sql_script.h"

#define HEAD_BYTES ((size_t)64 << 10)

const struct extract_limits extract_limits_default = {
    .member_bytes_max = MEMBER_BYTES_MAX,
    .total_bytes_max = 4 * MEMBER_BYTES_MAX,
    .members_max = CONTAINER_MEMBERS_MAX,
    .ratio_max = CONTAINER_RATIO_MAX,
    .pages_max = DOCUMENT_PAGES_MAX,
    .steps_max = (uint64_t)1 << 32,
};

/* All formats, one line each; the earlier wins when two claim an exhibit equally. */
static const struct format *const formats[] = {
    &format_pdf, &format_image, &format_office, &format_locked, &format_xls, &format_doc,
    &format_ppt, &format_rtf, &format_archive, &format_sqlite, &format_access, &format_dbf,
    &format_mbox, &format_pst, &format_msg, &format_tnef, &format_cms, &format_object,
    &format_xml_sheet, &format_named, &format_bson, &format_telegram, &format_telegram_html,
    &format_ebds,
    /* From here on none has a signature: the first that thinks itself likely is taken. */
    &format_sql, &format_ldif, &format_vcard, &format_calendar, &format_mail, &format_chat,
    &format_html, &format_xml, &format_json, &format_labelled, &format_delimited, &format_text,
    &format_binary, /* claims all that is left */
};
#define FORMATS_SIGNED 23u /* the number of those before that line */

static int recognise(struct slice head, const struct extract_input *input,
                     const struct format **out_format, struct tq_error *err)
{
    const struct format *best = NULL;
    enum claim best_claim = CLAIM_NONE;

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        enum claim claim;

        if (i >= FORMATS_SIGNED && best_claim >= CLAIM_LIKELY)
            break;
        claim = formats[i]->claim(head, input);
        if (claim == CLAIM_FAILED)
            return tq_no_memory(err);
        if (claim > best_claim) {
            best = formats[i];
            best_claim = claim;
        }
        if (claim == CLAIM_CERTAIN)
            break;
    }
    *out_format = best;
    return TQ_OK;
}

static int read_nothing(const struct sink *sink, struct tq_error *err)
{
    int r = emit_type(sink, "empty", err);

    return r < 0 ? r : emit_note(sink, 0, err, "the file is empty");
}

void extract_prepare(void)
{
    /* libarchive converts the names of members by the locale; without UTF-8 it loses some. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    pdf_pages_prepare();
    mail_prepare();
    multibyte_prepare();
    access_prepare();
}

int extract_read(const struct extract_input *input, const struct extract_limits *limits,
                 const struct sink *sink, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *head = NULL;
    struct extract_input real = *input;
    const struct format *format = NULL;
    size_t got;
    int r;

    if (input->is_script)
        return sql_read_script(input, limits, sink, PG_DUMP_TYPE, err);
    head = alloc_zeroed(HEAD_BYTES, 1);
    if (!head)
        return tq_no_memory(err);
    r = file_read_at(input->fd, 0, head, HEAD_BYTES, &got, err);
    if (r < 0)
        return r;
    if (got == 0)
        return read_nothing(sink, err);
    if (real.size_bytes < got) /* what is there counts, not what was said */
        real.size_bytes = got;

    r = recognise(slice_make(head, got), &real, &format, err);
    if (r < 0)
        return r;
    assert(format);
    return format->read(&real, limits, sink, err);
}
