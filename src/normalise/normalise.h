/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_NORMALISE_H
#define NORMALISE_NORMALISE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/slice.h"
#include "model/interpretation.h"

/*
 * One code for the register, the evidence and later the database extension: both sides of every
 * comparison are normalised here, so they agree by construction. reference: domain.md 2.8, 4.4.
 */
struct country; /* rules of a country: calling code, trunk prefix, number lengths; see country.h */

struct normaliser {
    const struct country *country;  /* borrowed, static; never NULL */
    uint8_t key[SIPHASH_KEY_BYTES]; /* of the register: fingerprints mean nothing without */
    int short_years_from; /* two digits are a year of the hundred from it; 0: SHORT_YEARS_FROM */
};

/*
 * Append the canonical bytes of `cell` under a plain interpretation to `out` (which the caller
 * empties). False, with `out` unchanged, if the cell cannot be read that way or is empty.
 * Numbers, dates, months and years are 8 bytes, little endian, two's complement.
 */
bool normalise(const struct normaliser *rules, enum interpretation as, struct slice cell,
               struct buf *out);

/* The number behind the canonical bytes of FORM_NUMBER, FORM_DATE, FORM_MONTH and FORM_YEAR. */
int64_t canonical_number(struct slice canonical);

/* Keyed fingerprint of canonical bytes; the form is part of it. Never 0. */
uint64_t fingerprint(const struct normaliser *rules, enum form form, struct slice canonical);

#define FINGERPRINT_NONE 0

/* normalise() and fingerprint() in one; FINGERPRINT_NONE if the cell cannot be read that way.
 * `scratch` is emptied first and holds the canonical bytes afterwards. */
uint64_t normalise_fingerprint(const struct normaliser *rules, enum interpretation as,
                               struct slice cell, struct buf *scratch);

/* The same for many: out_prints[i] for cells[i]. Reading all of them and hashing all of them are
 * loops of their own, which overlap from cell to cell. `scratch` failed if memory ran out. */
void normalise_fingerprints(const struct normaliser *rules, enum interpretation as,
                            const struct slice *cells, size_t count, struct buf *scratch,
                            uint64_t *out_prints);

/* The interpretation under which register values of a type are normalised. Dates of the register
 * are stored as YYYY-MM-DD, months as YYYY-MM, amounts and numbers with a decimal point. */
enum interpretation normalise_register_as(enum value_type type);

#endif
