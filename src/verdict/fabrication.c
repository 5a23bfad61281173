/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/fabrication.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/significance.h"
#include "normalise/normalise.h"
#include "verdict/dependence.h"

#define CHANCE_MAX       0.01 /* after correction for all tests and tables */
#define DAY_MINUTES      1440
#define YEAR_DAYS        365.2425
#define DIGIT_CLASSES    10u
#define CELLS_LEAST      3u /* so many, or so many amounts, hardly occur together twice */
#define HUNDRED_IN_CENTS 10000

/* Which way a share must be off to be a sign. */
enum direction {
    MORE,
    LESS,
    EITHER
};

/* What of the three groups is compared: the values of a column, or one print a row. */
struct pool {
    struct shown_value *values; /* owned */
    size_t count;
};

static void pools_clear(struct pool *pools)
{
    for (unsigned i = 0; i < SHOWN_GROUP_COUNT; i++)
        free(pools[i].values);
}

/* A comparison of doubtful values with one of the other groups. */
struct contrast {
    double effect, chance;
};

/* ---- both comparisons in one ---- */

/* Both must differ: the larger chance holds whichever of them is true (an intersection-union test:
 * Berger 1982). Differences of opposite directions are none. */
static void add_contrast(struct sign_row *row, struct contrast contrast, bool first)
{
    if (first) {
        row->effect = contrast.effect;
        row->chance = contrast.chance;
        return;
    }
    if (row->effect * contrast.effect <= 0) {
        row->effect = 0;
        row->chance = 1;
        return;
    }
    if (fabs(contrast.effect) < fabs(row->effect))
        row->effect = contrast.effect;
    row->chance = fmax(row->chance, contrast.chance);
}

static struct sign_row start_row(uint32_t table, enum sign_test test, uint16_t column,
                                 const struct pool *pools)
{
    return (struct sign_row){.table = table,
                             .test = test,
                             .column = column,
                             .other = UINT16_MAX,
                             .doubtful = pools[SHOWN_BY_DOUBTFUL].count,
                             .borne_out = pools[SHOWN_BY_BORNE_OUT].count,
                             .held = pools[SHOWN_BY_REGISTER].count,
                             .doubtful_figure = -1,
                             .borne_out_figure = -1,
                             .held_figure = -1};
}

static bool has_enough(const struct pool *pools)
{
    return pools[SHOWN_BY_DOUBTFUL].count >= FABRICATION_LEAST
           && pools[SHOWN_BY_REGISTER].count >= FABRICATION_LEAST;
}

static bool has_borne_out(const struct pool *pools)
{
    return pools[SHOWN_BY_BORNE_OUT].count >= FABRICATION_LEAST;
}

static int list_add(struct sign_list *list, const struct sign_row *row, struct tq_error *err)
{
    int r =
        alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(*list->items), err);

    if (r == TQ_OK)
        list->items[list->count++] = *row;
    return r;
}

/* ---- shares ---- */

struct share_test;
typedef bool value_counts(const struct shown_value *value, int64_t bound);

struct share_test {
    enum sign_test test;
    enum direction direction;
    value_counts *is_tested, *fails;
};

static struct failures share_in(const struct pool *pool, const struct share_test *test,
                                int64_t bound)
{
    struct failures share = {0};

    for (size_t i = 0; i < pool->count; i++) {
        if (!test->is_tested(&pool->values[i], bound))
            continue;
        share.facts++;
        share.failed += test->fails(&pool->values[i], bound);
    }
    share.units = share.facts;
    return share;
}

static struct contrast contrast_shares(const struct failures *these, const struct failures *those,
                                       enum direction direction)
{
    struct contrast contrast = {failures_effect(these, those), failures_chance(these, those)};

    if ((direction == MORE && contrast.effect < 0) || (direction == LESS && contrast.effect > 0))
        return (struct contrast){0, 1};
    return contrast;
}

static int test_share(const struct share_test *test, const struct pool *pools, int64_t bound,
                      struct sign_row row, struct sign_list *list, struct tq_error *err)
{
    struct failures doubtful = share_in(&pools[SHOWN_BY_DOUBTFUL], test, bound);
    struct failures borne_out = share_in(&pools[SHOWN_BY_BORNE_OUT], test, bound);
    struct failures held = share_in(&pools[SHOWN_BY_REGISTER], test, bound);

    if (doubtful.facts < FABRICATION_LEAST || held.facts < FABRICATION_LEAST)
        return TQ_OK;
    row.test = test->test;
    row.doubtful = doubtful.facts;
    row.borne_out = borne_out.facts;
    row.held = held.facts;
    row.doubtful_figure = failures_share(&doubtful);
    row.held_figure = failures_share(&held);
    add_contrast(&row, contrast_shares(&doubtful, &held, test->direction), true);
    if (borne_out.facts >= FABRICATION_LEAST) {
        row.borne_out_figure = failures_share(&borne_out);
        add_contrast(&row, contrast_shares(&doubtful, &borne_out, test->direction), false);
    }
    return list_add(list, &row, err);
}

static bool is_checked(const struct shown_value *value, int64_t bound)
{
    (void)bound;
    return value->flags & SHOWN_CHECKED;
}

static bool fails_check(const struct shown_value *value, int64_t bound)
{
    (void)bound;
    return value->flags & SHOWN_FAILS;
}

static bool is_number(const struct shown_value *value, int64_t bound)
{
    (void)bound;
    return value->flags & SHOWN_NUMBER;
}

/* The largest of the register's sample itself counts as well: else chance would. */
static bool is_above(const struct shown_value *value, int64_t bound)
{
    return value->number >= bound;
}

static bool is_paired(const struct shown_value *value, int64_t bound)
{
    (void)bound;
    return value->flags & SHOWN_PAIRED;
}

static bool is_followed(const struct shown_value *value, int64_t bound)
{
    (void)bound;
    return value->flags & SHOWN_FOLLOWED;
}

static bool is_hundreds(const struct shown_value *value, int64_t bound)
{
    (void)bound;
    return value->number % HUNDRED_IN_CENTS == 0;
}

static int64_t age_of(const struct shown_value *value, int64_t today)
{
    return (int64_t)floor((double)(today - value->number) / YEAR_DAYS);
}

/* Whipple's range. */
static bool is_grown(const struct shown_value *value, int64_t today)
{
    return (value->flags & SHOWN_NUMBER) && age_of(value, today) >= 23
           && age_of(value, today) <= 62;
}

static bool is_round_age(const struct shown_value *value, int64_t today)
{
    return age_of(value, today) % 5 == 0;
}

static bool is_cell(const struct shown_value *value, int64_t bound)
{
    (void)value;
    (void)bound;
    return true;
}

static bool is_empty(const struct shown_value *value, int64_t bound)
{
    (void)bound;
    return value->print == FINGERPRINT_NONE;
}

static int64_t largest(const struct pool *pool)
{
    int64_t most = 0;

    for (size_t i = 0; i < pool->count; i++) {
        if ((pool->values[i].flags & SHOWN_NUMBER) && pool->values[i].number > most)
            most = pool->values[i].number;
    }
    return most;
}

/* ---- digits ---- */

typedef unsigned digit_of(int64_t cents);

static unsigned tenths_of(int64_t cents)
{
    return (unsigned)(cents / 10 % 10);
}

static unsigned units_of(int64_t cents)
{
    return (unsigned)(cents / 100 % 10);
}

static unsigned first_of(int64_t cents)
{
    while (cents >= 10)
        cents /= 10;
    return (unsigned)cents;
}

static void count_digits(const struct pool *pool, digit_of *digit, uint64_t *out_counts)
{
    memset(out_counts, 0, DIGIT_CLASSES * sizeof(*out_counts));
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->values[i].flags & SHOWN_NUMBER)
            out_counts[digit(llabs(pool->values[i].number))]++;
    }
}

static int test_digits(enum sign_test test, digit_of *digit, const struct pool *pools,
                       struct sign_row row, struct sign_list *list, struct tq_error *err)
{
    uint64_t counts[SHOWN_GROUP_COUNT][DIGIT_CLASSES];
    struct contrast contrast;

    if (!has_enough(pools))
        return TQ_OK;
    row.test = test;
    for (unsigned i = 0; i < SHOWN_GROUP_COUNT; i++)
        count_digits(&pools[i], digit, counts[i]);
    contrast.chance = counts_chance(counts[SHOWN_BY_DOUBTFUL], counts[SHOWN_BY_REGISTER],
                                    DIGIT_CLASSES, &contrast.effect);
    add_contrast(&row, contrast, true);
    if (has_borne_out(pools)) {
        contrast.chance = counts_chance(counts[SHOWN_BY_DOUBTFUL], counts[SHOWN_BY_BORNE_OUT],
                                        DIGIT_CLASSES, &contrast.effect);
        add_contrast(&row, contrast, false);
    }
    return list_add(list, &row, err);
}

/* ---- repetition ---- */

static int compare_prints(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

    return (first > second) - (first < second);
}

/* Of `size` of the pool, at a stride: how many repeat another one, and how many occur once. Samples
 * of one size: the more are drawn, the more of them repeat. */
static int count_repeats(const struct pool *pool, size_t size, struct failures *out_repeats,
                         uint64_t *out_single, struct tq_error *err)
{
    CLEANUP(free_cleanup) uint64_t *prints = alloc_zeroed(size + 1, sizeof(*prints));
    uint64_t single = 0, repeats = 0;

    if (!prints)
        return tq_no_memory(err);
    for (size_t i = 0; i < size; i++)
        prints[i] = pool->values[i * pool->count / size].print;
    qsort(prints, size, sizeof(*prints), compare_prints);
    for (size_t i = 0; i < size; i++) {
        bool before = i > 0 && prints[i - 1] == prints[i];
        bool after = i + 1 < size && prints[i + 1] == prints[i];

        repeats += before;
        single += !before && !after;
    }
    *out_repeats = (struct failures){size, repeats, size};
    *out_single = single;
    return TQ_OK;
}

/*
 * Rows repeat or not one by one: Fisher. Names share what is common, so there the number of
 * distinct ones is normal with a variance of at most the number seen once (Good and Toulmin: that
 * is what as many more would add).
 */
static int contrast_repeats(const struct pool *these, const struct pool *those, bool names,
                            struct contrast *out, double *out_this, double *out_that,
                            struct tq_error *err)
{
    size_t size = these->count < those->count ? these->count : those->count;
    struct failures here, there;
    uint64_t single_here, single_there;
    int r = count_repeats(these, size, &here, &single_here, err);

    if (r == TQ_OK)
        r = count_repeats(those, size, &there, &single_there, err);
    if (r < 0)
        return r;
    *out = contrast_shares(&here, &there, MORE);
    if (names && out->effect > 0)
        out->chance = normal_chance(((double)here.failed - (double)there.failed)
                                    / sqrt((double)(single_here + single_there) + 1));
    *out_this = failures_share(&here);
    *out_that = failures_share(&there);
    return TQ_OK;
}

static int test_repeats(const struct pool *pools, struct sign_row row, struct sign_list *list,
                        struct tq_error *err)
{
    bool names = row.test == TEST_FEW_NAMES;
    struct contrast contrast;
    double figure;
    int r;

    if (!has_enough(pools))
        return TQ_OK;
    r = contrast_repeats(&pools[SHOWN_BY_DOUBTFUL], &pools[SHOWN_BY_REGISTER], names, &contrast,
                         &row.doubtful_figure, &row.held_figure, err);
    if (r < 0)
        return r;
    add_contrast(&row, contrast, true);
    if (has_borne_out(pools)) {
        r = contrast_repeats(&pools[SHOWN_BY_DOUBTFUL], &pools[SHOWN_BY_BORNE_OUT], names,
                             &contrast, &figure, &row.borne_out_figure, err);
        if (r < 0)
            return r;
        add_contrast(&row, contrast, false);
    }
    return list_add(list, &row, err);
}

/* ---- what is tested ---- */

static int pools_start(const struct shown_rows *rows, struct pool *out_pools, struct tq_error *err)
{
    for (unsigned i = 0; i < SHOWN_GROUP_COUNT; i++) {
        out_pools[i].count = 0;
        out_pools[i].values = alloc_zeroed(rows->row_count + 1, sizeof(*out_pools[i].values));
        if (!out_pools[i].values)
            return tq_no_memory(err);
    }
    return TQ_OK;
}

/* The values of a column: of doubtful rows those that are doubtful themselves. */
static void pool_column(const struct shown_rows *rows, uint16_t column, bool with_empty,
                        struct pool *pools)
{
    for (unsigned i = 0; i < SHOWN_GROUP_COUNT; i++)
        pools[i].count = 0;
    for (size_t i = 0; i < rows->row_count; i++) {
        const struct shown_value *value = &rows->values[i * rows->column_count + column];
        struct pool *pool = &pools[rows->groups[i]];

        if ((rows->groups[i] == SHOWN_BY_DOUBTFUL && !(value->flags & SHOWN_DOUBTFUL))
            || (!with_empty && value->print == FINGERPRINT_NONE))
            continue;
        pool->values[pool->count++] = *value;
    }
}

/* One print a row, of all columns or of its amounts; rows that show too few are left out. */
static void pool_rows(const struct shown_rows *rows, bool amounts, struct pool *pools)
{
    for (unsigned i = 0; i < SHOWN_GROUP_COUNT; i++)
        pools[i].count = 0;
    for (size_t i = 0; i < rows->row_count; i++) {
        struct pool *pool = &pools[rows->groups[i]];
        uint64_t print = 0;
        unsigned shown = 0;

        for (uint16_t k = 0; k < rows->column_count; k++) {
            uint64_t own = rows->values[i * rows->column_count + k].print;

            if (amounts && rows->columns[k].type != TYPE_AMOUNT)
                continue;
            print = hash_mix(print ^ own) + k;
            shown += own != FINGERPRINT_NONE;
        }
        if (shown >= CELLS_LEAST)
            pool->values[pool->count++] = (struct shown_value){.print = print};
    }
}

static int test_identifier(const struct pool *pools, const struct sign_row *row,
                           struct sign_list *list, struct tq_error *err)
{
    static const struct share_test check = {TEST_CHECK_DIGITS, MORE, is_checked, fails_check};
    static const struct share_test above = {TEST_NEVER_ISSUED, MORE, is_number, is_above};
    static const struct share_test next = {TEST_SEQUENTIAL, MORE, is_paired, is_followed};
    int r = test_share(&check, pools, 0, *row, list, err);

    if (r == TQ_OK)
        r = test_share(&above, pools, largest(&pools[SHOWN_BY_REGISTER]), *row, list, err);
    return r < 0 ? r : test_share(&next, pools, 0, *row, list, err);
}

static int test_amount(const struct pool *pools, const struct sign_row *row, struct sign_list *list,
                       struct tq_error *err)
{
    static const struct share_test hundreds = {TEST_HEAPING, EITHER, is_number, is_hundreds};
    int r = test_digits(TEST_CENTIMES, tenths_of, pools, *row, list, err);

    if (r == TQ_OK)
        r = test_digits(TEST_UNITS, units_of, pools, *row, list, err);
    if (r == TQ_OK)
        r = test_digits(TEST_FIRST_DIGITS, first_of, pools, *row, list, err);
    return r < 0 ? r : test_share(&hundreds, pools, 0, *row, list, err);
}

static int test_by_type(const struct shown_column *column, const struct pool *pools, int32_t at,
                        struct sign_row row, struct sign_list *list, struct tq_error *err)
{
    static const struct share_test ages = {TEST_AGES, EITHER, is_grown, is_round_age};

    switch (column->type) {
    case TYPE_ID:
    case TYPE_ACCOUNT:
        return test_identifier(pools, &row, list, err);
    case TYPE_AMOUNT:
        return test_amount(pools, &row, list, err);
    case TYPE_DATE:
        return column->category == CATEGORY_IDENTITY
                   ? test_share(&ages, pools, at / DAY_MINUTES, row, list, err)
                   : TQ_OK;
    case TYPE_FAMILY_NAME:
    case TYPE_GIVEN_NAME:
    case TYPE_FULL_NAME:
        row.test = TEST_FEW_NAMES;
        return test_repeats(pools, row, list, err);
    default:
        return TQ_OK;
    }
}

/* To be told as naming somebody, a record must fill what identifies: there nothing is empty. */
static bool may_be_empty(const struct shown_column *column)
{
    return !type_is_identifying(column->type) && column->category != CATEGORY_IDENTITY;
}

static int test_columns(const struct shown_rows *rows, uint32_t table, int32_t at,
                        struct pool *pools, struct sign_list *list, struct tq_error *err)
{
    static const struct share_test empty = {TEST_TOO_CLEAN, LESS, is_cell, is_empty};
    int r = TQ_OK;

    for (uint16_t i = 0; i < rows->column_count && r == TQ_OK; i++) {
        const struct shown_column *column = &rows->columns[i];

        pool_column(rows, i, false, pools);
        r = test_by_type(column, pools, at, start_row(table, TEST_COUNT, column->number, pools),
                         list, err);
        if (r < 0 || !may_be_empty(column))
            continue;
        pool_column(rows, i, true, pools);
        r = test_share(&empty, pools, 0, start_row(table, TEST_COUNT, column->number, pools), list,
                       err);
    }
    return r;
}

static int test_rows(const struct shown_rows *rows, uint32_t table, struct pool *pools,
                     struct sign_list *list, struct tq_error *err)
{
    int r;

    pool_rows(rows, false, pools);
    r = test_repeats(pools, start_row(table, TEST_DUPLICATES, UINT16_MAX, pools), list, err);
    if (r < 0)
        return r;
    pool_rows(rows, true, pools);
    return test_repeats(pools, start_row(table, TEST_SAME_AMOUNTS, UINT16_MAX, pools), list, err);
}

/* ---- dependence ---- */

static struct contrast contrast_dependence(const struct dependence *doubtful,
                                           const struct dependence *other)
{
    double lost = other->nats - doubtful->nats;
    double spread = sqrt(doubtful->variance + other->variance);

    if (lost <= 0 || other->nats <= 0 || spread <= 0)
        return (struct contrast){0, 1};
    return (struct contrast){fmin(1, lost / other->nats), normal_chance(lost / spread)};
}

static int test_dependence(const struct shown_rows *rows, uint32_t table, struct sign_list *list,
                           struct tq_error *err)
{
    struct dependent_pair pairs[DEPENDENT_PAIRS_MAX];
    size_t count;
    int r = dependence_find_pairs(rows, pairs, &count, err);

    for (size_t i = 0; i < count && r == TQ_OK; i++) {
        const struct dependence *found = pairs[i].found;
        struct sign_row row = {.table = table,
                               .test = TEST_DEPENDENCE,
                               .column = rows->columns[pairs[i].first].number,
                               .other = rows->columns[pairs[i].second].number,
                               .doubtful = found[SHOWN_BY_DOUBTFUL].rows,
                               .borne_out = found[SHOWN_BY_BORNE_OUT].rows,
                               .held = found[SHOWN_BY_REGISTER].rows,
                               .doubtful_figure = fmax(0, found[SHOWN_BY_DOUBTFUL].nats),
                               .borne_out_figure = -1,
                               .held_figure = fmax(0, found[SHOWN_BY_REGISTER].nats)};

        if (row.doubtful < DEPENDENCE_LEAST)
            continue;
        add_contrast(
            &row, contrast_dependence(&found[SHOWN_BY_DOUBTFUL], &found[SHOWN_BY_REGISTER]), true);
        if (row.borne_out >= DEPENDENCE_LEAST) {
            row.borne_out_figure = fmax(0, found[SHOWN_BY_BORNE_OUT].nats);
            add_contrast(&row,
                         contrast_dependence(&found[SHOWN_BY_DOUBTFUL], &found[SHOWN_BY_BORNE_OUT]),
                         false);
        }
        r = list_add(list, &row, err);
    }
    return r;
}

int fabrication_test(const struct shown_rows *rows, uint32_t table, int32_t at,
                     struct sign_list *list, struct tq_error *err)
{
    struct pool pools[SHOWN_GROUP_COUNT] = {{0}};
    int r = pools_start(rows, pools, err);

    if (r == TQ_OK)
        r = test_columns(rows, table, at, pools, list, err);
    if (r == TQ_OK)
        r = test_rows(rows, table, pools, list, err);
    if (r == TQ_OK)
        r = test_dependence(rows, table, list, err);
    pools_clear(pools);
    return r;
}

/* ---- all tables together ---- */

/* What is less is no sign, however certain. Cohen: .2 is a small h, .5 a medium one; V of .2 is a
 * tenth of the rows in other classes; of a dependence at least half must be gone. */
static double effect_min(enum sign_test test)
{
    switch (test) {
    case TEST_DEPENDENCE:
    case TEST_FEW_NAMES:
        return 0.5;
    default:
        return 0.2;
    }
}

int fabrication_settle(struct sign_list *list, struct tq_error *err)
{
    CLEANUP(free_cleanup) double *chances = alloc_zeroed(list->count + 1, sizeof(*chances));
    int r;

    if (!chances)
        return tq_no_memory(err);
    for (size_t i = 0; i < list->count; i++)
        chances[i] = list->items[i].chance;
    r = chances_correct(chances, list->count, err);
    for (size_t i = 0; i < list->count && r == TQ_OK; i++) {
        struct sign_row *row = &list->items[i];

        row->chance = chances[i];
        row->sign = row->chance < CHANCE_MAX && fabs(row->effect) >= effect_min(row->test);
    }
    return r;
}
