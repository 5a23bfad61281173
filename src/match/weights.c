/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/weights.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Start values of EM: algorithms.md 3.2. */
static const double start_m[LEVEL_COUNT] = {.92, .04, .04};
#define START_RHO .3
#define START_PI  .8
/* A subject is established by log2 N + 5 bits (algorithms.md 1.2 and 3.2). */
#define BITS_ABOVE 5.0

/* Until they are measured: names and numbers of two people are hardly ever near. */
static const double start_u[LEVEL_COUNT] = {.01, .002, .988};

int weights_init(struct weights *weights, const struct match_columns *columns, struct tq_error *err)
{
    size_t n = columns->count;

    *weights = (struct weights){.column_count = columns->count, .share = START_PI};
    weights->subjects = columns->kind ? columns->kind->subject_count : 0;
    weights->m = alloc_zeroed(n * LEVEL_COUNT + 1, sizeof(*weights->m));
    weights->u = alloc_zeroed(n * LEVEL_COUNT + 1, sizeof(*weights->u));
    weights->rho = alloc_zeroed(n + 1, sizeof(*weights->rho));
    weights->agree = alloc_zeroed(n + 1, sizeof(*weights->agree));
    weights->near = alloc_zeroed(n + 1, sizeof(*weights->near));
    weights->differ = alloc_zeroed(n + 1, sizeof(*weights->differ));
    weights->log_rho = alloc_zeroed(n + 1, sizeof(*weights->log_rho));
    weights->given = alloc_zeroed(n * n + 1, sizeof(*weights->given));
    weights->gives = alloc_zeroed(n + 1, sizeof(*weights->gives));
    if (!weights->m || !weights->u || !weights->rho || !weights->agree || !weights->near
        || !weights->differ || !weights->log_rho || !weights->given || !weights->gives)
        return tq_no_memory(err);
    for (size_t i = 0; i < n * n; i++)
        weights->given[i] = WEIGHT_NONE;
    for (size_t c = 0; c < n; c++) {
        for (size_t l = 0; l < LEVEL_COUNT; l++) {
            weights->m[c * LEVEL_COUNT + l] = start_m[l];
            weights->u[c * LEVEL_COUNT + l] = start_u[l];
        }
        weights->rho[c] = columns->items[c].rho_fixed ? columns->items[c].rho : START_RHO;
    }
    weights_update(weights);
    return 0;
}

void weights_clear(struct weights *weights)
{
    free(weights->m);
    free(weights->u);
    free(weights->rho);
    free(weights->agree);
    free(weights->near);
    free(weights->differ);
    free(weights->log_rho);
    free(weights->given);
    free(weights->gives);
    *weights = (struct weights){0};
}

void weights_update(struct weights *weights)
{
    for (size_t c = 0; c < weights->column_count; c++) {
        const double *m = weights->m + c * LEVEL_COUNT;
        const double *u = weights->u + c * LEVEL_COUNT;

        weights->agree[c] = weight_of_log(m[LEVEL_AGREES]);
        weights->near[c] = weight_of_log(m[LEVEL_NEAR] / u[LEVEL_NEAR]);
        weights->differ[c] = weight_of_log(m[LEVEL_DIFFERS] / u[LEVEL_DIFFERS]);
        weights->log_rho[c] = weight_of_log(weights->rho[c]);
    }
    if (weights->subjects <= 0)
        return;
    weights->nobody = weight_of_log(weights->subjects * (1 - weights->share) / weights->share);
    weights->established = weight_of(log(weights->subjects) + BITS_ABOVE * log(2));
}

int tally_init(struct tally *tally, uint32_t column_count, struct tq_error *err)
{
    tally->column_count = column_count;
    tally->given = alloc_zeroed(column_count + 1u, sizeof(*tally->given));
    return tally->given ? 0 : tq_no_memory(err);
}

void tally_clear(struct tally *tally)
{
    free(tally->given);
    *tally = (struct tally){0};
}

void tally_begin(struct tally *tally)
{
    for (uint32_t c = 0; c < tally->column_count; c++)
        tally->given[c] = WEIGHT_NONE;
}

int64_t tally_agreement(struct tally *tally, const struct weights *weights, const struct item *item)
{
    int32_t u = weights_item(weights, item);
    int64_t gain;

    if (tally->given[item->column] > u)
        u = tally->given[item->column];
    gain = (int64_t)weights->agree[item->column] - u;
    if (weights->gives[item->column]) {
        const int32_t *row = weights->given + (size_t)item->column * weights->column_count;

        for (uint32_t c = 0; c < weights->column_count; c++)
            tally->given[c] = row[c] > tally->given[c] ? row[c] : tally->given[c];
    }
    return gain > 0 ? gain : 0;
}

void weights_order(const struct weights *weights, const struct item *items, size_t count,
                   uint16_t *out_order)
{
    for (size_t i = 0; i < count; i++) {
        int64_t u = items[i].held ? weights_item(weights, &items[i]) : INT64_MIN;
        size_t k = i;

        for (; k > 0; k--) {
            const struct item *before = &items[out_order[k - 1]];
            int64_t other = before->held ? weights_item(weights, before) : INT64_MIN;

            if (other <= u)
                break;
            out_order[k] = out_order[k - 1];
        }
        out_order[k] = (uint16_t)i;
    }
}

int32_t weights_at_best(const struct weights *weights, const struct item *item, bool may_agree)
{
    int32_t near = weights_shared(weights->near[item->column], item);
    int32_t differ = weights_shared(weights->differ[item->column], item);
    int32_t best = near > differ ? near : differ;
    int32_t agree = weights->agree[item->column] - weights_item(weights, item);

    if (may_agree && item->held && agree > best)
        best = agree;
    return best > 0 ? best : 0;
}

int64_t weights_of_levels(const struct weights *weights, struct tally *tally,
                          const struct item *items, const uint16_t *order, size_t count,
                          const uint8_t *levels)
{
    int64_t sum = 0;

    tally_begin(tally);
    for (size_t k = 0; k < count; k++) {
        const struct item *item = &items[order[k]];

        if (levels[order[k]] == LEVEL_AGREES)
            sum += tally_agreement(tally, weights, item);
        else if (levels[order[k]] == LEVEL_NEAR)
            sum += weights_shared(weights->near[item->column], item);
        else if (levels[order[k]] == LEVEL_DIFFERS)
            sum += weights_shared(weights->differ[item->column], item);
    }
    return sum;
}

int64_t weights_bound(const struct weights *weights, struct tally *tally, const struct item *items,
                      const uint16_t *order, size_t count, const bool *open)
{
    int64_t sum = 0;

    tally_begin(tally);
    for (size_t k = 0; k < count; k++) {
        const struct item *item = &items[order[k]];

        if (open[order[k]])
            sum += tally_agreement(tally, weights, item);
        else
            sum += weights_at_best(weights, item, false);
    }
    return sum;
}

double weights_ratio(int64_t weight)
{
    return exp((double)weight / WEIGHT_ONE);
}

double weights_unseen(const struct weights *weights, struct tally *tally, const struct item *items,
                      const uint16_t *order, size_t count, const bool *open)
{
    double product = weights->subjects;

    tally_begin(tally);
    for (size_t k = 0; k < count; k++) {
        const struct item *item = &items[order[k]];
        const double *m = weights->m + (size_t)item->column * LEVEL_COUNT;
        double error = m[LEVEL_NEAR] + m[LEVEL_DIFFERS]; /* u of the level times m / u */
        bool known = tally->given[item->column] > weights_item(weights, item);

        if (item->peers > 1)
            error = pow(error, 1.0 / item->peers);
        if (!open[order[k]])
            product *= error;
        else if (!known)
            product *=
                weights_ratio(item->log_share + tally_agreement(tally, weights, item)) + error;
    }
    return product;
}
