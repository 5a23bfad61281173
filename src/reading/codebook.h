/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_CODEBOOK_H
#define READING_CODEBOOK_H

#include "reading/measure.h"

/*
 * A codebook is a learnt map from cell text to register value: "1" is "M". It is learnt on one
 * half and judged on the other, and the other way round; without the two halves every column of
 * few values would look read (algorithms.md 1.4). The halves are of *holders*, not of rows: many
 * rows may show one employer, and a number that goes with this employer alone explains its town,
 * but says nothing of towns.
 */
struct codebook {
    uint64_t *cells;  /* fingerprints of the distinct cells, rising */
    uint32_t *domain; /* distinct keys of the register, in the order they are met */
    uint32_t cell_count, domain_count;
    uint32_t *cell_of_row;   /* number of each linked row's cell, KEY_NONE: none */
    uint32_t *joint;         /* cell_count * domain_count */
    uint32_t *mapped;        /* key of each cell, KEY_NONE: not learnt */
    struct held_entry *half; /* what the holders of one half hold */
    uint8_t *half_of;        /* of each held value: its holder's */
    struct arena arena;
};

/* Whether a column has as few distinct cells as a codebook may have: worth preparing one. */
bool codebook_may_fit(const uint64_t *cell_prints, const struct cell_keys *cells);

/*
 * Number the cells (fingerprints of FORM_CODE of the linked rows) and the domain of `held`.
 * *out_fits is false if there are too few or too many values for a codebook.
 */
int codebook_prepare(const uint64_t *cell_prints, const struct cell_keys *cells,
                     struct held_view held, struct codebook *out_codebook, bool *out_fits,
                     struct tq_error *err) MUST_CHECK;
void codebook_clear(struct codebook *codebook);

/* Judge by halves. `scratch` has the same size as `cells`. */
int codebook_measure(struct codebook *codebook, const struct cell_keys *cells,
                     struct cell_keys *scratch, struct held_view held, struct tally *tally,
                     struct measure *out_measure, struct tq_error *err) MUST_CHECK;

/*
 * Learn on all rows: the entries for the reading, sorted by cell; owned by the caller. The field's
 * own values stand for themselves where nothing else was learnt: a rare value that the sample did
 * not show is no contradiction.
 */
int codebook_entries(struct codebook *codebook, const struct reg *reg, const struct field *field,
                     const struct cell_keys *cells, struct held_view held,
                     struct codebook_entry **out_entries, uint32_t *out_count,
                     struct tq_error *err) MUST_CHECK;

#endif
