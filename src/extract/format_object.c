/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An embedded object as a file: a compound file with nothing but another file in it, as office
 * files of any age have them ("oleObject1.bin").
 */
#include "base/cleanup.h"
#include "extract/embedded.h"
#include "extract/format.h"

static int object_read(const struct extract_input *input, const struct extract_limits *limits,
                       const struct sink *sink, struct tq_error *err)
{
    CLEANUP(compound_clear) struct compound compound = {0};
    CLEANUP(embedded_clear) struct embedded embedded = {0};
    bool sound, given = false;
    int r = emit_type(sink, "ole", err);

    if (r == TQ_OK)
        r = compound_open(&compound, input->fd, input->size_bytes, &sound, err);
    if (r == TQ_OK && sound)
        r = embedded_open(&embedded, &compound, sink, limits, err);
    if (r == TQ_OK && sound)
        r = embedded_give_root(&embedded, &given, err);
    if (r < 0)
        return r;
    return given ? embedded_finish(&embedded, err)
                 : emit_note(sink, 0, err, "the object is damaged: not read");
}

static enum claim object_claim(struct slice head, const struct extract_input *input)
{
    struct compound compound;
    struct tq_error ignored;
    bool sound, is_object = false;
    int r;

    if (!compound_is(head))
        return CLAIM_NONE;
    r = compound_open(&compound, input->fd, input->size_bytes, &sound, &ignored);
    if (r == TQ_OK && sound)
        r = embedded_is_root(&compound, &is_object, &ignored);
    compound_clear(&compound);
    if (r == TQ_E_NOMEM)
        return CLAIM_FAILED;
    return is_object ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_object = {"ole", object_claim, object_read};
