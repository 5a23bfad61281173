/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_DOCUMENT_DETAIL_H
#define MODEL_DOCUMENT_DETAIL_H

#include <stdbool.h>

#include "base/buf.h"
#include "model/language.h"

/*
 * What is said of a sign of editing, as a form and what goes into its places: so it is kept, and
 * put into words of any language when it is shown. Stored; never renumber.
 */
enum detail_form {
    DETAIL_NONE = 0,
    DETAIL_REVISION = 1,
    DETAIL_REVISION_LAWFUL = 2, /* signed, or a form */
    DETAIL_REVISIONS = 3,
    DETAIL_REVISIONS_LAWFUL = 4,
    DETAIL_IDS = 5,
    DETAIL_DATES = 6,
    DETAIL_OTHER_PRODUCER = 7,
    DETAIL_OTHER_CREATOR = 8,
    DETAIL_PRODUCER = 9,
    DETAIL_CREATOR = 10,
    DETAIL_OFFSET = 11,
    DETAIL_OFFSET_OF_ZONE = 12,
    DETAIL_FONT = 13,
    DETAIL_SUBSETS = 14,
    DETAIL_PAGE_SIZE = 15,
    DETAIL_TO_RIGHT = 16, /* of the usual place, in the template */
    DETAIL_TO_LEFT = 17,
    DETAIL_LOWER = 18,
    DETAIL_HIGHER = 19,
    DETAIL_STYLE = 20,
    DETAIL_STYLE_MIXED = 21,
    DETAIL_STYLE_MIXED_USUALLY_NOT = 22,
    DETAIL_METADATA_PRODUCER = 23,
    DETAIL_METADATA_CREATOR = 24,
    DETAIL_METADATA_CREATED = 25,
    DETAIL_METADATA_MODIFIED = 26,
    DETAIL_METADATA_TITLE = 27,
    DETAIL_SUBSET_OF_VALUE = 28,
    DETAIL_FORM_COUNT
};

#define DETAIL_PARTS_MAX 6u

/* Append "form\tpart\tpart": white space and control characters in parts become spaces. */
void document_detail_format(struct buf *out, enum detail_form form, const struct slice *parts,
                            unsigned count);

/* A detail in words, piece by piece: where text runs to the left, parts that run to the right (a
 * date, a program's name) must stand apart. */
struct detail_words {
    const char *at; /* in the pattern; NULL: of no known form */
    struct slice parts[DETAIL_PARTS_MAX];
    struct slice whole;
};

struct detail_words document_detail_words(enum language language, struct slice detail);
/* False at the end. *out_is_part: from the document, and not of the language. */
bool document_detail_next(struct detail_words *words, struct slice *out_piece, bool *out_is_part);

/* Append it in words; what is of no known form is appended as it is. */
void document_detail_say(struct buf *out, enum language language, struct slice detail);

#endif
