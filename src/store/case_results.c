/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/case_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "store/case_internal.h"

int case_drop_results(struct case_store *store, struct tq_error *err)
{
    static const enum case_statement drops[] = {
        SQL_DROP_READINGS,  SQL_DROP_DATINGS,  SQL_DROP_FINDINGS,      SQL_DROP_COUNTS,
        SQL_DROP_UNSEEN,    SQL_DROP_RULES,    SQL_DROP_CONSISTENCIES, SQL_DROP_SIGNS,
        SQL_DROP_MOSAIC,    SQL_DROP_SUBJECTS, SQL_DROP_TABLE_KINDS,   SQL_DROP_DOCUMENT_SIGNS,
        SQL_DROP_RECAPTURES};
    CASE_HOLD(store);
    int r = case_group_begin(store, err);

    if (r < 0)
        return r;
    for (size_t i = 0; r == TQ_OK && i < sizeof(drops) / sizeof(drops[0]); i++)
        r = case_run(store, drops[i], err);
    r = case_group_end(store, r, err);
    if (r == TQ_OK) {
        case_subjects_forget(store);
        case_subjects_release(store);
    }
    return r;
}

/* ---- readings ---- */

int case_add_reading(struct case_store *store, const struct reading_row *row, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_READING_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, row->table);
    case_query_bind(&query, 2, row->column);
    case_query_bind_bytes(&query, 3, row->header);
    case_query_bind_bytes(&query, 4, row->field);
    case_query_bind_bytes(&query, 5, row->interpretation);
    case_query_bind_bytes(&query, 6, row->status);
    case_query_bind_bytes(&query, 7, row->category);
    case_query_bind_bytes(&query, 8, row->kind);
    case_query_bind(&query, 9, row->periodic);
    case_query_bind_bytes(&query, 10, row->period);
    case_query_bind_bytes(&query, 11, row->role);
    case_query_bind_real(&query, 12, row->agreement);
    case_query_bind_real(&query, 13, row->chance);
    case_query_bind_real(&query, 14, row->filled);
    case_query_bind(&query, 15, row->compared);
    case_query_bind(&query, 16, row->source);
    case_query_bind(&query, 17, row->parts.count);
    case_query_bind(&query, 18, row->parts.columns[DATE_PART_MONTH]);
    case_query_bind(&query, 19, row->parts.columns[DATE_PART_DAY]);
    return case_query_finish(&query, err);
}

/* No more than there can be, whatever the file says. */
static struct date_parts read_parts(const struct case_query *query)
{
    int64_t count = case_query_number(query, 16);

    return (struct date_parts){.count = (uint8_t)(count < 0 || count > DATE_PARTS_MAX ? 0 : count),
                               .columns = {(uint16_t)case_query_number(query, 15),
                                           (uint16_t)case_query_number(query, 17),
                                           (uint16_t)case_query_number(query, 18)}};
}

static struct reading_row read_reading(const struct case_query *query)
{
    return (struct reading_row){
        .table = (uint32_t)case_query_number(query, 0),
        .column = (uint16_t)case_query_number(query, 1),
        .header = case_query_bytes(query, 2),
        .field = case_query_bytes(query, 3),
        .interpretation = case_query_bytes(query, 4),
        .status = case_query_bytes(query, 5),
        .category = case_query_bytes(query, 6),
        .kind = case_query_bytes(query, 7),
        .periodic = case_query_number(query, 8) != 0,
        .period = case_query_bytes(query, 9),
        .role = case_query_bytes(query, 10),
        .agreement = case_query_real(query, 11),
        .chance = case_query_real(query, 12),
        .filled = case_query_real(query, 13),
        .compared = (uint32_t)case_query_number(query, 14),
        .source = (uint16_t)case_query_number(query, 15),
        .parts = read_parts(query),
    };
}

int case_readings(struct case_store *store, uint32_t table, case_each_reading *each, void *state,
                  struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r;

    r = case_query_start(store, table == UINT32_MAX ? SQL_READINGS_ALL : SQL_READINGS_OF, &query,
                         err);
    if (r < 0)
        return r;
    if (table != UINT32_MAX)
        case_query_bind(&query, 1, table);
    for (;;) {
        struct reading_row reading;

        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        reading = read_reading(&query);
        r = each(state, &reading, err);
        if (r < 0)
            return r;
    }
}

/* ---- dating ----
 *
 * One blob: u32 count, {i32 from, to, best, f64 share}..., f64 background, error, u64 rows,
 * f64 resolution, u32 curve points, i32 at[], f32 log[].
 */

static void add_real(struct buf *out, double number)
{
    uint64_t bits;

    memcpy(&bits, &number, sizeof(bits));
    buf_add_u64(out, bits);
}

static void add_dating(struct buf *out, const struct dating *dating)
{
    buf_add_u32(out, dating->count);
    for (uint32_t i = 0; i < dating->count; i++) {
        const struct snapshot *snapshot = &dating->snapshots[i];

        buf_add_u32(out, (uint32_t)snapshot->from);
        buf_add_u32(out, (uint32_t)snapshot->to);
        buf_add_u32(out, (uint32_t)snapshot->best);
        add_real(out, snapshot->share);
    }
    add_real(out, dating->background);
    add_real(out, dating->error);
    buf_add_u64(out, dating->rows);
    add_real(out, dating->resolution_days);
    buf_add_u32(out, dating->curve_count);
    buf_add(out, dating->curve_at, dating->curve_count * sizeof(*dating->curve_at));
    buf_add(out, dating->curve_log, dating->curve_count * sizeof(*dating->curve_log));
}

int case_set_dating(struct case_store *store, uint32_t table, const struct dating *dating,
                    struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf blob = {0};
    CLEANUP(case_query_end) struct case_query query = {0};
    int r;

    if (dating->count > SNAPSHOTS_MAX)
        return tq_fail(err, TQ_E_USAGE, "more than %d snapshots of one table", SNAPSHOTS_MAX);
    add_dating(&blob, dating);
    r = buf_check(&blob, err);
    if (r < 0)
        return r;
    r = case_query_start(store, SQL_DATING_SET, &query, err);
    if (r < 0)
        return r;
    case_query_bind(&query, 1, table);
    case_query_bind_bytes(&query, 2, buf_slice(&blob));
    return case_query_finish(&query, err);
}

/* False: the blob ends too early. */
static bool take(struct slice *blob, void *out, size_t length)
{
    if (blob->length < length)
        return false;
    if (length > 0)
        memcpy(out, blob->data, length);
    *blob = slice_skip(*blob, length);
    return true;
}

static bool take_snapshots(struct slice *blob, struct dating *dating)
{
    if (!take(blob, &dating->count, sizeof(dating->count)) || dating->count > SNAPSHOTS_MAX)
        return false;
    for (uint32_t i = 0; i < dating->count; i++) {
        struct snapshot *snapshot = &dating->snapshots[i];

        if (!take(blob, &snapshot->from, sizeof(snapshot->from))
            || !take(blob, &snapshot->to, sizeof(snapshot->to))
            || !take(blob, &snapshot->best, sizeof(snapshot->best))
            || !take(blob, &snapshot->share, sizeof(snapshot->share)))
            return false;
    }
    return true;
}

static bool take_figures(struct slice *blob, struct dating *dating)
{
    return take(blob, &dating->background, sizeof(dating->background))
           && take(blob, &dating->error, sizeof(dating->error))
           && take(blob, &dating->rows, sizeof(dating->rows))
           && take(blob, &dating->resolution_days, sizeof(dating->resolution_days))
           && take(blob, &dating->curve_count, sizeof(dating->curve_count));
}

static int parse_dating(struct slice blob, uint32_t table, struct dating *out_dating,
                        struct tq_error *err)
{
    CLEANUP(dating_clear) struct dating dating = {0};
    uint64_t points;

    if (!take_snapshots(&blob, &dating) || !take_figures(&blob, &dating)
        || blob.length
               != dating.curve_count
                      * (uint64_t)(sizeof(*dating.curve_at) + sizeof(*dating.curve_log)))
        return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: the dating of table %u", table);
    points = dating.curve_count;
    if (points > 0) {
        dating.curve_at = alloc_zeroed(points, sizeof(*dating.curve_at));
        dating.curve_log = alloc_zeroed(points, sizeof(*dating.curve_log));
        if (!dating.curve_at || !dating.curve_log)
            return tq_no_memory(err);
        (void)take(&blob, dating.curve_at, points * sizeof(*dating.curve_at)); /* length checked */
        (void)take(&blob, dating.curve_log, points * sizeof(*dating.curve_log));
    }
    *out_dating = dating;
    dating = (struct dating){0};
    return TQ_OK;
}

int case_get_dating(struct case_store *store, uint32_t table, struct dating *out_dating,
                    struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_DATING_GET, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, table);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    if (row)
        return parse_dating(case_query_bytes(&query, 0), table, out_dating, err);
    *out_dating = (struct dating){0};
    return TQ_OK;
}

/* ---- counts ---- */

int case_add_count(struct case_store *store, const struct count_row *row, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_COUNT_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind_bytes(&query, 1, slice_of(row->measure));
    case_query_bind_bytes(&query, 2, slice_of(row->kind));
    case_query_bind_bytes(&query, 3, slice_of(row->category));
    case_query_bind_bytes(&query, 4, slice_of(row->verdict));
    case_query_bind(&query, 5, row->value);
    case_query_bind(&query, 6, row->low);
    case_query_bind(&query, 7, row->high);
    return case_query_finish(&query, err);
}

static int each_count(const struct case_query *query, struct buf *scratch, case_each_count *each,
                      void *state, struct tq_error *err)
{
    struct count_row row = {.value = case_query_number(query, 4),
                            .low = case_query_number(query, 5),
                            .high = case_query_number(query, 6)};
    size_t at[4];
    int r;

    buf_empty(scratch);
    for (int i = 0; i < 4; i++) {
        at[i] = scratch->length;
        buf_add_slice(scratch, case_query_bytes(query, i));
        buf_add_byte(scratch, '\0');
    }
    r = buf_check(scratch, err);
    if (r < 0)
        return r;
    row.measure = scratch->data + at[0];
    row.kind = scratch->data + at[1];
    row.category = scratch->data + at[2];
    row.verdict = scratch->data + at[3];
    return each(state, &row, err);
}

int case_counts(struct case_store *store, case_each_count *each, void *state, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_COUNTS, &query, err);

    if (r < 0)
        return r;
    for (;;) {
        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        r = each_count(&query, &scratch, each, state, err);
        if (r < 0)
            return r;
    }
}

int case_add_unseen(struct case_store *store, const struct unseen_row *row, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_UNSEEN_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, row->kind);
    case_query_bind(&query, 2, row->read);
    case_query_bind(&query, 3, row->unread);
    case_query_bind(&query, 4, row->value);
    case_query_bind(&query, 5, row->low);
    case_query_bind(&query, 6, row->high);
    return case_query_finish(&query, err);
}

int case_unseen(struct case_store *store, case_each_unseen *each, void *state, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_UNSEEN, &query, err);

    while (r == TQ_OK) {
        struct unseen_row unseen;

        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        unseen = (struct unseen_row){.kind = (uint8_t)case_query_number(&query, 0),
                                     .read = case_query_number(&query, 1),
                                     .unread = case_query_number(&query, 2),
                                     .value = case_query_number(&query, 3),
                                     .low = case_query_number(&query, 4),
                                     .high = case_query_number(&query, 5)};
        r = each(state, &unseen, err);
    }
    return r;
}

/* ---- kinds ---- */

int case_set_kinds(struct case_store *store, uint8_t count, const char *const *names,
                   struct tq_error *err)
{
    CASE_HOLD(store);
    int r = case_group_begin(store, err);

    if (r < 0)
        return r;
    r = case_run(store, SQL_KINDS_CLEAR, err);
    for (unsigned i = 0; r == TQ_OK && i < count; i++) {
        CLEANUP(case_query_end) struct case_query query = {0};

        r = case_query_start(store, SQL_KIND_ADD, &query, err);
        if (r < 0)
            break;
        case_query_bind(&query, 1, i);
        case_query_bind_bytes(&query, 2, slice_of(names[i]));
        r = case_query_finish(&query, err);
    }
    r = case_group_end(store, r, err);
    if (r == TQ_OK)
        case_kinds_forget(store);
    return r;
}

void case_kinds_forget(struct case_store *store)
{
    for (size_t i = 0; i < CASE_KINDS_MAX; i++) {
        free(store->kinds[i]);
        store->kinds[i] = NULL;
    }
    store->kinds_loaded = false;
}

/* Kinds that cannot be loaded have no names: what is exported is then visibly incomplete, and the
 * next real question to the case tells why. */
static void load_kinds(struct case_store *store)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    struct tq_error ignored;
    bool row;

    if (case_query_start(store, SQL_KINDS, &query, &ignored) < 0)
        return;
    while (case_query_next(&query, &row, &ignored) == TQ_OK && row) {
        uint64_t number = case_query_number(&query, 0);

        if (number < CASE_KINDS_MAX && !store->kinds[number])
            store->kinds[number] = case_copy_text(case_query_bytes(&query, 1));
    }
    store->kinds_loaded = true;
}

const char *case_kind_name(struct case_store *store, uint8_t kind)
{
    CASE_HOLD(store);

    if (!store->kinds_loaded)
        load_kinds(store);
    return store->kinds[kind] ? store->kinds[kind] : "";
}
