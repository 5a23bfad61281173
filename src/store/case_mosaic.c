/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The mosaic: sources, coverage and form of the published tables. */
#include "base/cleanup.h"
#include "store/case_internal.h"
#include "store/case_store.h"

int case_add_mosaic(struct case_store *store, const struct mosaic_row *row, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_MOSAIC_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, row->table);
    case_query_bind(&query, 2, row->part);
    case_query_bind_bytes(&query, 3, row->name);
    case_query_bind_bytes(&query, 4, row->detail);
    case_query_bind_bytes(&query, 5, row->columns);
    case_query_bind(&query, 6, row->personal);
    case_query_bind(&query, 7, row->rows);
    case_query_bind(&query, 8, row->of);
    case_query_bind_real(&query, 9, row->share);
    case_query_bind_real(&query, 10, row->held_share);
    case_query_bind_real(&query, 11, row->effect);
    case_query_bind_real(&query, 12, row->chance);
    case_query_bind(&query, 13, row->lead);
    return case_query_finish(&query, err);
}

static struct mosaic_row read_row(const struct case_query *query)
{
    return (struct mosaic_row){
        .table = (uint32_t)case_query_number(query, 0),
        .part = (enum mosaic_part)case_query_number(query, 1),
        .name = case_query_bytes(query, 2),
        .detail = case_query_bytes(query, 3),
        .columns = case_query_bytes(query, 4),
        .personal = case_query_number(query, 5) != 0,
        .rows = case_query_number(query, 6),
        .of = case_query_number(query, 7),
        .share = case_query_real(query, 8),
        .held_share = case_query_real(query, 9),
        .effect = case_query_real(query, 10),
        .chance = case_query_real(query, 11),
        .lead = case_query_number(query, 12) != 0,
    };
}

int case_mosaic(struct case_store *store, case_each_mosaic *each, void *state, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool any;
    int r = case_query_start(store, SQL_MOSAIC, &query, err);

    while (r == TQ_OK) {
        struct mosaic_row row;

        r = case_query_next(&query, &any, err);
        if (r < 0 || !any)
            return r;
        row = read_row(&query);
        if (row.part >= MOSAIC_PART_COUNT)
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: a part of no known mosaic");
        r = each(state, &row, err);
    }
    return r;
}
