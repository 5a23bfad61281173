/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_ASSESSMENT_H
#define MODEL_ASSESSMENT_H

#include <stdint.h>

#include "base/error.h"
#include "model/type.h"
#include "model/verdict.h"

/* A row of the counts export. An empty string means all. */
struct count_row {
    const char *measure; /* "records", "affected", "named_falsely", "exposed" */
    const char *kind;    /* borrowed */
    const char *category;
    const char *verdict;
    uint64_t value, low, high; /* low..high: interval for what could not be decided */
};

/* One subject that occurs in the case. */
struct subject_row {
    uint8_t kind;
    uint32_t subject;
    bool affected, named_falsely, exposed;
    uint16_t categories; /* bit per enum category: the exposed ones */
    uint32_t records, documents;
    double severity; /* ENISA 2013: SE = DPC * EI + CB */
};

#endif
