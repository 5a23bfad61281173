/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/locked.h"

#include <inttypes.h>

#include "extract/emit.h"

int locked_fact(const struct sink *sink, struct tq_error *err)
{
    return emit_fact(sink, SINK_LOCKED_FACT, SLICE_LITERAL("yes"), err);
}

int locked_note(const struct extract_input *input, const struct sink *sink, struct tq_error *err)
{
    int r = locked_fact(sink, err);

    if (r < 0)
        return r;
    if (!input->passwords)
        return emit_note(sink, 0, err, "encrypted: not read, the password is not known");
    return emit_note(sink, 0, err, "encrypted: not read, none of %" PRIu32 " passwords opened it",
                     input->passwords->count);
}

int untried_note(const struct extract_input *input, const struct sink *sink, struct tq_error *err)
{
    return emit_note(sink, 0, err,
                     "encrypted: not all of %" PRIu32 " passwords were tried, it would have taken "
                     "too long",
                     input->passwords->count);
}

int unlocked_note(const struct sink *sink, uint32_t line, struct tq_error *err)
{
    return emit_note(sink, 0, err,
                     "encrypted: opened with the password of line %" PRIu32 " of the list", line);
}

int own_password_note(const struct sink *sink, struct tq_error *err)
{
    return emit_note(sink, 0, err,
                     "encrypted: opened with the password that Excel itself uses for documents "
                     "that are only protected against changes");
}

int unknown_lock_note(const struct sink *sink, struct tq_error *err)
{
    int r = locked_fact(sink, err);

    return r < 0 ? r
                 : emit_note(sink, 0, err,
                             "encrypted: not read, the encryption is of a kind that is not opened "
                             "here, or what is said of it is damaged");
}
