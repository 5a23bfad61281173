/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/case_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/*
 * Names and texts are BLOBs: they hold whatever bytes the evidence has. Unsigned 64-bit numbers are
 * kept as the signed number of the same bits. Rows of the evidence, pages and findings are not rows
 * here: they would be too many. batch and page point into cache.pack; finding holds one blob per
 * batch; subject holds encrypted chunks.
 */
const char case_schema[] =
    "CREATE TABLE value(name PRIMARY KEY, content) WITHOUT ROWID;"
    "CREATE TABLE exhibit(number INTEGER PRIMARY KEY, parent, name, sha256, size, type, state,"
    " source, taker, taken, origin);"
    "CREATE UNIQUE INDEX exhibit_same ON exhibit(parent, name, sha256);"
    "CREATE TABLE note(number INTEGER PRIMARY KEY, exhibit, place, content, custody);"
    "CREATE INDEX note_place ON note(exhibit, place, number);"
    "CREATE TABLE fact(number INTEGER PRIMARY KEY, exhibit, name, content);"
    "CREATE INDEX fact_exhibit ON fact(exhibit, number);"
    "CREATE TABLE tab(number INTEGER PRIMARY KEY, exhibit, sheet, name, origin, shape,"
    " column_count, slot_count, headers, row_count, batch_count, kind);"
    "CREATE INDEX tab_exhibit ON tab(exhibit, number);"
    "CREATE TABLE batch(tab, number, offset, length, PRIMARY KEY(tab, number)) WITHOUT ROWID;"
    "CREATE TABLE page(exhibit, number, offset, length, PRIMARY KEY(exhibit, number))"
    " WITHOUT ROWID;"
    "CREATE TABLE reading(number INTEGER PRIMARY KEY, tab, col, header, field, interpretation,"
    " status, category, kind, periodic, period, role, agreement, chance, filled, compared, source,"
    " part_count, month, day);"
    "CREATE TABLE dating(tab INTEGER PRIMARY KEY, content);"
    "CREATE TABLE finding(number INTEGER PRIMARY KEY, tab, batch, content);"
    "CREATE UNIQUE INDEX finding_batch ON finding(tab, batch);"
    "CREATE TABLE count(number INTEGER PRIMARY KEY, measure, kind, category, verdict, value, low,"
    " high);"
    "CREATE TABLE unseen(number INTEGER PRIMARY KEY, kind, read, unread, value, low, high);"
    "CREATE TABLE recapture(number INTEGER PRIMARY KEY, kind, first, second, status, uneven, "
    "chance, found_first, found_second, once, twice, seen, value, low, high, stratified, "
    "parts);"
    "CREATE TABLE rule(number INTEGER PRIMARY KEY, name, must, about, about_fr, about_ar);"
    "CREATE TABLE consistency(number INTEGER PRIMARY KEY, tab, rule, records, broken, facts, "
    "failed,"
    " register_facts, register_failed, effect, chance, sign);"
    "CREATE TABLE sign(number INTEGER PRIMARY KEY, tab, test, col, other, doubtful, borne_out, "
    "held,"
    " doubtful_figure, borne_out_figure, held_figure, effect, chance, sign);"
    "CREATE TABLE mosaic(number INTEGER PRIMARY KEY, tab, part, name, detail, columns, personal, "
    "rows, total, share, held_share, effect, chance, lead);"
    "CREATE TABLE document_sign(number INTEGER PRIMARY KEY, exhibit, tab, sign, weight, page,"
    " before, after, detail);"
    "CREATE INDEX document_sign_exhibit ON document_sign(exhibit, number);"
    "CREATE TABLE kind(number INTEGER PRIMARY KEY, name);"
    "CREATE TABLE subject(number INTEGER PRIMARY KEY, content);";

#define READING_COLUMNS                                                           \
    "tab, col, header, field, interpretation, status, category, kind, periodic, " \
    "period, role, agreement, chance, filled, compared, source, part_count, month, day"
#define RECAPTURE_COLUMNS                                                                         \
    "kind, first, second, status, uneven, chance, found_first, found_second, once, twice, seen, " \
    "value, low, high, stratified, parts"
#define CONSISTENCY_COLUMNS                                                                       \
    "tab, rule, records, broken, facts, failed, register_facts, register_failed, effect, chance," \
    " sign"
#define SIGN_COLUMNS                                                                        \
    "tab, test, col, other, doubtful, borne_out, held, doubtful_figure, borne_out_figure, " \
    "held_figure, effect, chance, sign"
#define MOSAIC_COLUMNS                                                                     \
    "tab, part, name, detail, columns, personal, rows, total, share, held_share, effect, " \
    "chance, lead"
#define DOCUMENT_SIGN_COLUMNS "exhibit, tab, sign, weight, page, before, after, detail"
#define TABLE_COLUMNS                                                                  \
    "number, exhibit, sheet, name, origin, shape, column_count, slot_count, headers, " \
    "row_count, batch_count"

const char *const case_statement_text[SQL_STATEMENT_COUNT] = {
    [SQL_BEGIN_WRITING] = "BEGIN IMMEDIATE",
    [SQL_BEGIN_READING] = "BEGIN",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SAVEPOINT] = "SAVEPOINT whole",
    [SQL_SAVEPOINT_RELEASE] = "RELEASE whole",
    [SQL_SAVEPOINT_ROLLBACK] = "ROLLBACK TO whole",
    [SQL_PACK_END] = "SELECT max(coalesce((SELECT max(offset + length) FROM batch), 0),"
                     " coalesce((SELECT max(offset + length) FROM page), 0))",
    [SQL_VALUE_SET] = "INSERT OR REPLACE INTO value(name, content) VALUES(?1, ?2)",
    [SQL_VALUE_GET] = "SELECT content FROM value WHERE name = ?1",
    [SQL_EXHIBIT_ADD] = "INSERT OR IGNORE INTO exhibit(parent, name, sha256, size, type, state,"
                        " source, taker, taken, origin)"
                        " VALUES(?1, ?2, ?3, ?4, x'', 0, ?5, ?6, ?7, ?8) RETURNING number",
    [SQL_EXHIBIT_FIND] = "SELECT number FROM exhibit WHERE parent = ?1 AND name = ?2"
                         " AND sha256 = ?3",
    [SQL_EXHIBIT_NAMED] = "SELECT 1 FROM exhibit WHERE parent = ?1 AND name = ?2 LIMIT 1",
    [SQL_EXHIBIT_SET] = "UPDATE exhibit SET type = ?2, state = ?3 WHERE number = ?1"
                        " RETURNING number",
    [SQL_EXHIBITS] = "SELECT number, parent, name, sha256, size, type, state FROM exhibit"
                     " ORDER BY number",
    [SQL_CUSTODY] = "SELECT source, taker, taken, origin FROM exhibit WHERE number = ?1",
    [SQL_NOTE_ADD] = "INSERT INTO note(exhibit, place, content, custody) VALUES(?1, ?2, ?3, 0)",
    [SQL_CUSTODY_NOTE_ADD] = "INSERT INTO note(exhibit, place, content, custody)"
                             " VALUES(?1, ?2, ?3, 1)",
    [SQL_NOTES_OF] = "SELECT exhibit, place, content FROM note WHERE exhibit = ?1"
                     " ORDER BY exhibit, place, number",
    [SQL_NOTES_ALL] = "SELECT exhibit, place, content FROM note ORDER BY exhibit, place, number",
    [SQL_FACT_ADD] = "INSERT INTO fact(exhibit, name, content) VALUES(?1, ?2, ?3)",
    [SQL_FACTS_OF] = "SELECT exhibit, name, content FROM fact WHERE exhibit = ?1"
                     " ORDER BY exhibit, number",
    [SQL_FACTS_ALL] = "SELECT exhibit, name, content FROM fact ORDER BY exhibit, number",
    [SQL_TABLE_ADD] = "INSERT INTO tab(exhibit, sheet, name, origin, shape, column_count,"
                      " slot_count, headers, row_count, batch_count, kind)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 255) RETURNING number",
    [SQL_TABLE_GROW] = "UPDATE tab SET row_count = row_count + ?2, batch_count = batch_count + 1"
                       " WHERE number = ?1",
    [SQL_TABLE_RENAME] = "UPDATE tab SET name = ?2 WHERE number = ?1 RETURNING number",
    [SQL_TABLES_OF] = "SELECT " TABLE_COLUMNS " FROM tab WHERE exhibit = ?1 ORDER BY number",
    [SQL_TABLES_ALL] = "SELECT " TABLE_COLUMNS " FROM tab ORDER BY number",
    [SQL_TABLE_SIZE] = "SELECT column_count, batch_count FROM tab WHERE number = ?1",
    [SQL_TABLE_KIND_SET] = "UPDATE tab SET kind = ?2 WHERE number = ?1 RETURNING number",
    [SQL_TABLE_KIND] = "SELECT kind FROM tab WHERE number = ?1",
    [SQL_BATCH_ADD] = "INSERT INTO batch(tab, number, offset, length) VALUES(?1, ?2, ?3, ?4)",
    [SQL_BATCHES] = "SELECT number, offset, length FROM batch WHERE tab = ?1 ORDER BY number",
    [SQL_LAYOUT_DROP_BATCHES] = "DELETE FROM batch"
                                " WHERE tab IN (SELECT number FROM tab WHERE exhibit = 0)",
    [SQL_LAYOUT_DROP_FINDINGS] = "DELETE FROM finding"
                                 " WHERE tab IN (SELECT number FROM tab WHERE exhibit = 0)",
    [SQL_LAYOUT_DROP_READINGS] = "DELETE FROM reading"
                                 " WHERE tab IN (SELECT number FROM tab WHERE exhibit = 0)",
    [SQL_LAYOUT_DROP_DATINGS] = "DELETE FROM dating"
                                " WHERE tab IN (SELECT number FROM tab WHERE exhibit = 0)",
    [SQL_LAYOUT_DROP_TABLES] = "DELETE FROM tab WHERE exhibit = 0",
    [SQL_PAGE_COUNT] = "SELECT coalesce(max(number) + 1, 0) FROM page WHERE exhibit = ?1",
    [SQL_PAGE_ADD] = "INSERT INTO page(exhibit, number, offset, length) VALUES(?1, ?2, ?3, ?4)",
    [SQL_PAGES] = "SELECT number, offset, length FROM page WHERE exhibit = ?1 ORDER BY number",
    [SQL_READING_ADD] = "INSERT INTO reading(" READING_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
                        " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    [SQL_READINGS_OF] =
        "SELECT " READING_COLUMNS " FROM reading WHERE tab = ?1 ORDER BY tab, col, number",
    [SQL_READINGS_ALL] = "SELECT " READING_COLUMNS " FROM reading ORDER BY tab, col, number",
    [SQL_DATING_SET] = "INSERT OR REPLACE INTO dating(tab, content) VALUES(?1, ?2)",
    [SQL_DATING_GET] = "SELECT content FROM dating WHERE tab = ?1",
    [SQL_FINDING_SET] = "INSERT OR REPLACE INTO finding(tab, batch, content) VALUES(?1, ?2, ?3)",
    [SQL_FINDING_GET] = "SELECT content FROM finding WHERE tab = ?1 AND batch = ?2",
    [SQL_FINDING_COUNT] = "SELECT count(*) FROM finding WHERE tab = ?1",
    [SQL_COUNT_ADD] = "INSERT INTO count(measure, kind, category, verdict, value, low, high)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_COUNTS] = "SELECT measure, kind, category, verdict, value, low, high FROM count"
                   " ORDER BY number",
    [SQL_UNSEEN_ADD] = "INSERT INTO unseen(kind, read, unread, value, low, high)"
                       " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_UNSEEN] = "SELECT kind, read, unread, value, low, high FROM unseen ORDER BY number",
    [SQL_RECAPTURE_ADD] = "INSERT INTO recapture(" RECAPTURE_COLUMNS
                          ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
                          " ?15, ?16)",
    [SQL_RECAPTURES] = "SELECT " RECAPTURE_COLUMNS " FROM recapture ORDER BY number",
    [SQL_RULE_ADD] = "INSERT INTO rule(number, name, must, about, about_fr, about_ar) "
                     "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_RULES] = "SELECT number, name, must, about, about_fr, about_ar FROM rule ORDER BY number",
    [SQL_CONSISTENCY_ADD] = "INSERT INTO consistency(" CONSISTENCY_COLUMNS
                            ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [SQL_CONSISTENCIES] = "SELECT " CONSISTENCY_COLUMNS " FROM consistency ORDER BY number",
    [SQL_SIGN_ADD] = "INSERT INTO sign(" SIGN_COLUMNS
                     ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    [SQL_SIGNS] = "SELECT " SIGN_COLUMNS " FROM sign ORDER BY number",
    [SQL_MOSAIC_ADD] = "INSERT INTO mosaic(" MOSAIC_COLUMNS
                       ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    [SQL_MOSAIC] = "SELECT " MOSAIC_COLUMNS " FROM mosaic ORDER BY tab, part, number",
    [SQL_DOCUMENT_SIGN_ADD] = "INSERT INTO document_sign(" DOCUMENT_SIGN_COLUMNS
                              ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [SQL_DOCUMENT_SIGNS] = "SELECT " DOCUMENT_SIGN_COLUMNS " FROM document_sign ORDER BY number",
    [SQL_DOCUMENT_SIGNS_OF] =
        "SELECT " DOCUMENT_SIGN_COLUMNS " FROM document_sign WHERE exhibit = ?1 ORDER BY number",
    [SQL_KINDS_CLEAR] = "DELETE FROM kind",
    [SQL_KIND_ADD] = "INSERT INTO kind(number, name) VALUES(?1, ?2)",
    [SQL_KINDS] = "SELECT number, name FROM kind ORDER BY number",
    [SQL_SUBJECTS_ADD] = "INSERT INTO subject(content) VALUES(?1)",
    [SQL_SUBJECTS] = "SELECT content FROM subject ORDER BY number",
    [SQL_DROP_READINGS] = "DELETE FROM reading",
    [SQL_DROP_DATINGS] = "DELETE FROM dating",
    [SQL_DROP_FINDINGS] = "DELETE FROM finding",
    [SQL_DROP_COUNTS] = "DELETE FROM count",
    [SQL_DROP_UNSEEN] = "DELETE FROM unseen",
    [SQL_DROP_RECAPTURES] = "DELETE FROM recapture",
    [SQL_DROP_RULES] = "DELETE FROM rule",
    [SQL_DROP_CONSISTENCIES] = "DELETE FROM consistency",
    [SQL_DROP_SIGNS] = "DELETE FROM sign",
    [SQL_DROP_MOSAIC] = "DELETE FROM mosaic",
    [SQL_DROP_DOCUMENT_SIGNS] = "DELETE FROM document_sign",
    [SQL_DROP_SUBJECTS] = "DELETE FROM subject",
    [SQL_RESET_NOTES] = "DELETE FROM note WHERE exhibit = ?1 AND custody = 0",
    [SQL_RESET_FACTS] = "DELETE FROM fact WHERE exhibit = ?1",
    [SQL_RESET_BATCHES] = "DELETE FROM batch"
                          " WHERE tab IN (SELECT number FROM tab WHERE exhibit = ?1)",
    [SQL_RESET_TABLES] = "DELETE FROM tab WHERE exhibit = ?1",
    [SQL_RESET_PAGES] = "DELETE FROM page WHERE exhibit = ?1",
    [SQL_DROP_TABLE_KINDS] = "UPDATE tab SET kind = 255 WHERE kind <> 255",
};

static int fail_io(const struct case_store *store, struct tq_error *err)
{
    int reason = store->db ? sqlite3_system_errno(store->db) : 0;

    if (reason == ENOSPC || reason == EDQUOT)
        return tq_fail(err, TQ_E_IO, "could not write '%s': %s", store->database, strerror(reason));
    if (reason)
        return tq_fail(err, TQ_E_IO, "could not read or write '%s': %s", store->database,
                       strerror(reason));
    return tq_fail(err, TQ_E_IO, "could not read or write '%s'", store->database);
}

int case_sql_fail(const struct case_store *store, int code, struct tq_error *err)
{
    switch (code & 0xFF) {
    case SQLITE_NOMEM:
        return tq_no_memory(err);
    case SQLITE_FULL:
        return tq_fail(err, TQ_E_IO, "could not write '%s': no space left on the disk",
                       store->database);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return tq_fail(err, TQ_E_IO, "could not write '%s': it is read-only", store->database);
    case SQLITE_CANTOPEN:
        return tq_fail(err, TQ_E_IO, "could not open '%s' (or the -wal and -shm files beside it)",
                       store->database);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return tq_fail(err, TQ_E_IO, "the case is in use by another process ('%s' is locked)",
                       store->database);
    case SQLITE_NOTADB:
        return tq_fail(err, TQ_E_SYNTAX, "'%s' is not the database of a case", store->database);
    case SQLITE_CORRUPT:
        return tq_fail(err, TQ_E_SYNTAX, "'%s' is damaged: %s", store->database,
                       sqlite3_errstr(code));
    case SQLITE_TOOBIG:
        return tq_fail(err, TQ_E_LIMIT, "more bytes than '%s' can hold in one value",
                       store->database);
    case SQLITE_IOERR:
        return fail_io(store, err);
    default:
        return tq_fail(err, TQ_E_SYNTAX, "'%s' is damaged, or no case: %s", store->database,
                       store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code));
    }
}

void case_lock(struct case_store *store)
{
    (void)pthread_mutex_lock(&store->mutex); /* recursive and never destroyed while held */
}

void case_unlock(struct case_store **store)
{
    if (*store)
        (void)pthread_mutex_unlock(&(*store)->mutex);
}

static int prepare(struct case_store *store, enum case_statement which, struct case_query *query,
                   struct tq_error *err)
{
    sqlite3_stmt **kept = &store->statements[which];
    int code;

    if (*kept && !sqlite3_stmt_busy(*kept)) {
        query->handle = *kept;
        return TQ_OK;
    }
    code = sqlite3_prepare_v3(store->db, case_statement_text[which], -1, SQLITE_PREPARE_PERSISTENT,
                              &query->handle, NULL);
    if (code != SQLITE_OK)
        return case_sql_fail(store, code, err);
    query->own = *kept != NULL;
    if (!query->own)
        *kept = query->handle;
    return TQ_OK;
}

int case_query_start(struct case_store *store, enum case_statement which,
                     struct case_query *out_query, struct tq_error *err)
{
    struct case_query query = {.failed = SQLITE_OK};
    int r;

    case_lock(store);
    /* After some failures (a full disk) SQLite rolls back by itself: what follows must not be
     * committed piece by piece as if nothing had happened. */
    if (store->in_transaction && sqlite3_get_autocommit(store->db))
        r = tq_fail(err, TQ_E_IO, "the transaction on '%s' failed before", store->database);
    else
        r = prepare(store, which, &query, err);
    if (r < 0) {
        case_unlock(&store);
        return r;
    }
    query.store = store;
    *out_query = query;
    return TQ_OK;
}

void case_query_end(struct case_query *query)
{
    if (!query->store)
        return;
    if (query->own) {
        (void)sqlite3_finalize(query->handle); /* repeats the code of the last step */
    } else {
        (void)sqlite3_reset(query->handle); /* the same */
        (void)sqlite3_clear_bindings(query->handle);
    }
    case_unlock(&query->store);
    *query = (struct case_query){0};
}

static void remember(struct case_query *query, int code)
{
    if (query->failed == SQLITE_OK)
        query->failed = code;
}

void case_query_bind(struct case_query *query, int position, uint64_t number)
{
    remember(query, sqlite3_bind_int64(query->handle, position, (sqlite3_int64)number));
}

void case_query_bind_real(struct case_query *query, int position, double number)
{
    remember(query, sqlite3_bind_double(query->handle, position, number));
}

void case_query_bind_bytes(struct case_query *query, int position, struct slice bytes)
{
    remember(query, sqlite3_bind_blob64(query->handle, position, bytes.data ? bytes.data : "",
                                        bytes.length, SQLITE_STATIC));
}

int case_query_next(struct case_query *query, bool *out_row, struct tq_error *err)
{
    int code = query->failed;

    if (code == SQLITE_OK)
        code = sqlite3_step(query->handle);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return case_sql_fail(query->store, code, err);
    *out_row = code == SQLITE_ROW;
    return TQ_OK;
}

int case_query_finish(struct case_query *query, struct tq_error *err)
{
    bool row = true;

    while (row) {
        int r = case_query_next(query, &row, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int case_run(struct case_store *store, enum case_statement which, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, which, &query, err);

    if (r < 0)
        return r;
    return case_query_finish(&query, err);
}

uint64_t case_query_number(const struct case_query *query, int column)
{
    return (uint64_t)sqlite3_column_int64(query->handle, column);
}

double case_query_real(const struct case_query *query, int column)
{
    return sqlite3_column_double(query->handle, column);
}

struct slice case_query_bytes(const struct case_query *query, int column)
{
    const char *data = sqlite3_column_blob(query->handle, column); /* before _bytes: it converts */

    return slice_make(data, data ? (size_t)sqlite3_column_bytes(query->handle, column) : 0);
}

int case_group_begin(struct case_store *store, struct tq_error *err)
{
    return case_run(store, SQL_SAVEPOINT, err);
}

int case_group_end(struct case_store *store, int r, struct tq_error *err)
{
    struct tq_error ignored;

    if (r == TQ_OK)
        r = case_run(store, SQL_SAVEPOINT_RELEASE, err);
    if (r == TQ_OK || sqlite3_get_autocommit(store->db))
        return r;
    /* If undoing fails too, half of the group must not be committed with the rest: the whole
     * transaction goes, and every later call in it says so. The first failure is what is told. */
    if (case_run(store, SQL_SAVEPOINT_ROLLBACK, &ignored) < 0
        || case_run(store, SQL_SAVEPOINT_RELEASE, &ignored) < 0)
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}

char *case_copy_text(struct slice text)
{
    char *copy = alloc_zeroed(text.length + 1, 1);

    if (copy && text.length > 0)
        memcpy(copy, text.data, text.length);
    return copy;
}
