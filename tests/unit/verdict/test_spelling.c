/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verdict/spelling.h"

struct pair {
    const char *cell, *value;
    bool wanted;
};

#define EACH(pairs, call)                                                                  \
    for (size_t i = 0; i < sizeof(pairs) / sizeof((pairs)[0]); i++) {                      \
        struct slice cell = slice_of((pairs)[i].cell), value = slice_of((pairs)[i].value); \
        if ((call) != (pairs)[i].wanted)                                                   \
            fail_msg("'%s' against '%s'", (pairs)[i].cell, (pairs)[i].value);              \
    }

static void words_are_the_same_in_any_case_and_order(void **state)
{
    static const struct pair pairs[] = {
        {"BEN ALI Salma", "Salma Ben Ali", true},
        {"benali", "Benali", true},
        {"Salma", "Selma", false},
        {"Salma Ali", "Salma", false},
        {" Hélène ", "HELENE", true},
    };
    struct buf a = {0}, b = {0};

    (void)state;
    EACH(pairs, spelling_is_same(cell, value, &a, &b));
    buf_clear(&a);
    buf_clear(&b);
}

static void leading_zeros_can_be_lost_but_not_won(void **state)
{
    static const struct pair pairs[] = {
        {"1234", "001234", true},  {"001234", "001234", false}, {"001234", "1234", false},
        {"A0012", "A0012", false}, {"01234", "001234", true},
    };

    (void)state;
    EACH(pairs, spelling_lost_zeros(cell, value));
}

static void a_spreadsheet_leaves_the_first_digits_of_a_number(void **state)
{
    static const struct pair pairs[] = {
        {"1.23457E+11", "123456789012", true},
        {"1,23456E+11", "123456789012", true}, /* cut off instead of rounded */
        {"1.23E+11", "123456789012", true},
        {"1.33457E+11", "123456789012", false},
        {"1.23457E+12", "123456789012", false},
        {"123456789012345000000", "123456789012345678901", true},
        {"123456789012345000001", "123456789012345678901", false},
        {"12345", "12345", false},
        {"E+", "12", false},
    };

    (void)state;
    EACH(pairs, spelling_is_spreadsheet_damage(cell, value));
}

static void what_can_be_read_of_a_damaged_cell_must_stand_in_the_value(void **state)
{
    static const struct pair pairs[] = {
        {"Moh\xef\xbf\xbdmed", "Mohamed", true},
        {"Moh\xe9med", "Mohamed", true},
        {"?????", "محمد", true},
        {"Moh?med", "Karim", false},
        {"Mohamed", "Mohamed", false},
        {"med?Moh", "Mohamed", false},
        {"", "Mohamed", false},
    };
    struct buf a = {0}, b = {0};

    (void)state;
    EACH(pairs, spelling_is_undecodable(cell, value, &a, &b));
    buf_clear(&a);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_the_same_in_any_case_and_order),
        cmocka_unit_test(leading_zeros_can_be_lost_but_not_won),
        cmocka_unit_test(a_spreadsheet_leaves_the_first_digits_of_a_number),
        cmocka_unit_test(what_can_be_read_of_a_damaged_cell_must_stand_in_the_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
