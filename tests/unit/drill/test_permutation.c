/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "drill/lottery.h"
#include "drill/permutation.h"

static void every_number_is_hit_once_and_found_again(void **state)
{
    const uint64_t sizes[] = {1, 2, 3, 5, 64, 1000, 4097};

    (void)state;
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        struct permutation p = permutation_make(sizes[s], 42 + s);
        unsigned char *seen = calloc(sizes[s], 1);

        assert_non_null(seen);
        for (uint64_t i = 0; i < sizes[s]; i++) {
            uint64_t value = permutation_at(&p, i);

            assert_true(value < sizes[s]);
            assert_int_equal(seen[value], 0);
            seen[value] = 1;
            assert_int_equal(permutation_inverse(&p, value), i);
        }
        free(seen);
    }
}

static void another_key_gives_another_order(void **state)
{
    struct permutation a = permutation_make(1000, 1), b = permutation_make(1000, 2);
    unsigned same = 0;

    (void)state;
    for (uint64_t i = 0; i < 1000; i++)
        same += permutation_at(&a, i) == permutation_at(&b, i);
    assert_true(same < 20);
}

static void draws_follow_their_weights(void **state)
{
    const uint32_t weights[4] = {1, 0, 3, 6};
    unsigned drawn[4] = {0};
    struct dice dice = dice_for(1, DICE_WORLD, 1);
    struct lottery lottery;
    struct tq_error err;

    (void)state;
    assert_int_equal(lottery_init(&lottery, weights, 4, &err), 0);
    for (int i = 0; i < 100000; i++)
        drawn[lottery_draw(&lottery, &dice)]++;
    assert_in_range(drawn[0], 9500, 10500);
    assert_int_equal(drawn[1], 0);
    assert_in_range(drawn[2], 29300, 30700);
    assert_in_range(drawn[3], 59300, 60700);
    lottery_clear(&lottery);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_hit_once_and_found_again),
        cmocka_unit_test(another_key_gives_another_order),
        cmocka_unit_test(draws_follow_their_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
