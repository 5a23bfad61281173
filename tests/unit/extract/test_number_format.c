/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "extract/number_format.h"

static void expect_style(const char *raw, const struct number_style *style, bool is_1904,
                         const char *wanted)
{
    struct buf out = {0};

    number_show(&out, slice_of(raw), style, is_1904);
    assert_string_equal(out.data ? out.data : "", wanted);
    buf_clear(&out);
}

static void expect(const char *raw, const char *code, const char *wanted)
{
    struct number_style style = number_style_of_code(slice_of(code));

    expect_style(raw, &style, false, wanted);
}

static void plain_numbers_keep_what_they_are(void **state)
{
    (void)state;
    expect("12", "General", "12");
    expect("6.12345678E8", "General", "612345678");
    expect("1.2345678901234E+19", "General", "12345678901234000000");
    expect("0.30000000000000004", "General", "0.3");
    expect("1.5E-5", "General", "0.000015");
    expect("1234567.5", "#,##0", "1234567.5");
    expect("1234567", "#\\ ##0", "1234567");
    expect("x", "0.00", "x");
    expect("0x10", "0", "0x10");
    expect("nan", "0", "nan");
    expect("", "0.00", "");
}

static void decimals_are_filled_up_and_never_rounded(void **state)
{
    (void)state;
    expect("12", "0.00", "12.00");
    expect("12.3456", "0.00", "12.3456");
    expect("0.1", "0%", "10%");
    expect("0.1234", "0%", "12.34%");
    expect("0.1", "0.00%", "10.00%");
}

static void digits_have_their_places(void **state)
{
    (void)state;
    expect("42", "00000", "00042");
    expect("1234567", "00000", "1234567");
    expect("612345678", "0#\" \"##\" \"##\" \"##\" \"##", "06 12 34 56 78");
    expect("123456789", "000-00-0000", "123-45-6789");
    expect("-5", "000", "-5");
    expect("5.5", "000", "5.5");
}

static void days_and_hours_are_written_one_way(void **state)
{
    (void)state;
    expect("45292", "dd/mm/yyyy", "2024-01-01");
    expect("45292.75", "d mmm yy h:mm", "2024-01-01 18:00:00");
    expect("45292", "[$-40C]mmmm\\ yyyy;@", "2024-01-01");
    expect("0.354166666666667", "h:mm", "08:30:00");
    expect("1.5", "[h]:mm", "36:00:00");
    expect("45292.5", "h:mm", "2024-01-01 12:00:00");
    expect("60", "dd/mm/yyyy", "1900-02-29");
    expect("59", "dd/mm/yyyy", "1900-02-28");
    expect("61", "dd/mm/yyyy", "1900-03-01");
    expect("-1", "dd/mm/yyyy", "-1");
    expect("99999999", "dd/mm/yyyy", "99999999");
    expect("0.5", "mm:ss.0", "12:00:00");
}

static void days_may_count_from_1904(void **state)
{
    struct number_style style = number_style_of_id(14);

    (void)state;
    expect_style("0", &style, true, "1904-01-01");
    expect_style("43830", &style, true, "2024-01-01");
}

static void letters_in_quotes_and_colours_are_no_dates(void **state)
{
    (void)state;
    expect("5", "\"day \"0.0", "5.0");
    expect("5", "[Red]0.0", "5.0");
    expect("5", "0.0_d", "5.0");
    expect("5", "@", "5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_numbers_keep_what_they_are),
        cmocka_unit_test(decimals_are_filled_up_and_never_rounded),
        cmocka_unit_test(digits_have_their_places),
        cmocka_unit_test(days_and_hours_are_written_one_way),
        cmocka_unit_test(days_may_count_from_1904),
        cmocka_unit_test(letters_in_quotes_and_colours_are_no_dates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
