/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Exact look-ups by identifier in a sealed register, as a batch of evidence does them: each text
 * is normalised, fingerprinted and looked up, and the subjects that hold it are read.
 *
 *   register_lookup FILE.tqr KEYFILE KIND FIELD TEXTS
 *
 * TEXTS has one a line. Prints how many were found, seconds of opening and loading the field,
 * seconds of the first look-up, and seconds of all of them; and last, of a register opened anew,
 * seconds of opening it and answering one question from the file.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/pool.h"
#include "folder.h"
#include "register/look_up.h"

#define BATCH 4096u /* as BATCH_ROWS_MAX */

/* Memory of one thread. */
struct worker {
    struct buf scratch;
    uint64_t prints[BATCH];
    uint32_t keys[BATCH];
    uint64_t found;
};

struct lookup {
    struct reg *reg;
    const struct field *field;
    struct buf text;
    struct slice *lines; /* owned */
    size_t count;
    struct worker *workers; /* owned */
};

static void stop(const struct tq_error *err)
{
    (void)fprintf(stderr, "register_lookup: %s\n", err->message);
    exit(EXIT_FAILURE);
}

/* Number of the field that is asked for. */
static uint16_t open_register(char **names, struct reg **out_reg)
{
    struct tq_error err;
    uint16_t number;

    if (reg_open(names[0], names[1], out_reg, &err) < 0)
        stop(&err);
    number =
        reg_find_field(*out_reg, reg_find_kind(*out_reg, slice_of(names[2])), slice_of(names[3]));
    if (number == FIELD_NONE) {
        (void)tq_fail(&err, TQ_E_USAGE, "no field '%s' of '%s'", names[3], names[2]);
        stop(&err);
    }
    return number;
}

/* Seconds until one text is answered by a register that nobody has opened. */
static double answer_first(char **names, struct slice text)
{
    double begin = seconds_now(), seconds;
    struct holders holders = {0};
    struct reg *reg = NULL;
    uint16_t number = open_register(names, &reg);
    struct tq_error err;

    if (look_up(reg, number, text, &holders, &err) < 0)
        stop(&err);
    seconds = seconds_now() - begin;
    holders_clear(&holders);
    (void)reg_free(reg);
    return seconds;
}

static void open_field(struct lookup *lookup, char **names)
{
    uint16_t number = open_register(names, &lookup->reg);
    struct tq_error err;

    if (reg_load_field(lookup->reg, number, FIELD_HOLDERS, &err) < 0)
        stop(&err);
    lookup->field = reg_field(lookup->reg, number);
}

static void split(struct lookup *lookup)
{
    struct slice rest = buf_slice(&lookup->text);

    lookup->lines = alloc_zeroed(rest.length + 1, sizeof(*lookup->lines));
    while (lookup->lines && rest.length > 0) {
        const char *end = memchr(rest.data, '\n', rest.length);
        size_t length = end ? (size_t)(end - rest.data) : rest.length;

        lookup->lines[lookup->count++] = slice_make(rest.data, length);
        rest = slice_skip(rest, end ? length + 1 : length);
    }
}

static void find(const struct lookup *lookup, struct worker *worker, const struct slice *lines,
                 size_t count)
{
    const struct field *field = lookup->field;

    normalise_fingerprints(&lookup->reg->normaliser, normalise_register_as(field->type), lines,
                           count, &worker->scratch, worker->prints);
    field_find_keys(field, worker->prints, count, worker->keys);
    for (size_t i = 0; i < count; i++)
        worker->found += worker->keys[i] != KEY_NONE
                         && field->posting[field->posting_start[worker->keys[i]]] != SUBJECT_NONE;
}

static int find_batch(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct lookup *lookup = state;
    size_t first = index * BATCH, left = lookup->count - first;

    (void)err;
    find(lookup, &lookup->workers[thread], lookup->lines + first, left < BATCH ? left : BATCH);
    return TQ_OK;
}

int main(int argc, char **argv)
{
    struct lookup lookup = {0};
    double begin = seconds_now(), opened, first, all, answer;
    unsigned threads = pool_processors();
    uint64_t found = 0;
    struct tq_error err;

    lookup.workers = alloc_zeroed(threads, sizeof(*lookup.workers));
    if (argc != 6 || !lookup.workers) {
        (void)fputs("usage: register_lookup FILE.tqr KEYFILE KIND FIELD TEXTS\n", stderr);
        return EXIT_FAILURE;
    }
    open_field(&lookup, argv + 1);
    opened = seconds_now() - begin;
    if (file_load(argv[5], BUF_BYTES_MAX, &lookup.text, &err) < 0)
        stop(&err);
    split(&lookup);
    begin = seconds_now();
    find(&lookup, &lookup.workers[0], lookup.lines, lookup.count > 0);
    first = seconds_now() - begin;
    lookup.workers[0].found = 0;
    begin = seconds_now();
    if (pool_run(threads, (lookup.count + BATCH - 1) / BATCH, find_batch, &lookup, &err) < 0)
        stop(&err);
    all = seconds_now() - begin;
    for (unsigned i = 0; i < threads; i++) {
        found += lookup.workers[i].found;
        buf_clear(&lookup.workers[i].scratch);
    }
    (void)reg_free(lookup.reg);
    answer = answer_first(argv + 1, lookup.count ? lookup.lines[0] : slice_of(""));
    (void)printf("%llu %.6f %.6f %.6f %.6f\n", (unsigned long long)found, opened, first, all,
                 answer);
    buf_clear(&lookup.text);
    free(lookup.lines);
    free(lookup.workers);
    return EXIT_SUCCESS;
}
