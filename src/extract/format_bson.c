/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* BSON: what mongodump writes of one collection. Read as JSON Lines are. */
#include "extract/bson_stream.h"
#include "extract/format.h"

static int bson_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    (void)limits;
    return json_tables_read(input, bson_stream_read, "bson", sink, err);
}

static enum claim bson_claim(struct slice head, const struct extract_input *input)
{
    bool whole;

    if (!bson_is_likely(head, input->size_bytes, &whole))
        return CLAIM_NONE;
    return whole ? CLAIM_CERTAIN : CLAIM_LIKELY;
}

const struct format format_bson = {"bson", bson_claim, bson_read};
