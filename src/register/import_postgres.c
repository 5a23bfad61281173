/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/import_postgres.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "model/date_parts.h"
#include "postgres/copy.h"
#include "postgres/privilege.h"
#include "postgres/selection.h"
#include "register/import_changes.h"

#define WAIT_SECONDS 1u /* for rows, before somebody who watches is told that it goes on */

/* A table still to be read. */
struct task {
    const struct described_table *table;
    char *select;                  /* owned */
    struct binary_column *columns; /* owned; of the select */
    uint32_t column_count;
    bool is_binary; /* else CSV */
    uint64_t rows_expected;
};

/* A connection and the table that it is transfer, if any. */
struct lane {
    struct connection *connection;
    struct copy *copy;
    struct import *import; /* NULL until its first turn */
    const struct task *task;
};

struct transfer {
    const struct import_request *request;
    const struct import_database *database;
    struct import_request quiet; /* without progress: that is told for all tables together */
    struct task *tasks;          /* owned; the largest first */
    size_t task_count, task_next;
    struct lane lanes[POSTGRES_CONNECTIONS_MAX];
    size_t lane_count;
    struct import_counts counts; /* of tables that are done */
    uint64_t rows_expected;
};

static void lane_stop(struct lane *lane)
{
    lane->import = import_close(lane->import);
    lane->copy = copy_close(lane->copy);
}

static void transfer_clear_cleanup(struct transfer *transfer)
{
    for (size_t i = 0; i < transfer->lane_count; i++) {
        lane_stop(&transfer->lanes[i]);
        (void)connection_close(transfer->lanes[i].connection);
    }
    for (size_t i = 0; i < transfer->task_count; i++) {
        free(transfer->tasks[i].select);
        free(transfer->tasks[i].columns);
    }
    free(transfer->tasks);
}

/* What the database has against a table: with the table, and if the description is to be changed
 * with the place in it. */
static int table_failed(const struct transfer *transfer, const struct described_table *table,
                        const struct tq_error *cause, struct tq_error *err)
{
    if (cause->status == TQ_E_SYNTAX)
        return tq_fail(err, cause->status, "%s:%u: table '%s': %s",
                       transfer->request->description->file, table->source_line, table->name,
                       cause->message);
    return tq_fail(err, cause->status, "table '%s': %s", table->name, cause->message);
}

/* Which tables, and how. */

/* Headers that a table's description may have, beside those of values. */
#define ROLE_HEADERS 7u

static size_t value_header_count(const struct described_table *table)
{
    return table->column_count * DATE_PARTS_MAX;
}

/* The header of a column, or of a part of its date; NULL: that is none. */
static const char *value_header(const struct described_table *table, size_t number)
{
    const struct described_column *column = &table->columns[number / DATE_PARTS_MAX];
    const char *const headers[DATE_PARTS_MAX] = {column->header, column->month, column->day};

    return headers[number % DATE_PARTS_MAX];
}

/* The columns of the database that the description names, each once. `out` has room for all. */
static size_t list_columns(const struct described_table *table, const char **out)
{
    const char *const roles[] = {table->key,        table->period,   table->period_month,
                                 table->known_from, table->known_to, table->valid_from,
                                 table->valid_to};
    size_t count = 0;

    _Static_assert(sizeof(roles) / sizeof(roles[0]) == ROLE_HEADERS, "all roles are there");
    for (size_t i = 0; i < ROLE_HEADERS + value_header_count(table); i++) {
        const char *name = i < ROLE_HEADERS ? roles[i] : value_header(table, i - ROLE_HEADERS);
        bool known = !name;

        for (size_t before = 0; before < count && !known; before++)
            known = strcmp(out[before], name) == 0;
        if (!known)
            out[count++] = name;
    }
    return count;
}

static bool is_name(const char *name, const char *wanted)
{
    return wanted && strcmp(name, wanted) == 0;
}

/* Whether a column is of the period that a row is about. */
static bool is_period(const struct described_table *table, const char *name)
{
    return is_name(name, table->period) || is_name(name, table->period_month);
}

/* Whether a column tells what a row says, or of whom. */
static bool is_value(const struct described_table *table, const char *name)
{
    bool is_value = is_name(name, table->key);

    for (size_t i = 0; i < value_header_count(table); i++)
        is_value |= is_name(name, value_header(table, i));
    return is_value;
}

/* A date that only tells when a row holds, or of which month it is, need not become text. */
static enum binary_type type_of(const struct described_table *table, const char *name, uint32_t oid)
{
    enum binary_type type = binary_type_of(oid);
    bool is_part = table->period_month && is_period(table, name);

    return type == BINARY_DATE && !is_part && !is_value(table, name) ? BINARY_DAY : type;
}

/* Whether all types can be read in the binary format. A time with time zone that is a value is
 * written as the server writes it: it knows the institution's clock. A lone column comes with
 * another, so that a row is no blank line. */
static bool can_be_binary(const struct task *task)
{
    bool known = task->column_count > 1;

    for (uint32_t i = 0; i < task->column_count; i++) {
        enum binary_type type = task->columns[i].type;

        known &= type != BINARY_UNKNOWN;
        known &= type != BINARY_MOMENT
                 || !(is_value(task->table, task->columns[i].name)
                      || is_period(task->table, task->columns[i].name));
    }
    return known;
}

static int prepare_table(struct transfer *transfer, const struct described_table *table,
                         struct tq_error *err)
{
    const struct selection_source source = {.relation = table->relation, .sql = table->sql};
    const size_t room = ROLE_HEADERS + value_header_count(table);
    CLEANUP(free_cleanup) const char **names = alloc_zeroed(room, sizeof(*names));
    CLEANUP(free_cleanup) uint32_t *types = alloc_zeroed(room, sizeof(*types));
    CLEANUP(buf_clear_cleanup) struct buf select = {0};
    struct task *task = &transfer->tasks[transfer->task_count];
    struct tq_error cause;
    int r;

    task->columns = alloc_zeroed(room, sizeof(*task->columns));
    transfer->task_count++;
    if (!names || !types || !task->columns)
        return tq_no_memory(err);
    task->table = table;
    task->column_count = (uint32_t)list_columns(table, names);
    r = selection_prepare(transfer->lanes[0].connection, &source, names, task->column_count,
                          &select, types, &task->rows_expected, &cause);
    if (r < 0)
        return table_failed(transfer, table, &cause, err);
    for (uint32_t i = 0; i < task->column_count; i++)
        task->columns[i] = (struct binary_column){names[i], type_of(table, names[i], types[i])};
    task->is_binary = can_be_binary(task);
    task->select = buf_take(&select);
    if (!task->select)
        return tq_no_memory(err);
    transfer->rows_expected += task->rows_expected;
    return TQ_OK;
}

/* The largest first; of equals the one that is described first. */
static int compare_tasks(const void *a, const void *b)
{
    const struct task *left = a, *right = b;

    if (left->rows_expected != right->rows_expected)
        return left->rows_expected < right->rows_expected ? 1 : -1;
    return left->table < right->table ? -1 : 1;
}

/* For a refresh: what changed, in place of all. */
static int narrow_tables(struct transfer *transfer, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    struct changes_table *tables = alloc_zeroed(transfer->task_count + 1, sizeof(*tables));

    if (!tables)
        return tq_no_memory(err);
    for (size_t i = 0; i < transfer->task_count; i++) {
        tables[i].table = transfer->tasks[i].table;
        tables[i].select = &transfer->tasks[i].select;
    }
    transfer->rows_expected = 0; /* nobody can tell */
    return import_changes(transfer->request->refresh, transfer->request->description,
                          transfer->lanes[0].connection, tables, transfer->task_count, err);
}

static int prepare_tables(struct transfer *transfer, struct tq_error *err)
{
    const struct description *description = transfer->request->description;

    transfer->tasks = alloc_zeroed(description->table_count, sizeof(*transfer->tasks));
    if (!transfer->tasks)
        return tq_no_memory(err);
    for (size_t i = 0; i < description->table_count; i++) {
        int r = description->tables[i].file ? TQ_OK
                                            : prepare_table(transfer, &description->tables[i], err);

        if (r < 0)
            return r;
    }
    qsort(transfer->tasks, transfer->task_count, sizeof(*transfer->tasks), compare_tasks);
    return TQ_OK;
}

/* Connections. */

static int open_lane(struct transfer *transfer, const char *snapshot, struct tq_error *err)
{
    struct lane *lane = &transfer->lanes[transfer->lane_count];
    int r = connection_open(transfer->database->conninfo, &lane->connection, err);

    if (r < 0)
        return r;
    r = connection_begin(lane->connection, snapshot, transfer->request->description->timezone, err);
    if (r < 0) {
        lane->connection = connection_close(lane->connection);
        return r;
    }
    transfer->lane_count++;
    return TQ_OK;
}

/* Hold on to all tables from the beginning: who waits to change one would stand between us and it
 * later. */
static int lock_tables(const struct transfer *transfer, struct lane *lane, struct tq_error *err)
{
    for (size_t i = 0; i < transfer->task_count; i++) {
        int r = selection_lock(lane->connection, transfer->tasks[i].select, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int open_helper(struct transfer *transfer, const char *snapshot, struct tq_error *err)
{
    struct lane *lane = &transfer->lanes[transfer->lane_count];
    int r = open_lane(transfer, snapshot, err);

    if (r == TQ_OK && lock_tables(transfer, lane, err) < 0) {
        lane->connection = connection_close(lane->connection);
        transfer->lane_count--;
        return err->status;
    }
    return r;
}

/* Further connections make it quicker, no more: what the server does not grant is done without. */
static int open_more_lanes(struct transfer *transfer, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf snapshot = {0};
    int r = connection_export(transfer->lanes[0].connection, &snapshot, err);

    while (r == TQ_OK && transfer->lane_count < POSTGRES_CONNECTIONS_MAX
           && transfer->lane_count < transfer->task_count) {
        struct tq_error refusal;

        if (open_helper(transfer, snapshot.data, &refusal) < 0)
            break;
    }
    return r;
}

static int prepare(struct transfer *transfer, struct tq_error *err)
{
    int r = open_lane(transfer, NULL, err);

    if (r == TQ_OK && !transfer->database->allow_writable_role)
        r = privilege_check(transfer->lanes[0].connection, err);
    if (r == TQ_OK)
        r = prepare_tables(transfer, err);
    if (r == TQ_OK)
        r = selection_check_fresh(transfer->lanes[0].connection, err);
    if (r == TQ_OK)
        r = import_as_of(transfer->lanes[0].connection, transfer->database->out_as_of, err);
    if (r == TQ_OK && transfer->request->refresh)
        r = narrow_tables(transfer, err);
    if (r == TQ_OK)
        r = open_more_lanes(transfer, err);
    return r;
}

/* Rows. */

/* Begin with the next table; without one the connection is closed. Only the first stays: who loses
 * its connection begins again with its snapshot. */
static int lane_start(struct transfer *transfer, struct lane *lane, struct tq_error *err)
{
    const struct task *task = &transfer->tasks[transfer->task_next];
    struct tq_error cause;

    if (transfer->task_next == transfer->task_count) {
        if (lane != &transfer->lanes[0])
            lane->connection = connection_close(lane->connection);
        return TQ_OK;
    }
    transfer->task_next++;
    lane->task = task;
    if (copy_open(lane->connection, task->select, task->is_binary ? COPY_BINARY : COPY_CSV,
                  &lane->copy, &cause)
        < 0)
        return table_failed(transfer, task->table, &cause, err);
    return TQ_OK;
}

static int read_copy(void *state, char *data, size_t length, size_t *out_got, struct tq_error *err)
{
    return copy_read(state, data, length, out_got, err);
}

static int open_import(struct transfer *transfer, struct lane *lane, struct tq_error *err)
{
    struct table_text *text = NULL;
    int r = table_text_of(read_copy, lane->copy, &text, err);

    if (r < 0)
        return r;
    return import_open_binary(&transfer->quiet, lane->task->table, text,
                              lane->task->is_binary ? lane->task->columns : NULL,
                              lane->task->is_binary ? lane->task->column_count : 0, &lane->import,
                              err);
}

static void tell_progress(const struct transfer *transfer)
{
    uint64_t rows = transfer->counts.rows_read;

    if (!transfer->request->progress)
        return;
    for (size_t i = 0; i < transfer->lane_count; i++) {
        if (transfer->lanes[i].import)
            rows += import_counts_of(transfer->lanes[i].import)->rows_read;
    }
    transfer->request->progress(transfer->request->state, "database", rows,
                                rows < transfer->rows_expected ? transfer->rows_expected : 0);
}

static void add_counts(struct import_counts *sum, const struct import_counts *counts)
{
    sum->rows_read += counts->rows_read;
    sum->rows_refused += counts->rows_refused;
    sum->cells_refused += counts->cells_refused;
}

/* One round of rows of the lane's table. */
static int lane_turn(struct transfer *transfer, struct lane *lane, struct tq_error *err)
{
    bool ended = false;
    int r = lane->import ? TQ_OK : open_import(transfer, lane, err);

    if (r == TQ_OK)
        r = import_next(lane->import, &ended, err);
    if (r < 0)
        return r;
    tell_progress(transfer);
    if (!ended)
        return TQ_OK;
    add_counts(&transfer->counts, import_counts_of(lane->import));
    lane_stop(lane);
    return lane_start(transfer, lane, err);
}

/* Rows of its table that are still to come, as far as the server knows. */
static uint64_t rows_left(const struct lane *lane)
{
    uint64_t expected = lane->task->rows_expected;
    uint64_t read = lane->import ? import_counts_of(lane->import)->rows_read : 0;

    return read < expected ? expected - read : 0;
}

/* Whose turn it is: nobody waits for rows while those of another table are there, and of these the
 * table with most rows left comes first, so that all end together. NULL: all have ended. */
static struct lane *next_lane(struct transfer *transfer)
{
    struct lane *next = NULL;
    bool next_ready = false;

    for (size_t i = 0; i < transfer->lane_count; i++) {
        struct lane *lane = &transfer->lanes[i];
        bool ready = lane->copy && copy_is_ready(lane->copy);

        if (!lane->copy || (next && next_ready && !ready))
            continue;
        if (!next || ready != next_ready || rows_left(lane) > rows_left(next)) {
            next = lane;
            next_ready = ready;
        }
    }
    return next;
}

static int read_tables(struct transfer *transfer, struct tq_error *err)
{
    struct lane *lane;
    int r = TQ_OK;

    for (size_t i = 0; i < transfer->lane_count && r == TQ_OK; i++)
        r = lane_start(transfer, &transfer->lanes[i], err);
    while (r == TQ_OK && (lane = next_lane(transfer))) {
        if (copy_await(lane->copy, WAIT_SECONDS))
            r = lane_turn(transfer, lane, err);
        else
            tell_progress(transfer); /* it goes on: the server is slow */
    }
    return r;
}

void import_postgres_await(const struct import_database *database)
{
    connection_await(database->conninfo);
}

int import_postgres(const struct import_request *request, const struct import_database *database,
                    struct import_counts *out_counts, struct tq_error *err)
{
    CLEANUP(transfer_clear_cleanup)
    struct transfer transfer = {.request = request, .database = database, .quiet = *request};
    int r;

    transfer.quiet.progress = NULL;
    r = prepare(&transfer, err);
    if (r == TQ_OK)
        r = read_tables(&transfer, err);
    if (r < 0)
        return r;
    *out_counts = transfer.counts;
    return TQ_OK;
}
