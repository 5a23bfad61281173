/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef STORE_CASE_INTERNAL_H
#define STORE_CASE_INTERNAL_H

/* What the files of the store share behind case_store.h; nobody else includes this. */

#include <pthread.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "base/error.h"
#include "store/case_store.h"
#include "store/pack.h"

#define CASE_APPLICATION_ID 0x54514353 /* "TQCS", in the header of case.db */
#define CASE_SCHEMA_VERSION 7
#define CASE_KEY_BYTES      32u
#define CASE_KINDS_MAX      256u

/* Every statement, prepared once; the texts are in case_sql.c, in this order. */
enum case_statement {
    SQL_BEGIN_WRITING,
    SQL_BEGIN_READING,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_SAVEPOINT,
    SQL_SAVEPOINT_RELEASE,
    SQL_SAVEPOINT_ROLLBACK,
    SQL_PACK_END,
    SQL_VALUE_SET,
    SQL_VALUE_GET,
    SQL_EXHIBIT_ADD,
    SQL_EXHIBIT_FIND,
    SQL_EXHIBIT_NAMED,
    SQL_EXHIBIT_SET,
    SQL_EXHIBITS,
    SQL_CUSTODY,
    SQL_NOTE_ADD,
    SQL_CUSTODY_NOTE_ADD,
    SQL_NOTES_OF,
    SQL_NOTES_ALL,
    SQL_FACT_ADD,
    SQL_FACTS_OF,
    SQL_FACTS_ALL,
    SQL_TABLE_ADD,
    SQL_TABLE_GROW,
    SQL_TABLE_RENAME,
    SQL_TABLES_OF,
    SQL_TABLES_ALL,
    SQL_TABLE_SIZE,
    SQL_TABLE_KIND_SET,
    SQL_TABLE_KIND,
    SQL_BATCH_ADD,
    SQL_BATCHES,
    SQL_LAYOUT_DROP_BATCHES,
    SQL_LAYOUT_DROP_FINDINGS,
    SQL_LAYOUT_DROP_READINGS,
    SQL_LAYOUT_DROP_DATINGS,
    SQL_LAYOUT_DROP_TABLES,
    SQL_PAGE_COUNT,
    SQL_PAGE_ADD,
    SQL_PAGES,
    SQL_READING_ADD,
    SQL_READINGS_OF,
    SQL_READINGS_ALL,
    SQL_DATING_SET,
    SQL_DATING_GET,
    SQL_FINDING_SET,
    SQL_FINDING_GET,
    SQL_FINDING_COUNT,
    SQL_COUNT_ADD,
    SQL_COUNTS,
    SQL_UNSEEN_ADD,
    SQL_UNSEEN,
    SQL_RECAPTURE_ADD,
    SQL_RECAPTURES,
    SQL_RULE_ADD,
    SQL_RULES,
    SQL_CONSISTENCY_ADD,
    SQL_CONSISTENCIES,
    SQL_SIGN_ADD,
    SQL_SIGNS,
    SQL_MOSAIC_ADD,
    SQL_MOSAIC,
    SQL_DOCUMENT_SIGN_ADD,
    SQL_DOCUMENT_SIGNS,
    SQL_DOCUMENT_SIGNS_OF,
    SQL_KINDS_CLEAR,
    SQL_KIND_ADD,
    SQL_KINDS,
    SQL_SUBJECTS_ADD,
    SQL_SUBJECTS,
    SQL_DROP_READINGS,
    SQL_DROP_DATINGS,
    SQL_DROP_FINDINGS,
    SQL_DROP_COUNTS,
    SQL_DROP_UNSEEN,
    SQL_DROP_RECAPTURES,
    SQL_DROP_RULES,
    SQL_DROP_CONSISTENCIES,
    SQL_DROP_SIGNS,
    SQL_DROP_MOSAIC,
    SQL_DROP_DOCUMENT_SIGNS,
    SQL_DROP_SUBJECTS,
    SQL_DROP_TABLE_KINDS,
    SQL_RESET_NOTES,
    SQL_RESET_FACTS,
    SQL_RESET_BATCHES,
    SQL_RESET_TABLES,
    SQL_RESET_PAGES,
    SQL_STATEMENT_COUNT
};

struct case_subject_table; /* case_subjects.c */

struct case_store {
    char *folder;
    char *database; /* path of case.db, for messages */
    sqlite3 *db;
    struct pack pack;
    bool writing, in_transaction;
    uint64_t pack_mark;    /* end of the pack when the transaction began */
    pthread_mutex_t mutex; /* recursive: callbacks may ask the store */
    sqlite3_stmt *statements[SQL_STATEMENT_COUNT];
    struct buf entry; /* memory for the pack entry being built */

    bool kinds_loaded;
    char *kinds[CASE_KINDS_MAX]; /* NULL: no such kind */

    struct buf subjects;                     /* added, not yet written: one chunk */
    struct case_subject_table *subject_keys; /* after case_load_subject_keys() */
};

extern const char *const case_statement_text[SQL_STATEMENT_COUNT];
extern const char case_schema[];

/*
 * A statement in use. case_query_start() takes the store's lock and case_query_end() (by CLEANUP)
 * gives it back. A failed binding is remembered and reported by the next step.
 */
struct case_query {
    struct case_store *store;
    sqlite3_stmt *handle;
    bool own; /* prepared for this use alone: the kept one was busy in a caller further up */
    int failed;
};

int case_query_start(struct case_store *store, enum case_statement which,
                     struct case_query *out_query, struct tq_error *err) MUST_CHECK;
void case_query_end(struct case_query *query);
void case_query_bind(struct case_query *query, int position, uint64_t number);
void case_query_bind_real(struct case_query *query, int position, double number);
void case_query_bind_bytes(struct case_query *query, int position, struct slice bytes);

/* *out_row: there is a row to read with the functions below. */
int case_query_next(struct case_query *query, bool *out_row, struct tq_error *err) MUST_CHECK;
/* To the end, without looking at rows. */
int case_query_finish(struct case_query *query, struct tq_error *err) MUST_CHECK;
/* All of it for a statement without parameters, or with one number. */
int case_run(struct case_store *store, enum case_statement which, struct tq_error *err) MUST_CHECK;

uint64_t case_query_number(const struct case_query *query, int column);
double case_query_real(const struct case_query *query, int column);
struct slice case_query_bytes(const struct case_query *query, int column); /* until the next step */

/* Turn a code of SQLite into a message that a person understands. */
int case_sql_fail(const struct case_store *store, int code, struct tq_error *err);

/* Several statements that belong together, also outside a transaction. case_group_end() keeps them
 * if `r` is TQ_OK and undoes them if not; it hands back `r`, or its own failure. */
int case_group_begin(struct case_store *store, struct tq_error *err) MUST_CHECK;
int case_group_end(struct case_store *store, int r, struct tq_error *err) MUST_CHECK;

void case_lock(struct case_store *store);
void case_unlock(struct case_store **store); /* for CLEANUP() */

/* Append the entry in store->entry to the pack; synced at once outside a transaction. */
int case_pack_append(struct case_store *store, struct pack_entry *entry,
                     struct tq_error *err) MUST_CHECK;

/* A NUL-terminated copy, owned by the caller; NULL when memory runs out. */
char *case_copy_text(struct slice text);

/* case_subjects.c: write what waits in memory; forget it; free the keys. */
int case_subjects_flush(struct case_store *store, struct tq_error *err) MUST_CHECK;
void case_subjects_forget(struct case_store *store);
void case_subjects_release(struct case_store *store);
void case_kinds_forget(struct case_store *store);

/* case_paths.c: give every exhibit of the list its final path; `parents` and `names` by position.
 */
struct exhibit_name {
    uint32_t parent; /* position in the list, UINT32_MAX: none */
    uint32_t depth;
    struct slice name; /* below the parent */
};
int case_paths_assign(struct exhibit *exhibits, const struct exhibit_name *names, size_t count,
                      struct tq_error *err) MUST_CHECK;

static inline struct case_store *case_locked(struct case_store *store)
{
    case_lock(store);
    return store;
}

/* Hold the store's lock to the end of the block. */
#define CASE_HOLD(store) \
    CLEANUP(case_unlock) __attribute__((unused)) struct case_store *held_ = case_locked(store)

#endif
