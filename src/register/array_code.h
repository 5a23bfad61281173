/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_ARRAY_CODE_H
#define REGISTER_ARRAY_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How an array is written down before it is compressed. Most of a register repeats itself: columns
 * of one table have the same times, a version ends when the next begins, a compared form is the
 * value with a few characters changed. Such an array is coded against another, its base.
 *
 * An array is coded in pieces that do not depend on each other, so that threads can share the work
 * and nothing but the base has to be at hand. The bytes of each coding stand where it is made.
 */
enum array_coding {
    ARRAY_DIFFERENCES, /* to the item before, after taking away the base's item (if it has one) */
    ARRAY_DAYS,        /* times: a day and a minute of the day */
    ARRAY_DAYS_AFTER,  /* the same, the day as a distance from the day of the base's item */
    ARRAY_PICKED,      /* an item of the base in the same group, an open end, or listed */
    ARRAY_REPEATED,    /* an item a few places before it in the same group, or listed */
    ARRAY_FRONT,       /* texts: as much as is shared with the text before, then the rest */
    ARRAY_EDITED,      /* texts: what has to be changed in the base's text of the same number */
    ARRAY_NUMBERS      /* texts that are numbers of eight bytes: as far from those that the base's
                        * texts of the same number begin with as the number before */
};

#define NUMBER_BYTES 8u /* pieces of ARRAY_NUMBERS are whole numbers */

/* A piece of an array, and what it is coded against; all of it borrowed. */
struct array_code {
    enum array_coding coding;
    uint8_t size;                /* bytes of an item: 1 (texts), 2, 4 or 8 */
    void *items;                 /* of the piece; to decode into, or only read */
    const uint32_t *groups;      /* PICKED, REPEATED: items of subject s begin at groups[s];
                                  * FRONT, EDITED: bytes of text t begin at groups[t] */
    uint32_t group_count;        /* groups has one more; they rise from 0 to the item count */
    const void *base;            /* NULL: none */
    size_t base_at;              /* PICKED, DAYS_AFTER, DIFFERENCES, to decode: `base` begins with
                                  * this item, and groups with those of the piece */
    const uint32_t *base_groups; /* PICKED, EDITED, NUMBERS: the same of the base */
};

/* Coded, a piece takes at most so many bytes: an edited text one for itself, and for each byte what
 * to do and which byte. */
#define ARRAY_CODED_MAX(count, size) (3 * (size_t)(count) * (size) + 1)

/* Write items `first` .. `first + count` (at least one) to `out`, which has ARRAY_CODED_MAX bytes.
 * Returns how many were written. */
size_t array_encode(const struct array_code *code, size_t first, size_t count, unsigned char *out);

/* The reverse; false if the bytes are not such items. Whatever the bytes are, nothing outside of
 * the items is written and nothing outside of the base read. */
bool array_decode(const struct array_code *code, size_t first, size_t count,
                  const unsigned char *coded, size_t length);

#endif
