/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Signs that documents were edited. */
#include "base/cleanup.h"
#include "store/case_internal.h"
#include "store/case_store.h"

int case_add_document_sign(struct case_store *store, const struct document_sign_row *row,
                           struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_DOCUMENT_SIGN_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, row->exhibit);
    case_query_bind(&query, 2, row->table);
    case_query_bind(&query, 3, row->sign);
    case_query_bind(&query, 4, row->weight);
    case_query_bind(&query, 5, row->page);
    case_query_bind_bytes(&query, 6, row->before);
    case_query_bind_bytes(&query, 7, row->after);
    case_query_bind_bytes(&query, 8, row->detail);
    return case_query_finish(&query, err);
}

int case_document_signs(struct case_store *store, uint32_t exhibit, case_each_document_sign *each,
                        void *state, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r =
        case_query_start(store, exhibit ? SQL_DOCUMENT_SIGNS_OF : SQL_DOCUMENT_SIGNS, &query, err);

    if (r < 0)
        return r;
    if (exhibit)
        case_query_bind(&query, 1, exhibit);
    while (r == TQ_OK) {
        struct document_sign_row sign;

        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        sign = (struct document_sign_row){
            .exhibit = (uint32_t)case_query_number(&query, 0),
            .table = (uint32_t)case_query_number(&query, 1),
            .sign = (enum document_sign)case_query_number(&query, 2),
            .weight = (enum document_weight)case_query_number(&query, 3),
            .page = (uint32_t)case_query_number(&query, 4),
            .before = case_query_bytes(&query, 5),
            .after = case_query_bytes(&query, 6),
            .detail = case_query_bytes(&query, 7),
        };
        if (sign.sign >= DOCUMENT_SIGN_COUNT || sign.weight >= WEIGHT_COUNT)
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: a sign of no known kind");
        r = each(state, &sign, err);
    }
    return r;
}
