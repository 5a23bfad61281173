/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Consistency rules, and how tables stand against them. */
#include "base/cleanup.h"
#include "store/case_internal.h"
#include "store/case_store.h"

#define ABOUT_FIRST 4 /* parameter of the first language; columns count from 0 */

int case_add_rule(struct case_store *store, const struct rule_row *row, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_RULE_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, row->number);
    case_query_bind_bytes(&query, 2, row->name);
    case_query_bind(&query, 3, row->must);
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++)
        case_query_bind_bytes(&query, ABOUT_FIRST + i, row->about[i]);
    return case_query_finish(&query, err);
}

int case_rules(struct case_store *store, case_each_rule *each, void *state, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_RULES, &query, err);

    while (r == TQ_OK) {
        struct rule_row rule;

        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        rule = (struct rule_row){.number = (uint16_t)case_query_number(&query, 0),
                                 .name = case_query_bytes(&query, 1),
                                 .must = case_query_number(&query, 2) != 0};
        for (unsigned i = 0; i < LANGUAGE_COUNT; i++)
            rule.about[i] = case_query_bytes(&query, ABOUT_FIRST - 1 + i);
        r = each(state, &rule, err);
    }
    return r;
}

int case_add_consistency(struct case_store *store, const struct consistency_row *row,
                         struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_CONSISTENCY_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, row->table);
    case_query_bind(&query, 2, row->rule);
    case_query_bind(&query, 3, row->records);
    case_query_bind(&query, 4, row->broken);
    case_query_bind(&query, 5, row->facts);
    case_query_bind(&query, 6, row->failed);
    case_query_bind(&query, 7, row->register_facts);
    case_query_bind(&query, 8, row->register_failed);
    case_query_bind_real(&query, 9, row->effect);
    case_query_bind_real(&query, 10, row->chance);
    case_query_bind(&query, 11, row->sign);
    return case_query_finish(&query, err);
}

static struct consistency_row read_consistency(const struct case_query *query)
{
    uint64_t sign = case_query_number(query, 10);

    return (struct consistency_row){
        .table = (uint32_t)case_query_number(query, 0),
        .rule = (uint16_t)case_query_number(query, 1),
        .records = case_query_number(query, 2),
        .broken = case_query_number(query, 3),
        .facts = case_query_number(query, 4),
        .failed = case_query_number(query, 5),
        .register_facts = case_query_number(query, 6),
        .register_failed = case_query_number(query, 7),
        .effect = case_query_real(query, 8),
        .chance = case_query_real(query, 9),
        .sign = sign <= SIGN_LESS ? (enum consistency_sign)sign : SIGN_NONE,
    };
}

int case_consistencies(struct case_store *store, case_each_consistency *each, void *state,
                       struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_CONSISTENCIES, &query, err);

    while (r == TQ_OK) {
        struct consistency_row consistency;

        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        consistency = read_consistency(&query);
        r = each(state, &consistency, err);
    }
    return r;
}
