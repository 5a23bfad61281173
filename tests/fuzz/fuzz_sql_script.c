/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as what pg_restore writes, from a pipe that holds them all. */
#include "extract/sql_script.h"
#include "fuzz_extract.h"

#define PIPE_BYTES ((size_t)64 << 10)

static enum claim no_claim(struct slice head, const struct extract_input *input)
{
    (void)head;
    (void)input;
    return CLAIM_NONE;
}

static int read_script(const struct extract_input *input, const struct extract_limits *limits,
                       const struct sink *sink, struct tq_error *err)
{
    struct extract_input script = *input;
    char bytes[PIPE_BYTES];
    size_t got;
    int ends[2], r;

    if (pipe(ends) < 0)
        return TQ_E_NOMEM;
    r = file_read_at(input->fd, 0, bytes, sizeof(bytes), &got, err);
    if (r == TQ_OK)
        r = file_write(ends[1], bytes, got, err);
    (void)close(ends[1]);
    script.fd = ends[0];
    if (r == TQ_OK)
        r = sql_read_script(&script, limits, sink, "pg_dump", err);
    (void)close(ends[0]);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct format script = {"pg_dump", no_claim, read_script};

    return fuzz_format(&script, data, size);
}
