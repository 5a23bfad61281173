/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_IMPORT_CSV_H
#define REGISTER_IMPORT_CSV_H

#include "register/assemble.h"
#include "register/binary_copy.h"
#include "register/build.h"
#include "register/description.h"
#include "register/refresh.h"
#include "register/table_text.h"

/* What an import did. A refused row gives nothing; a refused cell leaves its row in use. */
struct import_counts {
    uint64_t rows_read, rows_refused, cells_refused;
};

struct import_request {
    const struct description *description;
    struct assemble *assemble;
    const uint16_t *fields;  /* the assembler's number of each field of the description */
    struct refresh *refresh; /* read only what changed, where that can be; or NULL */
    unsigned threads;
    build_complaint *complain; /* may be NULL */
    build_progress *progress;  /* may be NULL */
    void *state;
};

/*
 * A table on its way into the assembler, a round of rows at a time: several can take turns. Its
 * text is CSV with a header, from a file or from a database, so that every check and complaint is
 * the same. import_csv() below is all of it for a table that is a file.
 */
struct import;

/* `source` is handed over, also on failure. *out_import is owned; import_close(). */
int import_open(const struct import_request *request, const struct described_table *table,
                struct table_text *source, struct import **out_import,
                struct tq_error *err) MUST_CHECK;
struct import *import_close(struct import *import);

/* The same of a table in the format of register/binary_copy.h. `columns` are borrowed. A time with
 * time zone may only say when rows were known or valid. NULL: it is CSV. */
int import_open_binary(const struct import_request *request, const struct described_table *table,
                       struct table_text *source, const struct binary_column *columns,
                       uint32_t column_count, struct import **out_import,
                       struct tq_error *err) MUST_CHECK;

/* Take a round of rows, as many as are there up to CSV_ROUND_ROWS; *out_ended: there were none. */
int import_next(struct import *import, bool *out_ended, struct tq_error *err) MUST_CHECK;

/* What it did so far; borrowed. */
const struct import_counts *import_counts_of(const struct import *import);

/*
 * Read one table of the description into the assembler. Complaints come in the order of the file
 * and do not depend on the number of threads. TQ_E_IO, TQ_E_SYNTAX: the file cannot be read, or
 * lacks a column that the description names.
 */
int import_csv(const struct import_request *request, const struct described_table *table,
               struct import_counts *out_counts, struct tq_error *err) MUST_CHECK;

#endif
