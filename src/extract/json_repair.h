/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_JSON_REPAIR_H
#define EXTRACT_JSON_REPAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* The filter in front of the parser: a state machine over bytes. Start with {0}. */
struct json_repair {
    enum json_place {
        JSON_OUTSIDE, /* between tokens */
        JSON_WORD,    /* in a bare word */
        JSON_NUMERAL, /* in a number */
        JSON_STRING,
        JSON_ESCAPE, /* behind a backslash */
        JSON_HEX,    /* in the digits of \xNN */
    } place;
    char quote;    /* of the string */
    bool comma;    /* held back until it is seen what follows */
    char hex;      /* the first digit, once seen */
    char word[24]; /* the bare word so far */
    uint8_t word_length;
    uint64_t repairs;
};

/* Add `text`, repaired, to `out`. */
void json_repair_add(struct json_repair *repair, struct slice text, struct buf *out);

/* A number or word may still be open at the end of the text. */
void json_repair_end(struct json_repair *repair, struct buf *out);

#endif
