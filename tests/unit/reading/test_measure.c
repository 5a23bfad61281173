/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka needs the above first */
#include <cmocka.h>

#include <math.h>

#include "reading/codebook.h"

#define ROWS 40

struct rows {
    bool used[ROWS];
    uint32_t key[ROWS];
    struct held_entry held[2 * ROWS];
    size_t held_count;
};

/* Cells and held keys that agree now and then; some subjects hold two keys, some none. */
static void fill_rows(struct rows *rows)
{
    rows->held_count = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        uint32_t a = (uint32_t)(hash_mix(i + 1) % 6), b = (uint32_t)(hash_mix(i + 99) % 6);

        rows->used[i] = i % 7 != 3;
        rows->key[i] = i % 5 == 4 ? KEY_NONE : a;
        if (i % 11 == 5)
            continue;
        rows->held[rows->held_count++] = (struct held_entry){.at = i, .key = i % 3 ? a : b};
        if (i % 4 == 1)
            rows->held[rows->held_count++] = (struct held_entry){.at = i, .key = 6 + b};
    }
}

static bool holds(const struct rows *rows, uint32_t at, uint32_t key)
{
    for (size_t i = 0; i < rows->held_count; i++) {
        if (rows->held[i].at == at && rows->held[i].key == key)
            return true;
    }
    return false;
}

static bool holds_any(const struct rows *rows, uint32_t at)
{
    for (size_t i = 0; i < rows->held_count; i++) {
        if (rows->held[i].at == at)
            return true;
    }
    return false;
}

static void chance_is_the_mean_over_all_other_pairings(void **state)
{
    struct rows rows;
    struct cell_keys cells = {.count = ROWS, .used = rows.used, .key = rows.key};
    struct tally tally = {0};
    struct tq_error err;
    struct measure found;
    unsigned n = 0, agreed = 0, meetings = 0;

    (void)state;
    fill_rows(&rows);
    for (uint32_t i = 0; i < ROWS; i++) {
        if (!rows.used[i] || !holds_any(&rows, i))
            continue;
        n++;
        agreed += rows.key[i] != KEY_NONE && holds(&rows, i, rows.key[i]);
        for (uint32_t j = 0; j < ROWS; j++)
            meetings += j != i && rows.used[j] && holds_any(&rows, j) && rows.key[i] != KEY_NONE
                        && holds(&rows, j, rows.key[i]);
    }
    assert_int_equal(key_tally_number(&tally, &cells, &err), TQ_OK);
    found = key_tally_measure(&tally, &cells, (struct held_view){rows.held, rows.held_count});
    assert_int_equal(found.compared, n);
    assert_int_equal(found.agreed, agreed);
    assert_true(fabs(found.chance - meetings / (n * (n - 1.))) < 1e-12);
    key_tally_clear(&tally);
}

static void gain_and_kappa_follow_their_formulas(void **state)
{
    struct measure sure = {.compared = 100, .agreed = 100, .chance = .01};
    struct measure half = {.compared = 100, .agreed = 50, .chance = .25};
    struct measure none = {.compared = 100, .agreed = 20, .chance = .25};

    (void)state;
    assert_true(fabs(measure_gain(&sure) - 100 * log(100)) < 1e-9);
    assert_true(fabs(measure_kappa(&sure) - 1) < 1e-12);
    assert_true(fabs(measure_gain(&half) - 100 * (.5 * log(2) + .5 * log(.5 / .75))) < 1e-9);
    assert_true(fabs(measure_kappa(&half) - 1. / 3) < 1e-12);
    assert_true(measure_gain(&none) == 0);
}

static void where_links_are_few_chance_is_that_of_the_register(void **state)
{
    bool used[] = {true, true, true};
    uint32_t key[] = {5, 6, KEY_NONE};
    struct cell_keys cells = {.count = 3, .used = used, .key = key};
    struct held_entry held[] = {
        {.at = 0, .key = 5, .chance = 1e-6},
        {.at = 1, .key = 6, .chance = 1e-4},
        {.at = 2, .key = 7, .chance = 1e-4},
    };
    struct measure found;

    (void)state;
    found = tally_measure_few(&cells, (struct held_view){held, 3});
    assert_int_equal(found.compared, 3);
    assert_int_equal(found.agreed, 2);
    assert_true(fabs(log10(found.chance) + 5) < 1e-9); /* the geometric mean */
}

static void a_codebook_is_judged_on_holders_it_was_not_learnt_on(void **state)
{
    enum {
        MANY = 200
    };
    static uint64_t prints[MANY];
    static bool used[MANY], scratch_used[MANY];
    static uint32_t key[MANY], scratch_key[MANY];
    static struct held_entry held[MANY];
    struct cell_keys cells = {.count = MANY, .used = used, .key = key};
    struct cell_keys scratch = {.count = MANY, .used = scratch_used, .key = scratch_key};
    struct held_view view = {held, MANY};
    struct reg reg = {0};
    struct field no_values = {0};
    struct tally tally = {0};
    struct tq_error err;

    (void)state;
    for (int related = 0; related < 2; related++) {
        struct codebook codebook = {0};
        struct codebook_entry *entries = NULL;
        struct measure found;
        uint32_t count = 0;
        bool fits = false;

        for (uint32_t i = 0; i < MANY; i++) {
            uint32_t value = (uint32_t)(hash_mix(i + 1) % 8);

            used[i] = true;
            key[i] = KEY_NONE;
            held[i] = (struct held_entry){.at = i, .key = value, .holder = i};
            prints[i] = 100 + (related ? value ^ 5 : hash_mix(i + 7777) % 8);
        }
        assert_int_equal(codebook_prepare(prints, &cells, view, &codebook, &fits, &err), TQ_OK);
        assert_true(fits);
        assert_int_equal(codebook_measure(&codebook, &cells, &scratch, view, &tally, &found, &err),
                         TQ_OK);
        assert_int_equal(found.compared, MANY);
        if (related)
            assert_int_equal(found.agreed, MANY);
        else
            assert_true(measure_kappa(&found) < .1);
        assert_int_equal(
            codebook_entries(&codebook, &reg, &no_values, &cells, view, &entries, &count, &err),
            TQ_OK);
        for (uint32_t i = 0; related && i < count; i++)
            assert_int_equal(entries[i].key ^ 5, entries[i].cell - 100);
        free(entries);
        codebook_clear(&codebook);
    }
    key_tally_clear(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chance_is_the_mean_over_all_other_pairings),
        cmocka_unit_test(gain_and_kappa_follow_their_formulas),
        cmocka_unit_test(where_links_are_few_chance_is_that_of_the_register),
        cmocka_unit_test(a_codebook_is_judged_on_holders_it_was_not_learnt_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
