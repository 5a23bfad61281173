/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Signs of fabrication. */
#include "base/cleanup.h"
#include "store/case_internal.h"
#include "store/case_store.h"

int case_add_sign(struct case_store *store, const struct sign_row *row, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_SIGN_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, row->table);
    case_query_bind(&query, 2, row->test);
    case_query_bind(&query, 3, row->column);
    case_query_bind(&query, 4, row->other);
    case_query_bind(&query, 5, row->doubtful);
    case_query_bind(&query, 6, row->borne_out);
    case_query_bind(&query, 7, row->held);
    case_query_bind_real(&query, 8, row->doubtful_figure);
    case_query_bind_real(&query, 9, row->borne_out_figure);
    case_query_bind_real(&query, 10, row->held_figure);
    case_query_bind_real(&query, 11, row->effect);
    case_query_bind_real(&query, 12, row->chance);
    case_query_bind(&query, 13, row->sign);
    return case_query_finish(&query, err);
}

static struct sign_row read_sign(const struct case_query *query)
{
    return (struct sign_row){
        .table = (uint32_t)case_query_number(query, 0),
        .test = (enum sign_test)case_query_number(query, 1),
        .column = (uint16_t)case_query_number(query, 2),
        .other = (uint16_t)case_query_number(query, 3),
        .doubtful = case_query_number(query, 4),
        .borne_out = case_query_number(query, 5),
        .held = case_query_number(query, 6),
        .doubtful_figure = case_query_real(query, 7),
        .borne_out_figure = case_query_real(query, 8),
        .held_figure = case_query_real(query, 9),
        .effect = case_query_real(query, 10),
        .chance = case_query_real(query, 11),
        .sign = case_query_number(query, 12) != 0,
    };
}

int case_signs(struct case_store *store, case_each_sign *each, void *state, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_SIGNS, &query, err);

    while (r == TQ_OK) {
        struct sign_row sign;

        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        sign = read_sign(&query);
        if (sign.test >= TEST_COUNT)
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: a sign of no known test");
        r = each(state, &sign, err);
    }
    return r;
}
