/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/import_snapshots.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/local_time.h"
#include "register/stored_value.h"

DEFINE_CLEANUP(struct local_time *, local_time_free)

/* The moments of the exports, and an open end behind the last. */
static int read_dates(const struct import_request *request, const struct described_table *table,
                      int32_t *dates, struct tq_error *err)
{
    CLEANUP(local_time_free_cleanup) struct local_time *time = NULL;
    const struct country *country = assemble_normaliser(request->assemble)->country;
    int r = local_time_new(request->description->timezone, &time, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < table->snapshot_count; i++) {
        const struct described_snapshot *snapshot = &table->snapshots[i];

        dates[i] = MOMENT_MIN;
        if (!stored_time(time, slice_of(snapshot->date), stored_dates_of(country), &dates[i])
            || dates[i] == MOMENT_MIN)
            return tq_fail(err, TQ_E_SYNTAX,
                           "%s:%u: table '%s': '%s' is no date or time; wanted is one as "
                           "2024-01-31 or 2024-01-31T23:00:00Z",
                           request->description->file, snapshot->line, table->name, snapshot->date);
        if (i > 0 && dates[i] <= dates[i - 1])
            return tq_fail(err, TQ_E_SYNTAX,
                           "%s:%u: table '%s': the snapshot of %s does not come after that of %s; "
                           "list them from the oldest to the newest",
                           request->description->file, snapshot->line, table->name, snapshot->date,
                           table->snapshots[i - 1].date);
    }
    dates[table->snapshot_count] = MOMENT_MAX;
    return TQ_OK;
}

/*
 * Each export by itself: its rows were known until the next. What the next has as well is known on
 * (fact_history.h), so that memory goes by what is different between them.
 */
int import_snapshots(const struct import_request *request, const struct described_table *table,
                     struct import_counts *out_counts, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    int32_t *dates = alloc_zeroed(table->snapshot_count + 1, sizeof(*dates));
    struct import_counts counts = {0};
    int r = dates ? read_dates(request, table, dates, err) : tq_no_memory(err);

    for (size_t i = 0; i < table->snapshot_count && r == TQ_OK; i++) {
        struct described_table one = *table;
        struct import_counts own = {0};

        one.file = table->snapshots[i].file;
        one.seen_from = dates[i];
        one.seen_to = dates[i + 1];
        r = import_csv(request, &one, &own, err);
        counts.rows_read += own.rows_read;
        counts.rows_refused += own.rows_refused;
        counts.cells_refused += own.cells_refused;
    }
    assemble_end_exports(request->assemble);
    if (r == TQ_OK)
        *out_counts = counts;
    return r;
}
