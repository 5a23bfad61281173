/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "extract/emit.h"
#include "extract/format.h"
#include "extract/pdf_forensics.h"

#define MARK_WITHIN 1024u /* readers allow this much rubbish before the mark */

static enum claim pdf_claim(struct slice head, const struct extract_input *input)
{
    static const char mark[] = "%PDF-";
    size_t within = head.length < MARK_WITHIN ? head.length : MARK_WITHIN;
    const char *found = head.data ? memmem(head.data, within, mark, sizeof(mark) - 1) : NULL;

    (void)input;
    if (!found)
        return CLAIM_NONE;
    return found == head.data ? CLAIM_CERTAIN : CLAIM_LIKELY;
}

static int pdf_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    int r = emit_type(sink, "pdf", err);

    return r < 0 ? r : pdf_forensics_read(input, limits, sink, err);
}

const struct format format_pdf = {"pdf", pdf_claim, pdf_read};
