/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/emit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define NOTE_BYTES_MAX 400

int emit_type(const struct sink *sink, const char *type, struct tq_error *err)
{
    return sink->type(sink->state, slice_of(type), err);
}

int emit_fact(const struct sink *sink, const char *name, struct slice value, struct tq_error *err)
{
    return sink->fact(sink->state, slice_of(name), value, err);
}

int emit_working(const struct sink *sink, struct tq_error *err)
{
    return sink->working ? sink->working(sink->state, err) : TQ_OK;
}

int emit_note(const struct sink *sink, uint64_t place, struct tq_error *err, const char *format,
              ...)
{
    char text[NOTE_BYTES_MAX];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (length < 0)
        return tq_fail(err, TQ_E_IO, "could not format a note");
    if ((size_t)length >= sizeof(text))
        length = (int)sizeof(text) - 1;
    return sink->note(sink->state, place, slice_make(text, (size_t)length), err);
}

int note_kind_add(struct note_kind *kind, const struct sink *sink, uint64_t place,
                  struct tq_error *err)
{
    if (kind->count++ >= NOTE_REPEAT_MAX)
        return TQ_OK;
    return emit_note(sink, place, err, "%s", kind->text);
}

int note_kind_finish(const struct note_kind *kind, const struct sink *sink, struct tq_error *err)
{
    if (kind->count <= NOTE_REPEAT_MAX)
        return TQ_OK;
    return emit_note(sink, 0, err, "%s: %" PRIu64 " times in all", kind->text, kind->count);
}
