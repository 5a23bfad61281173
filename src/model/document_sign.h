/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_DOCUMENT_SIGN_H
#define MODEL_DOCUMENT_SIGN_H

#include <stdint.h>

#include "base/slice.h"

/*
 * Signs that a document was edited, or made elsewhere than the others of its template
 * (docs/documents.md). Stored; never renumber. None of them is a proof by itself, and no sign
 * proves nothing at all.
 */
enum document_sign {
    DOCUMENT_UPDATED = 0,     /* saved again behind its end, and a text of it changed */
    DOCUMENT_APPENDED = 1,    /* saved again behind its end; no text changed */
    DOCUMENT_ID_CHANGED = 2,  /* the identifier of this version is not the first one's */
    DOCUMENT_MODIFIED = 3,    /* by its own words changed after it was made */
    DOCUMENT_PRODUCER = 4,    /* another program than that of the others of its template */
    DOCUMENT_EDITOR = 5,      /* the program is one that changes documents */
    DOCUMENT_TIME_OFFSET = 6, /* an offset that neither the zone nor the template has */
    DOCUMENT_COVERED = 7,     /* a shape was painted over a text */
    DOCUMENT_OVERWRITTEN = 8, /* a text was drawn over another */
    DOCUMENT_FONT = 9,        /* a font that the others of its template do not have */
    DOCUMENT_SUBSETS = 10,    /* a font twice, in two subsets, where the others have one */
    DOCUMENT_OFF_GRID = 11,   /* text beside the lines or columns of the template */
    DOCUMENT_PAGE_SIZE = 12,  /* another paper than that of the others */
    DOCUMENT_STYLE = 13,      /* a value in another font, subset or size than at its place */
    DOCUMENT_METADATA = 14,   /* it says two things of its own making */
    DOCUMENT_SIGN_COUNT
};

enum document_weight {
    WEIGHT_WEAK = 0, /* lawful reasons are common */
    WEIGHT_MEDIUM = 1,
    WEIGHT_STRONG = 2, /* there is hardly a lawful reason */
    WEIGHT_COUNT
};

/* "updated", "id-changed", ... as in the export. */
const char *document_sign_name(enum document_sign sign);
const char *document_weight_name(enum document_weight weight);

struct document_sign_row {
    uint32_t exhibit;
    uint32_t table; /* the layout it belongs to; 0: none */
    enum document_sign sign;
    enum document_weight weight;
    uint32_t page;              /* from 1; 0: the document as a whole */
    struct slice before, after; /* texts of pages: to be masked */
    struct slice detail;        /* of the file itself; document_detail.h puts it into words */
};

#endif
