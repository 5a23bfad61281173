/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_SINK_H
#define MODEL_SINK_H

#include <stdint.h>

#include "base/error.h"
#include "model/batch.h"
#include "model/page.h"

/*
 * What reading an exhibit yields, in the order of the exhibit. Extractors (in the sandboxed
 * reader) call these; on the other side of the wire the parent's sink gets the same calls, after
 * they were checked. Everything passed is borrowed for the call. A call that fails ends the
 * reading of the exhibit; extractors pass the failure up unchanged.
 *
 *   type      once, first: what the exhibit is by its content ("csv", "pdf", "zip", ...)
 *   table     begins a table; its rows follow until the next table
 *   rows      rows of the current table. `exhibit` numbers in the batch are 0: the parent fills
 *             them in. Record numbers count through the whole exhibit.
 *   page      one page of positioned text (documents), or lines beside the records of a table
 *   member    begins a member of a container; its bytes follow, then member_end. `name` is a path
 *             within the container, any bytes; the parent makes it safe. A member may be marked
 *             damaged at its end; what came through is kept.
 *   fact      a fact about the exhibit as a whole ("producer", "created", "telegram.date", ...)
 *   note      something an analyst must know: damage, a limit, a part not read. `place` as in
 *             struct batch, 0: the whole exhibit.
 *   working   nothing yet, but not idle: for work that takes long before it yields anything. May
 *             be NULL in a sink that does not care.
 */
struct sink {
    void *state;
    int (*type)(void *state, struct slice type, struct tq_error *err);
    int (*table)(void *state, struct slice name, uint32_t column_count, const struct slice *headers,
                 struct tq_error *err);
    int (*rows)(void *state, const struct batch *batch, struct tq_error *err);
    int (*page)(void *state, const struct page *page, struct tq_error *err);
    int (*member)(void *state, struct slice name, struct tq_error *err);
    int (*member_bytes)(void *state, struct slice bytes, struct tq_error *err);
    int (*member_end)(void *state, bool damaged, struct tq_error *err);
    int (*fact)(void *state, struct slice name, struct slice value, struct tq_error *err);
    int (*note)(void *state, uint64_t place, struct slice text, struct tq_error *err);
    int (*working)(void *state, struct tq_error *err);
};

/* Facts that a container gives about one of its members or siblings start with this and go to the
 * exhibit whose path ends in the rest: "member:photos/a.jpg:telegram.date". */
#define SINK_MEMBER_FACT "member:"

/* The fact that an exhibit, or a part of it, was not read for want of a password. */
#define SINK_LOCKED_FACT "locked"

#endif
