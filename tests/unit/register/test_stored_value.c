/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/moment.h"
#include "register/local_time.h"
#include "register/stored_value.h"

static void stores(enum value_type type, const char *country, const char *foreign, const char *cell,
                   const char *wanted)
{
    struct arena arena = {0};
    struct slice value = {NULL, 0};
    enum stored_status status = stored_value(type, stored_dates_of(country_find(slice_of(country))),
                                             foreign ? country_find(slice_of(foreign)) : NULL,
                                             slice_of(cell), &arena, &value);

    if (status != STORED_OK || !slice_is(value, wanted))
        fail_msg("'%s' became '%.*s' (%s), not '%s'", cell, (int)value.length,
                 value.data ? value.data : "", stored_status_text(status), wanted);
    arena_clear(&arena);
}

static void refuses(enum value_type type, const char *cell, enum stored_status wanted)
{
    struct arena arena = {0};
    struct slice value;

    assert_int_equal(stored_value(type, stored_dates_of(country_find(slice_of("MA"))), NULL,
                                  slice_of(cell), &arena, &value),
                     wanted);
    arena_clear(&arena);
}

static void amounts_have_a_decimal_point(void **state)
{
    static const char *const pairs[][2] = {{"12", "12"},
                                           {"-12.50", "-12.50"},
                                           {" 1234,5 ", "1234.5"},
                                           {"1.234,56", "1234.56"},
                                           {"1,234.56", "1234.56"},
                                           {"1 234 567,8", "1234567.8"},
                                           {"1,234", "1234"},
                                           {"1.234", "1.234"},
                                           {"1.234.567", "1234567"},
                                           {"1,234,567", "1234567"},
                                           {"+5", "5"},
                                           {"1\xc2\xa0"
                                            "234,00",
                                            "1234.00"},
                                           {"1'234.5", "1234.5"},
                                           {",5", ".5"},
                                           {"", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        stores(TYPE_AMOUNT, "MA", NULL, pairs[i][0], pairs[i][1]);
    refuses(TYPE_AMOUNT, "12x", STORED_NOT_A_NUMBER);
    refuses(TYPE_AMOUNT, "-", STORED_NOT_A_NUMBER);
    refuses(TYPE_NUMBER, "1-2", STORED_NOT_A_NUMBER);
}

static void dates_are_year_month_day(void **state)
{
    (void)state;
    stores(TYPE_DATE, "MA", NULL, "2024-01-31", "2024-01-31");
    stores(TYPE_DATE, "MA", NULL, "20240131", "2024-01-31");
    stores(TYPE_DATE, "MA", NULL, "2024-01-31T00:00:00", "2024-01-31");
    stores(TYPE_DATE, "MA", NULL, "04/03/2024", "2024-03-04");
    stores(TYPE_DATE, "US", NULL, "04/03/2024", "2024-04-03");
    stores(TYPE_DATE, "MA", NULL, "2024-01-31 00:00:00+01", "2024-01-31");
    stores(TYPE_DATE, "SA", NULL, "1445-09-01", "2024-03-11");
    stores(TYPE_DATE, "SA", NULL, "1/9/1445", "2024-03-11");
    refuses(TYPE_DATE, "2023-02-29", STORED_NOT_A_DATE);
    refuses(TYPE_DATE, "0001-01-01", STORED_TOO_EARLY);
    refuses(TYPE_DATE, "1753-01-01", STORED_TOO_EARLY);
    refuses(TYPE_DATE, "0044-03-15 BC", STORED_NOT_A_DATE);
    refuses(TYPE_DATE, "infinity", STORED_NOT_A_DATE);
    stores(TYPE_MONTH, "MA", NULL, "202403", "2024-03");
    stores(TYPE_MONTH, "MA", NULL, "2024-03-15", "2024-03");
    refuses(TYPE_MONTH, "202413", STORED_NOT_A_MONTH);
}

static void foreign_phones_get_their_code(void **state)
{
    (void)state;
    stores(TYPE_PHONE, "MA", "FR", "06 12 34 56 78", "+336 12 34 56 78");
    stores(TYPE_PHONE, "MA", "FR", "+33612345678", "+33612345678");
    stores(TYPE_PHONE, "MA", NULL, "0612345678", "0612345678");
}

static void texts_must_be_utf8(void **state)
{
    (void)state;
    stores(TYPE_TEXT, "MA", NULL, "  \xd9\x85 a\t", "\xd9\x85 a");
    refuses(TYPE_TEXT, "\xd9", STORED_NOT_UTF8);
}

static int32_t minutes(struct local_time *time, const char *text)
{
    int32_t value = 0;

    assert_true(local_time_parse(time, slice_of(text), &value));
    return value;
}

static void times_follow_the_clocks(void **state)
{
    struct local_time *time = NULL;
    struct tq_error err;
    int32_t value, noon = days_from_civil(2024, 3, 31) * 1440 + 720;

    (void)state;
    assert_int_equal(local_time_new("Europe/Paris", &time, &err), TQ_OK);
    assert_int_equal(minutes(time, "2024-03-31T12:00:00Z"), noon);
    assert_int_equal(minutes(time, "2024-03-31 12:00:00.123"), noon - 120);
    assert_int_equal(minutes(time, "2024-03-31 01:30"), noon - 720 - 60 + 90); /* before 2 h */
    assert_int_equal(minutes(time, "2024-03-31"), noon - 720 - 60);
    assert_int_equal(minutes(time, "2024-04-01"), noon + 720 - 120);
    assert_int_equal(minutes(time, "2024-03-31T12:00:00+05:30"), noon - 330);
    assert_int_equal(minutes(time, "2024-03-31t12:00-0130"), noon + 90);
    assert_int_equal(minutes(time, "1969-12-31"), -1440 - 60);
    assert_true(local_time_parse(time, slice_of("1899-12-31 23:29:40-00:30:20"), &value));
    assert_false(local_time_parse(time, slice_of("1899-12-31 23:29:40-00:30:2x"), &value));
    assert_false(local_time_parse(time, slice_of("2024-02-30"), &value));
    assert_false(local_time_parse(time, slice_of("2024-03-31T25:00"), &value));
    assert_false(local_time_parse(time, slice_of("2024-03-31T10:00:00Zx"), &value));
    assert_false(local_time_parse(time, slice_of("31/03/2024"), &value));
    time = local_time_free(time);
    assert_int_equal(local_time_new("Europe/Nowhere", &time, &err), TQ_E_USAGE);
}

static void stores_date(struct stored_dates dates, const char *cell, const char *wanted)
{
    struct arena arena = {0};
    struct slice value = {NULL, 0};

    assert_int_equal(stored_value(TYPE_DATE, dates, NULL, slice_of(cell), &arena, &value),
                     wanted ? STORED_OK : STORED_NOT_A_DATE);
    if (wanted)
        assert_true(slice_is(value, wanted));
    arena_clear(&arena);
}

static void a_table_may_say_in_what_order_its_dates_stand(void **state)
{
    struct stored_dates day_first = {DATE_DMY, true}, month_first = {DATE_MDY, true};
    struct stored_dates year_first = {DATE_YMD, true};
    uint16_t month;

    (void)state;
    stores_date(day_first, "05/03/2024", "2024-03-05");
    stores_date(day_first, "05/03/24", "2024-03-05");
    stores_date(day_first, "2024-03-05", "2024-03-05");
    stores_date(month_first, "05/03/2024", "2024-05-03");
    stores_date(month_first, "13/05/2024", NULL);
    stores_date(year_first, "24/03/05", "2024-03-05");
    stores_date(year_first, "05/03/2024", NULL);
    assert_true(stored_period(slice_of("2024-03-31"), month_first, &month));
    assert_int_equal(month, month_number(2024, 3));
    assert_false(stored_period(slice_of("2024-02-30"), month_first, &month));
    assert_true(stored_period(slice_of("05/03/2024"), month_first, &month));
    assert_int_equal(month, month_number(2024, 5));
    assert_true(stored_period(slice_of("2023"), day_first, &month)); /* of a year alone */
    assert_int_equal(month, month_number(2023, 1));
    assert_false(stored_period(slice_of("1023"), day_first, &month));
    assert_false(stored_period(slice_of("235"), day_first, &month));
}

static void a_year_and_a_month_are_a_period(void **state)
{
    uint16_t month = 0;

    (void)state;
    assert_true(stored_year_month(slice_of("2024"), slice_of("3"), &month));
    assert_int_equal(month, month_number(2024, 3));
    assert_true(stored_year_month(slice_of("2024"), slice_of("12"), &month));
    assert_int_equal(month, month_number(2024, 12));
    assert_true(stored_year_month(slice_of("2024"),
                                  slice_of("D\xc3\xa9"
                                           "cembre"),
                                  &month));
    assert_int_equal(month, month_number(2024, 12));
    assert_false(stored_year_month(slice_of("2024"), slice_of("13"), &month));
    assert_false(stored_year_month(slice_of("2024"), slice_of("0"), &month));
    assert_false(stored_year_month(slice_of("24"), slice_of("3"), &month));
    assert_false(stored_year_month(slice_of("2024"), slice_of(""), &month));
}

static int32_t stored_minutes(struct local_time *time, const char *country, const char *cell)
{
    int32_t value = MOMENT_MAX;

    assert_true(stored_time(time, slice_of(cell), stored_dates_of(country_find(slice_of(country))),
                            &value));
    return value;
}

static void times_are_read_as_the_country_writes_them(void **state)
{
    struct local_time *time;
    struct tq_error err;
    int32_t value, noon = days_from_civil(2024, 3, 5) * 1440 + 720;

    (void)state;
    assert_int_equal(local_time_new("UTC", &time, &err), TQ_OK);
    assert_int_equal(stored_minutes(time, "FR", "05/03/2024 12:00"), noon);
    assert_int_equal(stored_minutes(time, "DE", "05.03.2024"), noon - 720);
    assert_int_equal(stored_minutes(time, "US", "3/5/2024 12:00:00 PM"), noon);
    assert_int_equal(stored_minutes(time, "US", "3/5/2024 9:30 am"), noon - 150);
    assert_int_equal(stored_minutes(time, "FR", "20240305"), noon - 720);
    assert_int_equal(stored_minutes(time, "FR", "2024-03-05T12:00:00Z"), noon);
    assert_false(stored_time(time, slice_of("05/13/2024"),
                             stored_dates_of(country_find(slice_of("FR"))), &value));
    assert_false(stored_time(time, slice_of("13:00 PM"),
                             stored_dates_of(country_find(slice_of("US"))), &value));
    assert_false(
        stored_time(time, slice_of("soon"), stored_dates_of(country_find(slice_of("US"))), &value));
    assert_false(stored_time(time, slice_of("0001-01-01"),
                             stored_dates_of(country_find(slice_of("FR"))), &value));
    assert_false(stored_time(time, slice_of("1799-12-31T23:59Z"),
                             stored_dates_of(country_find(slice_of("FR"))), &value));
    assert_false(stored_time(time, slice_of("0044-03-15 BC"),
                             stored_dates_of(country_find(slice_of("FR"))), &value));
    (void)local_time_free(time);
}

static void what_stands_for_an_open_end_is_one(void **state)
{
    static const char *const open[] = {
        "9999-12-31", "9999-12-31T23:59:59Z", "31/12/9999", "99991231",
        "0000-00-00", "0000-00-00 00:00:00",  "NULL",       "\\N",
        "infinity"};
    struct local_time *time;
    struct tq_error err;

    (void)state;
    assert_int_equal(local_time_new("UTC", &time, &err), TQ_OK);
    for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
        assert_int_equal(stored_minutes(time, "FR", open[i]), MOMENT_MAX);
    (void)local_time_free(time);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_have_a_decimal_point),
        cmocka_unit_test(dates_are_year_month_day),
        cmocka_unit_test(foreign_phones_get_their_code),
        cmocka_unit_test(texts_must_be_utf8),
        cmocka_unit_test(times_follow_the_clocks),
        cmocka_unit_test(a_year_and_a_month_are_a_period),
        cmocka_unit_test(a_table_may_say_in_what_order_its_dates_stand),
        cmocka_unit_test(times_are_read_as_the_country_writes_them),
        cmocka_unit_test(what_stands_for_an_open_end_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
