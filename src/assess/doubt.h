/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef ASSESS_DOUBT_H
#define ASSESS_DOUBT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assess/misjudged.h"
#include "base/error.h"

/* Somebody who is named falsely by a record in which nothing but names contradicts. */
struct doubtful_subject {
    uint32_t subject;
    uint16_t categories; /* a bit each: in which the subject would be affected */
};

/* What one column has to say about doubts. */
struct column_doubt {
    bool is_compared, is_name;
    uint32_t altered; /* records in which it alone contradicts, and which are altered */
};

/* What speaks for and against the verdicts of one table; start with {.table = number, .kind}. */
struct table_doubt {
    uint32_t table;
    uint8_t kind;
    uint64_t name_only, name_variants;
    struct column_doubt *columns; /* owned */
    size_t column_count, column_capacity;
    struct doubtful_subject *subjects; /* owned; in no order that means anything */
    size_t subject_count, subject_capacity;
    uint64_t misjudged, forged; /* upper limits: misjudged_as_altered(), misjudged_as_true() */
};

void table_doubt_clear(struct table_doubt *doubt);

/* There is a place for column number `column` from now on. */
int table_doubt_reserve(struct table_doubt *doubt, size_t column, struct tq_error *err) MUST_CHECK;
int table_doubt_add_subject(struct table_doubt *doubt, const struct doubtful_subject *subject,
                            struct tq_error *err) MUST_CHECK;
int table_doubt_merge(struct table_doubt *doubt, const struct table_doubt *other,
                      struct tq_error *err) MUST_CHECK;

/* Bring the subjects in order, each once with the categories of all its records, and find the upper
 * limits. What is added afterwards is settled by the next call. */
void table_doubt_settle(struct table_doubt *doubt);

#endif
