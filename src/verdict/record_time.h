/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_RECORD_TIME_H
#define VERDICT_RECORD_TIME_H

#include "verdict/claim.h"

/* When a fact was held, seen from the support of a snapshot. */
enum held_when {
    HELD_NOW,
    HELD_EARLIER,
    HELD_LATER
};

/*
 * The time a record is judged at (algorithms.md 4.1): the support of a snapshot, and, when more of
 * its cells agree at some other time than at any snapshot, that time of its own as well.
 */
struct record_time {
    unsigned snapshot;
    int32_t from, to; /* support, [from, to] */
    bool has_own;
    int32_t own_from, own_to; /* [own_from, own_to) */
};

/* A record while it is judged: rows [first, last) of the batch, all in the present block. */
struct record_rows {
    uint32_t first, last;
    uint32_t subject;
    bool by_ocr;
};

enum held_when held_when(const struct held *held, int32_t from, int32_t to);

/* The best of a claim's agreeing facts: now before earlier before later. */
enum held_when claim_when(const struct judge_scratch *scratch, const struct claim *claim,
                          int32_t from, int32_t to);

/* Find the time of a record, and set `when` of its claims. Without any snapshot every time is
 * possible. */
int record_time_find(const struct judge *judge, struct judge_scratch *scratch,
                     const struct record_rows *rows, const struct dating *dating,
                     struct record_time *out_time, struct tq_error *err) MUST_CHECK;

/* The earliest moment at which all agreeing cells of the record held; false: there is none. */
int record_common_start(const struct judge *judge, struct judge_scratch *scratch,
                        const struct record_rows *rows, int32_t *out_start, bool *out_any,
                        struct tq_error *err) MUST_CHECK;

#endif
