/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_IMPORT_CSV_H
#define REGISTER_IMPORT_CSV_H

#include "register/assemble.h"
#include "register/build.h"
#include "register/description.h"

/* What an import did. A refused row gives nothing; a refused cell leaves its row in use. */
struct import_counts {
    uint64_t rows_read, rows_refused, cells_refused;
};

struct import_request {
    const struct description *description;
    struct assemble *assemble;
    const uint16_t *fields; /* the assembler's number of each field of the description */
    unsigned threads;
    build_complaint *complain; /* may be NULL */
    build_progress *progress;  /* may be NULL */
    void *state;
};

/*
 * Read one table of the description into the assembler. Complaints come in the order of the file
 * and do not depend on the number of threads. TQ_E_IO, TQ_E_SYNTAX: the file cannot be read, or
 * lacks a column that the description names.
 */
int import_csv(const struct import_request *request, const struct described_table *table,
               struct import_counts *out_counts, struct tq_error *err) MUST_CHECK;

#endif
