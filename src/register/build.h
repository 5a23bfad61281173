/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_BUILD_H
#define REGISTER_BUILD_H

#include "base/error.h"
#include "register/register.h"

/* What a build did, for the user. */
struct build_summary {
    uint64_t rows_read, rows_refused, facts;
    uint32_t table_count;
    uint64_t bytes;               /* of the sealed file */
    uint64_t cells_refused;       /* single cells, of rows that are otherwise used */
    uint32_t changed_table_count; /* of the tables, those of which only changes were read */
};

/* Called once per refused row or cell: "insured.csv line 17 column 3: ...". `state` is the
 * caller's. */
typedef void build_complaint(void *state, const char *message);

/* Called now and then with the rows read so far and, unless 0, of how many about; may be NULL.
 * `table` is "database" for all tables of one together. */
typedef void build_progress(void *state, const char *table, uint64_t rows, uint64_t rows_expected);

struct build_request {
    const char *description_path;
    const char *out_path;
    const char *key_path;     /* made (32 random bytes, mode 0600) if missing */
    const char *postgres;     /* connection string of libpq, for tables of a database; or NULL */
    bool allow_writable_role; /* its role need not be one that can only read */
    bool fingerprints_only;   /* hold no value: without_values.h */
    const char *since_path;   /* an older register to refresh; or NULL: build from all rows */
    int32_t margin_minutes;   /* before that one was built, from which on rows are read again */
    unsigned threads;
    build_complaint *complain;
    build_complaint *note; /* what the user should know; may be NULL */
    build_progress *progress;
    void *state;
};

/*
 * Compile a register: description, import, normalise, index, seal. With since_path, which may be
 * out_path, only what changed is imported (refresh.h); the result is the same. The old file at
 * out_path stays whole until the new one is complete. TQ_E_USAGE: the connection string is missing,
 * unused, or register/import_postgres.h refuses it, or the register at since_path does not fit. A
 * mistake in the description is TQ_E_SYNTAX and names file, line and what would be right.
 */
int register_build(const struct build_request *request, struct build_summary *out_summary,
                   struct tq_error *err) MUST_CHECK;

#endif
