/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "register/fact_history.h"

#define EXPORTS  12
#define SUBJECTS 300u

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (*seed >> 33) % below;
}

static int32_t date_of(int export)
{
    return export == EXPORTS ? MOMENT_MAX : 1000 + 10 * export;
}

/* What subject `subject` has in an export: mostly what it had before, now and then nothing. */
static bool shown_at(uint64_t seed, uint32_t subject, int export, uint32_t *out_value)
{
    uint64_t state = seed * 7919 + subject;
    bool shown = true;

    *out_value = (uint32_t)draw(&state, 5);
    for (int i = 0; i <= export; i++) {
        if (draw(&state, 6) == 0)
            *out_value = (uint32_t)draw(&state, 5);
        shown = draw(&state, 12) != 0;
    }
    return shown;
}

/* Straight from the definition: an interval for each run of exports that show it. */
static uint64_t count_runs(uint64_t seed)
{
    uint64_t runs = 0;

    for (uint32_t subject = 0; subject < SUBJECTS; subject++) {
        uint32_t before = UINT32_MAX;

        for (int export = 0; export < EXPORTS; export ++) {
            uint32_t value;
            bool shown = shown_at(seed, subject, export, &value);

            runs += shown && value != before;
            before = shown ? value : UINT32_MAX;
        }
    }
    return runs;
}

static int add_exports(uint64_t seed, bool shuffled, struct fact_history *history,
                       struct fact_list *list, struct tq_error *err)
{
    int r = TQ_OK;

    for (int export = 0; export < EXPORTS; export ++) {
        for (uint32_t i = 0; i < SUBJECTS && r == TQ_OK; i++) {
            struct fact fact = {.subject =
                                    shuffled ? (i * 7 + (uint32_t) export * 31) % SUBJECTS : i,
                                .period = MONTH_NONE,
                                .known_from = date_of(export),
                                .known_to = date_of(export + 1),
                                .valid_from = MOMENT_MIN,
                                .valid_to = MOMENT_MAX};

            if (!shown_at(seed, fact.subject, export, &fact.value))
                continue;
            r = fact_history_add(history, list, &fact, err);
            if (r == TQ_OK && i % 17 == 0) /* the export has it twice */
                r = fact_history_add(history, list, &fact, err);
        }
    }
    return r;
}

/* Each fact, and each of its moments, is in the export of that moment. */
static void check_facts(uint64_t seed, const struct fact_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        struct fact fact = fact_list_own(list, 0, i);

        for (int export = 0; export < EXPORTS; export ++) {
            bool held = fact.known_from <= date_of(export) && date_of(export) < fact.known_to;
            uint32_t value;

            if (held) {
                assert_true(shown_at(seed, fact.subject, export, &value));
                assert_int_equal(value, fact.value);
            }
        }
    }
}

static void a_fact_goes_on_while_exports_show_it(void **state)
{
    struct tq_error err;

    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct fact_history history = {0};
        struct fact_list list = {0};

        assert_int_equal(add_exports(seed, seed % 2 == 0, &history, &list, &err), TQ_OK);
        assert_int_equal(list.count, count_runs(seed));
        check_facts(seed, &list);
        fact_history_clear(&history);
        fact_list_clear(&list);
    }
}

static void survives_every_failing_allocation(void **state)
{
    struct tq_error err = {0};
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct fact_history history = {0};
        struct fact_list list = {0};

        alloc_fail_nth(nth);
        r = add_exports(3, true, &history, &list, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        fact_history_clear(&history);
        fact_list_clear(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fact_goes_on_while_exports_show_it),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
