/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_DATE_PARTS_H
#define MODEL_DATE_PARTS_H

#include <stdint.h>

#include "base/slice.h"

enum date_part {
    DATE_PART_YEAR,
    DATE_PART_MONTH,
    DATE_PART_DAY,
    DATE_PARTS_MAX
};

/* A date, or a month, whose parts stand in columns of their own: they are read as one cell. All
 * zero: there is none. */
struct date_parts {
    uint16_t columns[DATE_PARTS_MAX]; /* numbers, by enum date_part */
    uint8_t count;                    /* 2: a year and a month; 3: and a day */
};

#define DATE_PART_BYTES  32u /* of a part: a month may be a name */
#define DATE_PARTS_BYTES (DATE_PARTS_MAX * (DATE_PART_BYTES + 1))

/*
 * The parts as one text, the year first: 1978, 3 and 12 are "1978-03-12". What is missing at the
 * end, empty or zero, is left out: "1978-03", "1978". Empty if all are. Borrowed from `room`, of
 * DATE_PARTS_BYTES.
 */
struct slice date_parts_join(const struct slice *parts, size_t count, char *room);

#endif
