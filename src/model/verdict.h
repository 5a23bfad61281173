/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_VERDICT_H
#define MODEL_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Verdict of a cell (DESIGN section 6). Stored; never renumber. */
enum cell_verdict {
    CELL_NOT_JUDGED = 0, /* not a claim: not read, or empty without meaning; not exported */
    CELL_AGREES = 1,
    CELL_AGREES_EARLIER = 2,
    CELL_AGREES_LATER = 3,
    CELL_VARIANT = 4,
    CELL_TRUNCATED = 5,
    CELL_MISSING = 6,
    CELL_CONTRADICTS = 7,
    CELL_OTHER_SUBJECT = 8,
    CELL_UNKNOWN = 9,
    CELL_VERDICT_COUNT
};

/* Verdict of a record, and of an exhibit. Stored; never renumber. First that applies, in the
 * order of DESIGN section 6. */
enum record_verdict {
    RECORD_UNVERIFIABLE = 0,
    RECORD_UNFOUNDED = 1,
    RECORD_MISATTRIBUTED = 2,
    RECORD_ALTERED = 3,
    RECORD_INCOMPLETE = 4,
    RECORD_STALE = 5,
    RECORD_AUTHENTIC = 6,
    RECORD_VERDICT_COUNT
};

/* Why, in one word; becomes a sentence in `show` and the report. Stored; never renumber. */
enum ground {
    GROUND_NONE = 0,
    GROUND_ONE_EDIT = 1,       /* one character from what the register holds */
    GROUND_OTHER_SPELLING = 2, /* another spelling or script of the same name */
    GROUND_OTHER_FORMAT = 3,
    GROUND_PREFIX = 4,       /* a proper prefix of what the register holds */
    GROUND_MISSING_NAME = 5, /* one of several given names is left out */
    GROUND_SPREADSHEET = 6,  /* scientific notation, lost digits */
    GROUND_UNDECODABLE = 7,
    GROUND_NO_SUCH_PERIOD = 8, /* the register has nothing for that period */
    GROUND_RARE_VALUE = 9,     /* a value that only another subject holds */
    GROUND_ROW_LAG = 10,       /* a block of rows shows another row's values */
    GROUND_PREVIOUS = 11,      /* the column holds previous values */
    GROUND_NOT_YET = 12,       /* empty, as the value was not known yet at the record's time */
    GROUND_MASKED = 13,        /* marks hide a part; what is visible is held */
    GROUND_INITIALS = 14,      /* a name is only an initial */
    GROUND_EXCHANGED = 15,     /* family and given name in each other's place */
    GROUND_MISREAD = 16,       /* read by OCR, and near to what is held */
    GROUND_AGE_BESIDE = 17,    /* a year from the age that the held date gives */
    GROUND_OTHER_AGE = 18,     /* not the age that the held date gives */
    GROUND_COARSER = 19,       /* a month or a year, where the register has the day */
    GROUND_COUNT
};

const char *cell_verdict_name(enum cell_verdict verdict);
bool cell_verdict_parse(struct slice word, enum cell_verdict *out_verdict);
const char *record_verdict_name(enum record_verdict verdict);
bool record_verdict_parse(struct slice word, enum record_verdict *out_verdict);

/* agrees, variant and agrees-later: the register held it at the snapshot, or nothing speaks
 * against. */
bool cell_counts_as_agreeing(enum cell_verdict verdict);

/* agrees, agrees-earlier, agrees-later, variant: the cell truly tells the subject's value. */
bool cell_exposes(enum cell_verdict verdict);

#endif
