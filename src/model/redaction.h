/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_REDACTION_H
#define MODEL_REDACTION_H

#include <stdint.h>

#include "model/interpretation.h"

/*
 * What a column shows of its values. What is visible must agree; what is hidden says nothing:
 * "M***** EL A****", "06******12", "XXXX1234", "ab***@mail.com", "12 **** 1980", initials, and
 * texts cut to a width.
 */
enum redaction_unit {
    REDACTION_CUT,   /* the folded text, cut after `head` characters */
    REDACTION_WHOLE, /* letters and digits of the whole value: the first `head` and the last `tail`
                      */
    REDACTION_WORDS, /* the same of each word, words in any order */
    REDACTION_DATE   /* the same of the digits of a date, written in `order` with leading zeros */
};

struct redaction {
    enum redaction_unit unit;
    enum interpretation order; /* REDACTION_DATE: AS_DMY, AS_MDY or AS_YMD */
    uint32_t head, tail;       /* characters */
};

#define REDACTION_WIDTH_MAX 64u /* of head and tail; REDACTION_CUT has no such limit */

#endif
