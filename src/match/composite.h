/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_COMPOSITE_H
#define MATCH_COMPOSITE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/prefetch.h"
#include "match/column.h"

/* Blocking keys made of two columns, each too common alone (algorithms.md 3.1). */
enum composite_kind {
    COMPOSITE_PAIR,    /* the keys of both */
    COMPOSITE_INITIAL, /* the date, and the first letter of a name's words */
    COMPOSITE_YEAR     /* the year of a date, and the name */
};

/* An index from one such key to subjects: buckets of (tag, subject), sorted. */
struct composite {
    enum composite_kind kind;
    uint16_t a, b;   /* numbers of the columns; `a` is the date of the last two kinds */
    double expected; /* length of the posting of two typical values, if they are independent */
    uint32_t bits;
    uint32_t *start;      /* 2^bits + 1 offsets into entries; owned */
    uint64_t *entries;    /* tag << 32 | subject; SUBJECT_NONE: too many subjects; owned */
    pthread_mutex_t lock; /* held by who builds the index */
    atomic_bool built;
};

#define COMPOSITES_MAX 24u /* indexes of one table */

/* Pairs first, shortest expected posting first. */
struct composites {
    struct composite *items; /* owned */
    uint32_t count;
    uint32_t selective, pairs; /* the first so many are selective pairs, are pairs */
};

/*
 * Choose the indexes that the columns call for, and build the selective ones on `threads` threads.
 * The others hardly any record asks: who is the first to do so builds them.
 */
int composites_init(struct composites *composites, const struct match_columns *columns,
                    unsigned threads, struct tq_error *err) MUST_CHECK;
void composites_clear(struct composites *composites);

/* See to it that indexes number first .. end - 1 are built. From any thread. */
int composites_need(const struct composites *composites, uint32_t first, uint32_t end,
                    const struct match_columns *columns, struct tq_error *err) MUST_CHECK;

uint64_t composite_hash(enum composite_kind kind, uint64_t a, uint64_t b);

/* The year of canonical bytes of FORM_DATE or FORM_YEAR; 0: none. */
uint32_t composite_year(const struct match_column *column, struct slice canonical);

/* All below want the index built. Two steps, some time apart: where the bucket is, and what is in
 * it. */
PREFETCHING void composite_prefetch_start(const struct composite *composite, uint64_t hash)
{
    __builtin_prefetch(&composite->start[hash >> (64 - composite->bits)]);
}

PREFETCHING void composite_prefetch(const struct composite *composite, uint64_t hash)
{
    __builtin_prefetch(&composite->entries[composite->start[hash >> (64 - composite->bits)]]);
}

/*
 * Append the subjects of a key to out_subjects, which has room for POSTING_MAX; how many, or
 * POSTING_MAX + 1 if there are too many to be of use.
 */
uint32_t composite_find(const struct composite *composite, uint64_t hash, uint32_t *out_subjects);

#endif
