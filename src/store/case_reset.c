/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Forgetting what the reading of an exhibit yielded, so that it can be read anew. */
#include "store/case_store.h"

#include "base/cleanup.h"
#include "store/case_internal.h"

static int run_for(struct case_store *store, enum case_statement which, uint32_t exhibit,
                   struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, which, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, exhibit);
    return case_query_finish(&query, err);
}

int case_reset_exhibit(struct case_store *store, uint32_t number, struct tq_error *err)
{
    static const enum case_statement statements[] = {
        SQL_RESET_NOTES, SQL_RESET_FACTS, SQL_RESET_BATCHES, SQL_RESET_TABLES, SQL_RESET_PAGES,
    };
    CASE_HOLD(store);
    int r = case_group_begin(store, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]) && r == TQ_OK; i++)
        r = run_for(store, statements[i], number, err);
    return case_group_end(store, r, err);
}

int case_has_pages(struct case_store *store, uint32_t exhibit, bool *out_has, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_PAGE_COUNT, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, exhibit);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    *out_has = row && case_query_number(&query, 0) > 0;
    return TQ_OK;
}
