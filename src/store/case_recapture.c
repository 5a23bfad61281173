/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the overlap of several finders says. */
#include "base/cleanup.h"
#include "store/case_internal.h"
#include "store/case_store.h"

int case_add_recapture(struct case_store *store, const struct recapture_row *row,
                       struct tq_error *err)
{
    const uint64_t numbers[] = {row->found_first, row->found_second, row->once,
                                row->twice,       row->seen,         row->value,
                                row->low,         row->high,         row->stratified};
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_RECAPTURE_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, row->kind);
    case_query_bind_bytes(&query, 2, row->first);
    case_query_bind_bytes(&query, 3, row->second);
    case_query_bind(&query, 4, row->status);
    case_query_bind(&query, 5, row->is_uneven);
    case_query_bind_real(&query, 6, row->chance);
    for (int i = 0; i < 9; i++)
        case_query_bind(&query, 7 + i, numbers[i]);
    case_query_bind_bytes(&query, 16, row->parts);
    return case_query_finish(&query, err);
}

static struct recapture_row recapture_of(const struct case_query *query)
{
    return (struct recapture_row){
        .kind = (uint8_t)case_query_number(query, 0),
        .first = case_query_bytes(query, 1),
        .second = case_query_bytes(query, 2),
        .status = (enum recapture_status)case_query_number(query, 3),
        .is_uneven = case_query_number(query, 4) != 0,
        .chance = case_query_real(query, 5),
        .found_first = case_query_number(query, 6),
        .found_second = case_query_number(query, 7),
        .once = case_query_number(query, 8),
        .twice = case_query_number(query, 9),
        .seen = case_query_number(query, 10),
        .value = case_query_number(query, 11),
        .low = case_query_number(query, 12),
        .high = case_query_number(query, 13),
        .stratified = case_query_number(query, 14),
        .parts = case_query_bytes(query, 15),
    };
}

int case_recaptures(struct case_store *store, case_each_recapture *each, void *state,
                    struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_RECAPTURES, &query, err);

    while (r == TQ_OK) {
        struct recapture_row recapture;

        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        recapture = recapture_of(&query);
        if (recapture.status >= RECAPTURE_STATUS_COUNT)
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: an estimate of no known status");
        r = each(state, &recapture, err);
    }
    return r;
}
