/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "match/neighbour.h"
#include "toy_register.h"

static const char *const text = "country MA\n"
                                "kind person\n"
                                "field person number id identity\n"
                                "a | number | 123456789\n"
                                "b | number | BK40771\n"
                                "c | number | 00555\n";

static uint32_t find(const struct reg *reg, const char *canonical, uint32_t room, uint32_t *keys)
{
    uint16_t field = toy_field(reg, "person", "number");
    struct neighbours neighbours = {0};
    struct tq_error err;
    uint32_t count = 99;

    assert_int_equal(neighbours_find(&neighbours, &reg->normaliser, reg_field(reg, field),
                                     slice_of(canonical), keys, room, &count, &err),
                     0);
    neighbours_clear(&neighbours);
    return count;
}

static void each_kind_of_error_is_found(void **state)
{
    struct reg *reg = toy_register(text);
    static const char *const wrong[] = {
        "123456780",  /* another digit */
        "12345789",   /* a digit left out */
        "1234566789", /* a digit too many */
        "213456789",  /* two digits swapped */
        "0123456789", /* not canonical, and a digit too many */
    };
    uint32_t key = toy_key(reg, toy_field(reg, "person", "number"), "123456789");
    uint32_t keys[4];

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_int_equal(find(reg, wrong[i], 4, keys), 1);
        assert_int_equal(keys[0], key);
    }
    (void)reg_free(reg);
}

static void letters_are_changed_to_letters(void **state)
{
    struct reg *reg = toy_register(text);
    uint32_t keys[4];

    (void)state;
    assert_int_equal(find(reg, "BJ40771", 4, keys), 1);
    assert_int_equal(find(reg, "KB40771", 4, keys), 1);
    (void)reg_free(reg);
}

static void a_zero_in_front_that_was_lost_is_no_error(void **state)
{
    struct reg *reg = toy_register(text);
    uint32_t keys[4];

    (void)state;
    assert_int_equal(find(reg, "1555", 4, keys), 1);
    assert_int_equal(find(reg, "5665", 4, keys), 0);
    (void)reg_free(reg);
}

static void two_errors_are_too_many(void **state)
{
    struct reg *reg = toy_register(text);
    uint32_t keys[4];

    (void)state;
    assert_int_equal(find(reg, "123456700", 4, keys), 0);
    assert_int_equal(find(reg, "1", 4, keys), 0);
    (void)reg_free(reg);
}

static void an_address_of_mail_has_small_letters_and_spaces(void **state)
{
    struct reg *reg = toy_register("country MA\nkind person\nfield person number email contact\n"
                                   "a | number | amal.hadouchi7@example.org\n");
    static const char *const wrong[] = {
        "amal hadouchi8 example org",  /* another digit */
        "anal hadouchi7 example org",  /* another letter */
        "amalhadouchi7 example org",   /* a mark left out */
        "amal hadouchi7 exaample org", /* a letter too many */
        "am al hadouchi7 example org", /* a mark too many */
    };
    uint32_t keys[4];

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_int_equal(find(reg, wrong[i], 4, keys), 1);
    assert_int_equal(find(reg, "samia hadouchi7 example org", 4, keys), 0);
    (void)reg_free(reg);
}

static void more_than_there_is_room_for_is_told(void **state)
{
    struct reg *reg = toy_register("country MA\nkind person\nfield person number id identity\n"
                                   "a | number | 4711\nb | number | 4712\nc | number | 4713\n");
    uint32_t keys[2];

    (void)state;
    assert_int_equal(find(reg, "4719", 2, keys), 3);
    (void)reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_error_is_found),
        cmocka_unit_test(letters_are_changed_to_letters),
        cmocka_unit_test(a_zero_in_front_that_was_lost_is_no_error),
        cmocka_unit_test(two_errors_are_too_many),
        cmocka_unit_test(an_address_of_mail_has_small_letters_and_spaces),
        cmocka_unit_test(more_than_there_is_room_for_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
