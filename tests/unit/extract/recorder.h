/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_RECORDER_H
#define TESTS_RECORDER_H

#include "base/buf.h"
#include "extract/format.h"

/*
 * A sink that writes down what it hears, one line an event, and checks the contract of
 * model/sink.h as it goes (a breach is an assertion):
 *
 *     type csv
 *     table  [immat] [nom]
 *     row 1 @2 0 | 800000000 | ALAOUI
 *     page 1 2 words: Madame, Monsieur
 *     aside 1@3: Liste du 3 mai      (in row 3 of sheet 1, beside the records)
 *     member a.csv
 *     end 17 bytes, whole
 *     fact encoding = UTF-8
 *     note @3 comment row, not a record
 */
struct recorder {
    struct buf log;
    uint64_t rows, pages, words, members, member_bytes, notes, facts, tables;
    uint64_t aside_words;
    uint32_t record; /* last record number */
    uint32_t columns;
    uint64_t next_row;
    bool typed, in_member;
    const struct password_list *passwords; /* to try; may be NULL */
    bool quiet;                            /* count and check, but write nothing down */
    uint64_t calls, fail_at;               /* the call that is refused; 0: none */
    uint64_t first_member_bytes;           /* of the open member */
};

struct sink recorder_sink(struct recorder *recorder);
void recorder_clear(struct recorder *recorder);

/* Read `bytes` as an exhibit called `name`; through the list, or by one format. The status of the
 * reading; the error is of no interest. */
int recorder_read(struct recorder *recorder, struct slice bytes, const char *name);
int recorder_read_by(struct recorder *recorder, const struct format *format, struct slice bytes,
                     const struct extract_limits *limits);

bool recorder_has(const struct recorder *recorder, const char *text);

/* The file tests/corpus/`name`, to be freed with buf_clear(). */
struct buf corpus_load(const char *name);

/*
 * Read damaged versions of a sample: cut at `cuts` lengths, with `flips` bytes flipped one by one,
 * spread evenly. Each must end with TQ_OK and in keeping with the contract. Then a sink that
 * refuses its nth call must see its own failure come back, and a failed allocation its own.
 */
void torture(struct slice sample, const char *name, unsigned cuts, unsigned flips);

#endif
