/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/import_changes.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "postgres/copy.h"
#include "postgres/selection_changes.h"
#include "register/csv_rows.h"

DEFINE_CLEANUP(struct table_text *, table_text_close)
DEFINE_CLEANUP(struct copy *, copy_close)

struct changes {
    struct refresh *refresh;
    const struct description *description;
    struct connection *connection;
    const struct changes_table *tables;
    size_t count;
};

static size_t number_of(const struct changes *changes, const struct changes_table *table)
{
    return (size_t)(table->table - changes->description->tables);
}

static struct selection_times times_of(const struct changes_table *table)
{
    return (struct selection_times){.select = *table->select,
                                    .key = table->table->key,
                                    .known_from = table->table->known_from,
                                    .known_to = table->table->known_to};
}

static int table_failed(const struct described_table *table, const struct tq_error *cause,
                        struct tq_error *err)
{
    return tq_fail(err, cause->status, "table '%s', what changed: %s", table->name, cause->message);
}

/* ---- which tables ---- */

static int want_times(const struct changes *changes, const struct changes_table *table,
                      struct tq_error *err)
{
    struct selection_times times = times_of(table);
    struct tq_error cause;
    bool timed = false;

    if (times.known_from && selection_is_timed(changes->connection, &times, &timed, &cause) < 0)
        return table_failed(table->table, &cause, err);
    if (!timed)
        refresh_whole(changes->refresh, number_of(changes, table));
    return TQ_OK;
}

static int choose_tables(const struct changes *changes, struct tq_error *err)
{
    for (size_t i = 0; i < changes->description->table_count; i++) {
        if (!changes->description->tables[i].sql && !changes->description->tables[i].relation)
            refresh_whole(changes->refresh, i);
    }
    for (size_t i = 0; i < changes->count; i++) {
        int r = want_times(changes, &changes->tables[i], err);

        if (r < 0)
            return r;
    }
    return refresh_settle(changes->refresh, err);
}

/* ---- who is touched ---- */

/* The query for those whom a family touches, of all its tables. */
static int write_touched(const struct changes *changes, size_t family, struct buf *out,
                         struct tq_error *err)
{
    CLEANUP(free_cleanup)
    struct selection_times *times = alloc_zeroed(changes->count + 1, sizeof(*times));
    size_t count = 0;

    if (!times)
        return tq_no_memory(err);
    for (size_t i = 0; i < changes->count; i++) {
        size_t number = number_of(changes, &changes->tables[i]);

        if (refresh_family(changes->refresh, number) == family)
            times[count++] = times_of(&changes->tables[i]);
    }
    return selection_touched(changes->connection, times, count, refresh_since(changes->refresh),
                             out, err);
}

static int read_copy(void *state, char *data, size_t length, size_t *out_got, struct tq_error *err)
{
    return copy_read(state, data, length, out_got, err);
}

static int touch_round(const struct changes *changes, size_t family, const struct csv_rows *rows,
                       size_t first, struct tq_error *err)
{
    CLEANUP(arena_clear_cleanup) struct arena arena = {0};

    for (size_t i = first; i < rows->row_count; i++) {
        struct csv_cells cells = csv_cells_of(&rows->rows[i], ',', &arena);
        struct slice key;

        if (!csv_cells_next(&cells, &key) || cells.no_memory)
            return tq_no_memory(err);
        refresh_touch(changes->refresh, family, key);
    }
    return TQ_OK;
}

static int touch_rows(const struct changes *changes, size_t family, struct csv_rows *rows,
                      struct tq_error *err)
{
    size_t first = 1; /* behind the header */
    int r;

    do {
        r = csv_rows_next(rows, CSV_ROUND_ROWS, err);
        if (r == TQ_OK)
            r = touch_round(changes, family, rows, first, err);
        first = 0;
    } while (r == TQ_OK && rows->row_count > 0);
    return r;
}

static int touch(const struct changes *changes, size_t family, const char *select,
                 struct tq_error *err)
{
    CLEANUP(copy_close_cleanup) struct copy *copy = NULL;
    CLEANUP(table_text_close_cleanup) struct table_text *text = NULL;
    struct csv_rows rows = {0};
    int r = copy_open(changes->connection, select, COPY_CSV, &copy, err);

    if (r == TQ_OK)
        r = table_text_of(read_copy, copy, &text, err);
    if (r == TQ_OK)
        r = csv_rows_init(&rows, text, ',', err);
    if (r < 0)
        return r;
    r = touch_rows(changes, family, &rows, err);
    csv_rows_clear(&rows);
    return r;
}

/* ---- what to read ---- */

static int narrow(const struct changes *changes, const struct changes_table *table,
                  const char *touched, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf select = {0};
    struct selection_times times = times_of(table);
    char *narrowed;
    int r = selection_changes(changes->connection, &times, touched, refresh_since(changes->refresh),
                              &select, err);

    if (r < 0)
        return r;
    narrowed = buf_take(&select);
    if (!narrowed)
        return tq_no_memory(err);
    free(*table->select);
    *table->select = narrowed;
    return TQ_OK;
}

/* All tables of a family at once: the query for one needs those for the others as they were. */
static int narrow_family(const struct changes *changes, size_t family, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf touched = {0};
    int r = write_touched(changes, family, &touched, err);

    if (r == TQ_OK)
        r = touch(changes, family, touched.data, err);
    for (size_t i = 0; i < changes->count && r == TQ_OK; i++) {
        size_t number = number_of(changes, &changes->tables[i]);

        if (refresh_family(changes->refresh, number) == family)
            r = narrow(changes, &changes->tables[i], touched.data, err);
    }
    return r;
}

static int check_clock(const struct changes *changes, int32_t register_as_of, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf now = {0};
    CLEANUP(buf_clear_cleanup) struct buf then = {0};
    int32_t as_of = 0;
    int r = import_as_of(changes->connection, &as_of, err);

    if (r < 0 || as_of >= register_as_of)
        return r;
    moment_format(&now, as_of);
    moment_format(&then, register_as_of);
    return tq_fail(err, TQ_E_USAGE,
                   "the database is as of %s, the old register as of %s: this is another server, "
                   "or one that lags or was restored; build without --since",
                   now.data ? now.data : "", then.data ? then.data : "");
}

int import_changes(struct refresh *refresh, const struct description *description,
                   struct connection *connection, const struct changes_table *tables, size_t count,
                   struct tq_error *err)
{
    struct changes changes = {refresh, description, connection, tables, count};
    struct tq_error cause;
    int r = check_clock(&changes, refresh_as_of(refresh), err);

    if (r == TQ_OK)
        r = choose_tables(&changes, err);
    for (size_t i = 0; i < description->table_count && r == TQ_OK; i++) {
        if (refresh_is_whole(refresh, i) || refresh_family(refresh, i) != i)
            continue;
        r = narrow_family(&changes, i, &cause);
        if (r < 0)
            return table_failed(&description->tables[i], &cause, err);
    }
    return r < 0 ? r : refresh_begin(refresh, err);
}

int import_as_of(struct connection *connection, int32_t *out_minutes, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;
    int r = connection_query(connection,
                             "SELECT pg_catalog.floor(extract(epoch FROM CASE"
                             " WHEN pg_catalog.pg_is_in_recovery() THEN coalesce("
                             "pg_catalog.pg_last_xact_replay_timestamp(), '1970-01-01Z')"
                             " ELSE pg_catalog.now() END) / 60)",
                             0, NULL, &result, err);

    if (r < 0)
        return r;
    if (PQntuples(result) != 1)
        return tq_fail(err, TQ_E_IO, "the database does not tell the time");
    *out_minutes = (int32_t)strtol(PQgetvalue(result, 0, 0), NULL, 10);
    return TQ_OK;
}
