/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_MEASURE_H
#define READING_MEASURE_H

#include "reading/held_set.h"

/* What the linked rows show of one column: a key for each, where the cell is used at all. */
struct cell_keys {
    uint32_t count; /* of linked rows */
    bool *used;
    uint32_t *key; /* KEY_NONE: a cell that agrees with nothing */
};

/* How well cells agree with what their subjects hold. Source: algorithms.md 1.3. */
struct measure {
    uint32_t compared; /* n: used cells whose subject holds something */
    uint32_t agreed;   /* h */
    double chance;     /* b: the exact expectation over all permutations; at least 1 / (2 n) */
    bool few;          /* measured on few subjects, by tally_measure_few() */
};

/* Memory for measuring, reused: numbers the distinct keys of a column and counts them. */
struct tally {
    uint32_t *slots; /* hash table: number of the key plus one */
    uint32_t *keys;  /* by number */
    size_t slot_count, key_count;
    uint32_t *cells, *subjects; /* by number */
    uint32_t *number;           /* of each linked row's key */
    size_t slot_capacity, key_capacity;
};

void key_tally_clear(struct tally *tally);

/* Prepare for these cells; then measure any number of views against them. */
int key_tally_number(struct tally *tally, const struct cell_keys *cells,
                     struct tq_error *err) MUST_CHECK;
struct measure key_tally_measure(struct tally *tally, const struct cell_keys *cells,
                                 struct held_view held);

/* The same where links are few: chance is that of the agreeing values in the register. */
struct measure tally_measure_few(const struct cell_keys *cells, struct held_view held);

/* G, in nats: n times the divergence of the agreement rate from chance; 0 if it is not above. */
double measure_gain(const struct measure *measure);

/* (a - b) / (1 - b) */
double measure_kappa(const struct measure *measure);

#endif
