/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "register/text_list.h"

static void keeps_texts_in_order_of_arrival(void **state)
{
    const char *texts[] = {"b", "", "a", "b", ""};
    struct text_list list = {0};
    struct tq_error err;

    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(text_list_add(&list, slice_of(texts[i]), &err), TQ_OK);
    assert_int_equal(list.count, 5);
    for (uint32_t i = 0; i < 5; i++)
        assert_true(slice_is(text_list_get(&list, i), texts[i]));
    text_list_clear(&list);
    assert_int_equal(list.count, 0);
}

static void reports_that_memory_ran_out(void **state)
{
    struct tq_error err;

    (void)state;
    for (unsigned nth = 1; nth <= 2; nth++) {
        struct text_list list = {0};

        alloc_fail_nth(nth);
        assert_int_equal(text_list_add(&list, slice_of("a"), &err), TQ_E_NOMEM);
        alloc_fail_nth(0);
        assert_int_equal(list.count, 0);
        text_list_clear(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_texts_in_order_of_arrival),
        cmocka_unit_test(reports_that_memory_ran_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
