/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_EMIT_H
#define EXTRACT_EMIT_H

#include <stdint.h>

#include "model/sink.h"

/* What all formats say to the sink, in one line each. */

int emit_type(const struct sink *sink, const char *type, struct tq_error *err) MUST_CHECK;
int emit_fact(const struct sink *sink, const char *name, struct slice value,
              struct tq_error *err) MUST_CHECK;

/* Say now and then in long work: a reader that is silent for two minutes is ended. */
int emit_working(const struct sink *sink, struct tq_error *err) MUST_CHECK;

/* A note at `place` (0: the whole exhibit). The text never quotes a value of the evidence. */
int emit_note(const struct sink *sink, uint64_t place, struct tq_error *err, const char *format,
              ...) __attribute__((format(printf, 4, 5))) MUST_CHECK;

/*
 * Notes of one kind that may come by the million: the first NOTE_REPEAT_MAX are given one by one,
 * the rest as a number at the end. Start with `struct note_kind k = {.text = "..."};`
 */
#define NOTE_REPEAT_MAX 20
struct note_kind {
    const char *text; /* borrowed: "title row, not a record" */
    uint64_t count;
};
int note_kind_add(struct note_kind *kind, const struct sink *sink, uint64_t place,
                  struct tq_error *err) MUST_CHECK;
int note_kind_finish(const struct note_kind *kind, const struct sink *sink,
                     struct tq_error *err) MUST_CHECK;

#endif
