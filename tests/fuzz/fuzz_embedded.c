/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any storage of any compound file as an embedded object, its root as one, and what RTF has. */
#include "fuzz_extract.h"

#include "extract/embedded.h"

static int read_old(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    char bytes[4096];
    struct mail_members members;
    size_t got;
    bool given;
    int r = file_read_at(input->fd, 0, bytes, sizeof(bytes), &got, err);

    mail_members_init(&members, sink, limits);
    if (r == TQ_OK)
        r = embedded_give_old(&members, slice_make(bytes, got), &given, err);
    mail_members_clear(&members);
    return r;
}

static int read_any(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    CLEANUP(compound_clear) struct compound compound = {0};
    bool sound;
    int r = compound_open(&compound, input->fd, input->size_bytes, &sound, err);

    if (r == TQ_OK && sound)
        r = embedded_read(&compound, NULL, "", sink, limits, err);
    if (r == TQ_OK)
        r = format_object.read(input, limits, sink, err);
    return r < 0 ? r : read_old(input, limits, sink, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct format any = {"any", format_object.claim, read_any};

    return fuzz_format(&any, data, size);
}
