/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/moment.h"
#include "normalise/age.h"
#include "normalise/coarse_date.h"
#include "normalise/country.h"
#include "normalise/date.h"
#include "normalise/normalise.h"
#include "normalise/siphash.h"

static struct normaliser rules_of(const char *country)
{
    struct normaliser rules = {.country = country_find(slice_of(country))};

    for (unsigned i = 0; i < sizeof(rules.key); i++)
        rules.key[i] = (uint8_t)i;
    return rules;
}

#define NOT_READ INT64_MIN

static int64_t number(enum interpretation as, const char *cell)
{
    struct normaliser rules = rules_of("MA");
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    if (!normalise(&rules, as, slice_of(cell), &out)) {
        assert_int_equal(out.length, 0);
        return NOT_READ;
    }
    return canonical_number(buf_slice(&out));
}

static const char *canonical(const char *country, enum interpretation as, const char *cell)
{
    static char text[256];
    struct normaliser rules = rules_of(country);
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    if (!normalise(&rules, as, slice_of(cell), &out))
        return "-";
    (void)snprintf(text, sizeof(text), "%s", out.data);
    return text;
}

#define assert_canonical(country, as, cell, expected) \
    assert_string_equal(canonical(country, as, cell), expected)

static void words_of_addresses_are_abbreviated_alike(void **state)
{
    (void)state;
    assert_canonical("US", AS_TEXT, "412 North Oak Street, Apartment 5", "412 n oak st 5");
    assert_canonical("US", AS_TEXT, "412 N. Oak St. Apt #5", "412 n oak st 5");
    assert_canonical("US", AS_TEXT, "412 N Oak St, #5", "412 n oak st 5");
    assert_canonical("US", AS_TEXT, "12 N 5th St", "12 n 5th st");
    assert_canonical("FR", AS_TEXT, "3 Avenue du Général Roux", "3 av du gal roux");
    assert_canonical("FR", AS_TEXT, "3, av. du GENERAL ROUX", "3 av du gal roux");
    assert_canonical("FR", AS_TEXT, "Saint-Brieuc", "st brieuc");
    assert_canonical("DE", AS_TEXT, "Lindenstraße 7", "lindenstr 7");
    assert_canonical("DE", AS_TEXT, "Lindenstr. 7", "lindenstr 7");
    assert_canonical("US", AS_TEXT, "street.avenue@mail.example", "street avenue mail example");
    assert_canonical("ES", AS_TEXT, "C/ Robledo, nº 4", "c robledo 4");
    assert_canonical("ES", AS_TEXT, "PZA. DEL PILAR, 12 B", "pl del pilar 12b");
    assert_canonical("ES", AS_TEXT, "Plaza del Pilar 12 b", "pl del pilar 12b");
    assert_canonical("IT", AS_TEXT, "VIA ROMA N. 53", "via roma 53");
    assert_canonical("US", AS_TEXT, "12 Oak St, Ste 4", "12 oak st 4");
    assert_canonical("US", AS_TEXT, "12 Oak Street Suite 4", "12 oak st 4");
    assert_canonical("DE", AS_TEXT, "Kirchplatz 40", "kirchpl 40");
    assert_canonical("DE", AS_TEXT, "Kirchpl. 40", "kirchpl 40");
    assert_canonical("DE", AS_TEXT, "Platz 4", "pl 4");
    assert_canonical("FR", AS_TEXT, "12 bis rue Ste-Anne", "12b r st anne");
    assert_canonical("FR", AS_TEXT, "12bis, r. Sainte Anne", "12b r st anne");
    assert_canonical("FR", AS_TEXT, "12 TER rue Sainte Anne", "12t r st anne");
    assert_canonical("US", AS_TEXT, "Terrace Road 12", "ter rd 12");
    assert_canonical("ES", AS_TEXT, "Pza. Ntra. Sra. del Pilar, 3", "pl nra sra del pilar 3");
    assert_canonical("ES", AS_TEXT, "Plaza Nuestra Señora del Pilar 3", "pl nra sra del pilar 3");
    assert_canonical("ES", AS_TEXT, "Pl. Nra. Sra. del Pilar 3", "pl nra sra del pilar 3");
    assert_canonical("ES", AS_TEXT, "P.º Mayor, n.º 81", "ps mayor 81");
    assert_canonical("ES", AS_TEXT, "Paseo Mayor, 81", "ps mayor 81");
    assert_canonical("ES", AS_TEXT, "Pº Mayor 81", "ps mayor 81");
    assert_canonical("PL", AS_TEXT, "ul. Długa 22 m. 16", "dluga 22 16");
    assert_canonical("PL", AS_TEXT, "Długa 22/16", "dluga 22 16");
    assert_canonical("SA", AS_TEXT, "شارع فلسطين رقم 12", "ش فلسطين 12");
    assert_canonical("SA", AS_TEXT, "ش. فلسطين ١٢", "ش فلسطين 12");
}

static void identifiers_lose_punctuation_case_and_zeros(void **state)
{
    (void)state;
    assert_canonical("", AS_ID, "zz-123.456", "ZZ123456");
    assert_canonical("", AS_ID, "  ٠٠١٢٣ ", "123");
    assert_canonical("", AS_ID, "000", "0");
    assert_canonical("", AS_ID, "'007 780", "7780");
    assert_canonical("", AS_ID, "", "-");
    assert_canonical("", AS_ID, "...", "-");
    assert_canonical("", AS_ID, "1.23457E+11", "-");
    assert_canonical("", AS_ID, "123456785.0", "123456785");
    assert_canonical("", AS_ID, "AB\u00A012\u200F3", "AB123");
}

static void an_iban_and_its_account_are_one_account(void **state)
{
    (void)state;
    assert_canonical("MA", AS_ID, "MA64 0115 1900 0001 2050 0053 4921", "11519000001205000534921");
    assert_canonical("MA", AS_ID, "011 519 0000012050005349 21", "11519000001205000534921");
    assert_canonical("MA", AS_ID, "MA63011519000001205000534921", "MA63011519000001205000534921");
    assert_canonical("PL", AS_ID, "PL14 9999 9999 0000 0000 0000 0001", "999999990000000000000001");
    assert_canonical("PL", AS_ID, "14 9999 9999 0000 0000 0000 0001", "999999990000000000000001");
    assert_canonical("PL", AS_ID, "15999999990000000000000001", "15999999990000000000000001");
}

static void who_is_whose_son_is_said_or_not_where_names_have_fathers(void **state)
{
    char with[256];

    (void)state;
    (void)snprintf(with, sizeof(with), "%s",
                   canonical("SA", AS_TOKENS, "فيصل بن خالد بن محمد الحربي"));
    assert_string_equal(canonical("SA", AS_TOKENS, "فيصل خالد محمد الحربي"), with);
    assert_string_equal(canonical("SA", AS_TOKENS, "Faisal bin Khalid bin Mohamed Al Harbi"), with);
    assert_string_not_equal(canonical("MA", AS_TOKENS, "فيصل بن خالد محمد الحربي"), with);
}

static void codes_keep_words_and_lose_zeros_of_numbers(void **state)
{
    (void)state;
    assert_canonical("", AS_CODE, " Marié(e) ", "mariee");
    assert_canonical("", AS_CODE, "007", "7");
    assert_canonical("", AS_CODE, "0", "0");
    assert_canonical("", AS_CODE, "0A", "0a");
    assert_canonical("", AS_CODE, "3.0", "3");
    assert_canonical("", AS_CODE, "3.00", "300");
    assert_canonical("", AS_CODE, "-", "-");
    assert_canonical("", AS_TEXT, "12, Rue de l'Église", "12 r de leglise");
    assert_canonical("", AS_TEXT, "!!", "-");
}

static void phones_of_one_number_agree_in_all_forms(void **state)
{
    static const char *const forms[] = {"0612345678",     "06 12 34 56 78",
                                        "+212612345678",  "+212 6 12 34 56 78",
                                        "00212612345678", "212612345678",
                                        "612345678",      "+212 (0)6.12.34.56.78",
                                        "06-12-34-56-78", "(212) 612-345-678",
                                        "٠٦١٢٣٤٥٦٧٨",     "'0612345678",
                                        "+999 612345678", "999612345678",
                                        "00999612345678", "2120612345678",
                                        "612345678.0",    "\u202A+212 612\u00A0345\u00A0678\u202C"};

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        assert_canonical("MA", AS_PHONE, forms[i], "612345678");
}

static void foreign_phones_keep_their_calling_code(void **state)
{
    static const char *const forms[] = {"+33612345678", "0033 6 12 34 56 78", "33612345678",
                                        "+33 (0)6 12 34 56 78"};

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        assert_canonical("MA", AS_PHONE, forms[i], "+33612345678");
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        assert_canonical("FR", AS_PHONE, forms[i], "612345678");
    assert_canonical("US", AS_PHONE, "+1 (212) 555-0100", "2125550100");
    assert_canonical("US", AS_PHONE, "212-555-0100", "2125550100");
    assert_canonical("TN", AS_PHONE, "+216 20 123 456", "20123456");
    assert_canonical("TN", AS_PHONE, "20123456", "20123456");
    assert_canonical("", AS_PHONE, "+33612345678", "33612345678");
    assert_canonical("", AS_PHONE, "0612345678", "612345678");
}

static void what_is_no_phone_is_not_read(void **state)
{
    (void)state;
    assert_canonical("MA", AS_PHONE, "2.12661E+11", "-");
    assert_canonical("MA", AS_PHONE, "12", "-");
    assert_canonical("MA", AS_PHONE, "Rabat", "-");
    assert_canonical("MA", AS_PHONE, "0612345678 / 0522334455", "-");
    assert_canonical("MA", AS_PHONE, "", "-");
}

static void amounts_are_read_under_each_mark(void **state)
{
    (void)state;
    assert_int_equal(number(AS_DOT, "1,234.56"), 123456);
    assert_int_equal(number(AS_COMMA, "1.234,56"), 123456);
    assert_int_equal(number(AS_COMMA, "1.234.567"), 123456700);
    assert_int_equal(number(AS_DOT, "1.234.567"), NOT_READ);
    assert_int_equal(number(AS_DOT, "1 234 567.5"), 123456750);
    assert_int_equal(number(AS_COMMA, "1\u00A0234\u202F567,5"), 123456750);
    assert_int_equal(number(AS_DOT, "1'234.00"), 123400);
    assert_int_equal(number(AS_DOT, "12,34,567.00"), 123456700);
    assert_int_equal(number(AS_DOT, "12,5"), NOT_READ);
    assert_int_equal(number(AS_COMMA, "12,5"), 1250);
    assert_int_equal(number(AS_DOT, "5000"), 500000);
    assert_int_equal(number(AS_COMMA, "5000"), 500000);
    assert_int_equal(number(AS_DOT, ".5"), 50);
    assert_int_equal(number(AS_DOT, "1.005"), 101);
    assert_int_equal(number(AS_DOT, "1.995"), 200);
    assert_int_equal(number(AS_DOT, "-12.30"), -1230);
    assert_int_equal(number(AS_DOT, "12.30-"), -1230);
    assert_int_equal(number(AS_DOT, "(12.30)"), -1230);
    assert_int_equal(number(AS_DOT, "−12"), -1200);
    assert_int_equal(number(AS_DOT, "٣٥٠٠٫٥٠"), 350050);
    assert_int_equal(number(AS_CENTS, "350050"), 350050);
    assert_int_equal(number(AS_CENTS, "3500.50"), NOT_READ);
}

static void currencies_are_tolerated(void **state)
{
    (void)state;
    assert_int_equal(number(AS_COMMA, "4.500,00 DH"), 450000);
    assert_int_equal(number(AS_COMMA, "4 500,00 Dhs."), 450000);
    assert_int_equal(number(AS_DOT, "MAD 4500"), 450000);
    assert_int_equal(number(AS_DOT, "$4,500.00"), 450000);
    assert_int_equal(number(AS_COMMA, "4.500,00 €"), 450000);
    assert_int_equal(number(AS_DOT, "4500 درهم"), 450000);
    assert_int_equal(number(AS_COMMA, "4 500,00 zł"), 450000);
    assert_int_equal(number(AS_COMMA, "4 500,00 Kč"), 450000);
    assert_int_equal(number(AS_DOT, "4500 ر.س"), 450000);
    assert_int_equal(number(AS_DOT, "Rue 12"), NOT_READ);
    assert_int_equal(number(AS_DOT, "A12"), NOT_READ);
}

static void what_is_no_amount_is_not_read(void **state)
{
    (void)state;
    assert_int_equal(number(AS_DOT, ""), NOT_READ);
    assert_int_equal(number(AS_DOT, "."), NOT_READ);
    assert_int_equal(number(AS_DOT, "-"), NOT_READ);
    assert_int_equal(number(AS_DOT, "1.2.3"), NOT_READ);
    assert_int_equal(number(AS_DOT, "1.5E+3"), NOT_READ);
    assert_int_equal(number(AS_DOT, "1234567890123456"), NOT_READ);
    assert_int_equal(number(AS_DOT, "123456789012345"), 12345678901234500);
    assert_int_equal(number(AS_CENTS, "1234567890123456"), NOT_READ);
}

static int64_t day(int year, unsigned month, unsigned day_of_month)
{
    return days_from_civil(year, month, day_of_month);
}

static void two_digits_are_a_year_of_the_hundred_asked_for(void **state)
{
    static const struct {
        int first, year;
    } hundreds[] = {{0, 2024},    {1931, 2024}, {1925, 2024},
                    {1924, 1924}, {1900, 1924}, {2025, 2124}};
    struct normaliser rules = rules_of("MA");
    struct buf out = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(hundreds) / sizeof(hundreds[0]); i++) {
        rules.short_years_from = hundreds[i].first;
        buf_empty(&out);
        assert_true(normalise(&rules, AS_DMY, slice_of("5.3.24"), &out));
        assert_int_equal(canonical_number(buf_slice(&out)), day(hundreds[i].year, 3, 5));
        buf_empty(&out);
        assert_true(normalise(&rules, AS_DMY, slice_of("5 mars 24"), &out));
        assert_int_equal(canonical_number(buf_slice(&out)), day(hundreds[i].year, 3, 5));
        buf_empty(&out);
        assert_true(normalise(&rules, AS_YMD, slice_of("1985-03-05"), &out));
        assert_int_equal(canonical_number(buf_slice(&out)), day(1985, 3, 5));
    }
    buf_clear(&out);
}

static void dates_of_the_hijri_calendar_are_days_as_well(void **state)
{
    (void)state;
    assert_int_equal(number(AS_YMD, "1445/01/01"), day(2023, 7, 19));
    assert_int_equal(number(AS_DMY, "1/9/1445"), day(2024, 3, 11));
    assert_int_equal(number(AS_YMD, "١٤٤٥/٩/١ هـ"), day(2024, 3, 11));
    assert_int_equal(number(AS_YMD, "1440-01-01"), day(2018, 9, 11));
    assert_int_equal(number(AS_YMD, "13000101"), day(1882, 11, 12));
    assert_int_equal(number(AS_DMY, "1 رمضان 1445هـ"), day(2024, 3, 11));
    assert_int_equal(number(AS_DMY, "1 محرم 1445"), day(2023, 7, 19));
    assert_int_equal(number(AS_DMY, "8 ذو الحجة 1445 هـ"), day(2024, 6, 14));
    assert_int_equal(number(AS_YMD, "1445/13/01"), NOT_READ);
    assert_int_equal(number(AS_YMD, "1445/01/31"), NOT_READ);
    assert_int_equal(number(AS_YMD, "1501/01/01"), NOT_READ);
}

static void months_have_names_in_many_languages(void **state)
{
    (void)state;
    assert_int_equal(number(AS_DMY, "3. März 1980"), day(1980, 3, 3));
    assert_int_equal(number(AS_DMY, "3 Dez 1980"), day(1980, 12, 3));
    assert_int_equal(number(AS_DMY, "3 października 1980"), day(1980, 10, 3));
    assert_int_equal(number(AS_DMY, "3 Ağustos 1980"), day(1980, 8, 3));
    assert_int_equal(number(AS_DMY, "3 giugno 1980"), day(1980, 6, 3));
    assert_int_equal(number(AS_DMY, "3 de outubro de 1980"), day(1980, 10, 3));
    assert_int_equal(number(AS_DMY, "3 mei 1980"), day(1980, 5, 3));
}

static void dates_are_read_in_their_order(void **state)
{
    (void)state;
    assert_int_equal(number(AS_DMY, "05/03/2024"), day(2024, 3, 5));
    assert_int_equal(number(AS_MDY, "03-05-2024"), day(2024, 3, 5));
    assert_int_equal(number(AS_YMD, "2024.03.05"), day(2024, 3, 5));
    assert_int_equal(number(AS_YMD, "2024-3-5"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "5 3 24"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "05/03/85"), day(1985, 3, 5));
    assert_int_equal(number(AS_DMY, "05/03/31"), day(1931, 3, 5));
    assert_int_equal(number(AS_DMY, "05/03/30"), day(2030, 3, 5));
    assert_int_equal(number(AS_YMD, "20240305"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "05032024"), day(2024, 3, 5));
    assert_int_equal(number(AS_YMD, "240305"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "50324"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "٠٥/٠٣/٢٠٢٤"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "\u200F05/03/2024"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "2024-03-05"), NOT_READ);
    assert_int_equal(number(AS_DMY, "31/02/2024"), NOT_READ);
    assert_int_equal(number(AS_MDY, "15/03/2024"), NOT_READ);
    assert_int_equal(number(AS_DMY, "05/03"), NOT_READ);
    assert_int_equal(number(AS_DMY, "1/2/3/4"), NOT_READ);
    assert_int_equal(number(AS_DMY, "12.5"), NOT_READ);
    assert_int_equal(number(AS_DMY, ""), NOT_READ);
}

static void a_time_of_day_is_ignored(void **state)
{
    (void)state;
    assert_int_equal(number(AS_YMD, "2024-03-05T00:00:00"), day(2024, 3, 5));
    assert_int_equal(number(AS_YMD, "2024-03-05T23:10:00.123Z"), day(2024, 3, 5));
    assert_int_equal(number(AS_YMD, "2024-03-05 00:00:00+01"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "05/03/2024 00:00"), day(2024, 3, 5));
    assert_int_equal(number(AS_MDY, "3/5/2024 12:00:00 AM"), day(2024, 3, 5));
    assert_int_equal(number(AS_YMD, "20240305000000"), day(2024, 3, 5));
    assert_int_equal(number(AS_YMD, "20240305T000000"), day(2024, 3, 5));
}

static void month_names_are_read(void **state)
{
    (void)state;
    assert_int_equal(number(AS_DMY, "5 mars 2024"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "1er Août 2024"), day(2024, 8, 1));
    assert_int_equal(number(AS_DMY, "le mardi 5 mars 2024"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "mar. 5 mars 2024"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "05-MAR-24"), day(2024, 3, 5));
    assert_int_equal(number(AS_DMY, "5 févr. 2024"), day(2024, 2, 5));
    assert_int_equal(number(AS_DMY, "5 de diciembre de 2024"), day(2024, 12, 5));
    assert_int_equal(number(AS_MDY, "Mar 5, 2024"), day(2024, 3, 5));
    assert_int_equal(number(AS_MDY, "September 15th, 1999"), day(1999, 9, 15));
    assert_int_equal(number(AS_YMD, "2024 Dec 5"), day(2024, 12, 5));
    assert_int_equal(number(AS_DMY, "Mar 5, 2024"), NOT_READ);
    assert_int_equal(number(AS_DMY, "5 غشت 2024"), day(2024, 8, 5));
    assert_int_equal(number(AS_DMY, "٥ يوليوز ٢٠٢٤"), day(2024, 7, 5));
    assert_int_equal(number(AS_DMY, "5 كانون الثاني 2024"), day(2024, 1, 5));
    assert_int_equal(number(AS_DMY, "5 تشرين الأول 2024"), day(2024, 10, 5));
    assert_int_equal(number(AS_DMY, "5 جويلية 2024 10:30"), day(2024, 7, 5));
    assert_int_equal(number(AS_DMY, "5 jui 2024"), NOT_READ);
    assert_int_equal(number(AS_DMY, "5 rue 2024"), NOT_READ);
}

static int64_t month_alone(const char *cell, bool year_first)
{
    int64_t month;

    return date_parse_month_alone(slice_of(cell), year_first, SHORT_YEARS_FROM, &month) ? month
                                                                                        : NOT_READ;
}

static void a_month_alone_has_no_day(void **state)
{
    int64_t march = month_number(1984, 3);
    int64_t month;

    (void)state;
    assert_int_equal(month_alone("1984-03", true), march);
    assert_int_equal(month_alone("03/1984", false), march);
    assert_int_equal(month_alone("mars 1984", false), march);
    assert_int_equal(month_alone("3/84", false), march);
    assert_int_equal(month_alone("1984-03-00", true), march);
    assert_int_equal(month_alone("00.03.1984", false), march);
    assert_int_equal(month_alone("1984-03-01", true), NOT_READ);
    assert_int_equal(month_alone("01/03/1984", false), NOT_READ);
    assert_int_equal(month_alone("1984", true), NOT_READ);
    assert_int_equal(month_alone("", true), NOT_READ);
    assert_true(date_parse_month_from(slice_of("03/12"), false, 1900, &month));
    assert_int_equal(month, month_number(1912, 3));
}

static void ages_are_read(void **state)
{
    (void)state;
    assert_int_equal(number(AS_AGE, "42"), 42);
    assert_int_equal(number(AS_AGE, " 7 ans"), 7);
    assert_int_equal(number(AS_AGE, "42.0"), 42);
    assert_int_equal(number(AS_AGE, "101 years old"), 101);
    assert_int_equal(number(AS_AGE, "35 a\xc3\xb1os"), 35);
    assert_int_equal(number(AS_AGE, "35J"), 35);
    assert_int_equal(number(AS_AGE, "\u0664\u0662 \u0633\u0646\u0629"), 42);
    assert_int_equal(number(AS_AGE, "0"), 0);
    assert_int_equal(number(AS_AGE, "131"), NOT_READ);
    assert_int_equal(number(AS_AGE, "1984"), NOT_READ);
    assert_int_equal(number(AS_AGE, "8 mois"), NOT_READ);
    assert_int_equal(number(AS_AGE, "42,5"), NOT_READ);
    assert_int_equal(number(AS_AGE, "-3"), NOT_READ);
    assert_int_equal(number(AS_AGE, "ans"), NOT_READ);
    assert_int_equal(number(AS_AGE, ""), NOT_READ);
}

static void ages_change_on_birthdays(void **state)
{
    int32_t birth = days_from_civil(1984, 3, 11), leap = days_from_civil(1984, 2, 29);

    (void)state;
    assert_int_equal(age_of(birth, days_from_civil(2024, 3, 10)), 39);
    assert_int_equal(age_of(birth, days_from_civil(2024, 3, 11)), 40);
    assert_int_equal(age_of(birth, days_from_civil(1984, 3, 10)), -1);
    assert_int_equal(age_of(leap, days_from_civil(2023, 2, 28)), 38);
    assert_int_equal(age_of(leap, days_from_civil(2023, 3, 1)), 39);
    for (int64_t age = 0; age < 110; age++) {
        assert_int_equal(age_of(birth, age_begins(birth, age)), age);
        assert_int_equal(age_of(birth, age_begins(birth, age) - 1), age - 1);
        assert_int_equal(age_of(leap, age_begins(leap, age)), age);
        assert_int_equal(age_of(leap, age_begins(leap, age) - 1), age - 1);
    }
}

static void dates_are_shown_less_precisely(void **state)
{
    int32_t birth = days_from_civil(1984, 3, 11);

    (void)state;
    assert_true(coarse_date_is(AS_AGE, FORM_DATE));
    assert_false(coarse_date_is(AS_YM, FORM_MONTH));
    assert_false(coarse_date_is(AS_DMY, FORM_DATE));
    assert_int_equal(coarse_date_of(AS_YEAR, birth, 0), 1984);
    assert_int_equal(coarse_date_of(AS_MY, birth, 0), month_number(1984, 3));
    assert_int_equal(coarse_date_of(AS_AGE, birth, days_from_civil(2024, 1, 1)), 39);
    assert_true(coarse_date_near(AS_YM, month_number(1984, 12), month_number(1985, 1)));
    assert_true(coarse_date_near(AS_YM, month_number(1984, 3), month_number(1964, 3)));
    assert_false(coarse_date_near(AS_YM, month_number(1984, 3), month_number(1965, 3)));
    assert_true(coarse_date_near(AS_AGE, 39, 40));
    assert_false(coarse_date_near(AS_AGE, 39, 49));
    assert_true(coarse_date_near(AS_YEAR, 1984, 1964));
}

static void months_are_read(void **state)
{
    int64_t march = month_number(2024, 3);

    (void)state;
    assert_int_equal(number(AS_YM, "2024-03"), march);
    assert_int_equal(number(AS_YM, "202403"), march);
    assert_int_equal(number(AS_YM, "2024/3"), march);
    assert_int_equal(number(AS_MY, "03/2024"), march);
    assert_int_equal(number(AS_MY, "3-2024"), march);
    assert_int_equal(number(AS_MY, "032024"), march);
    assert_int_equal(number(AS_MY, "mars 2024"), march);
    assert_int_equal(number(AS_MY, "Mar-24"), march);
    assert_int_equal(number(AS_MY, "مارس 2024"), march);
    assert_int_equal(number(AS_YM, "2024 March"), march);
    assert_int_equal(number(AS_YM, "2024-03-01"), march);
    assert_int_equal(number(AS_MY, "31/03/2024"), march);
    assert_int_equal(number(AS_YM, "2024-03-05"), NOT_READ);
    assert_int_equal(number(AS_YM, "03/2024"), NOT_READ);
    assert_int_equal(number(AS_MY, "2024-03"), NOT_READ);
    assert_int_equal(number(AS_MY, "13/2024"), NOT_READ);
    assert_int_equal(number(AS_YM, "mars"), NOT_READ);
}

static void serial_days_and_years_are_read(void **state)
{
    (void)state;
    assert_int_equal(number(AS_SERIAL, "45356"), day(2024, 3, 5));
    assert_int_equal(number(AS_SERIAL, "45356.0"), day(2024, 3, 5));
    assert_int_equal(number(AS_SERIAL, "25569"), 0);
    assert_int_equal(number(AS_SERIAL, "05/03/2024"), NOT_READ);
    assert_int_equal(number(AS_SERIAL, "999999"), NOT_READ);
    assert_int_equal(number(AS_SERIAL, "1709596800"), day(2024, 3, 5));
    assert_int_equal(number(AS_SERIAL, "1709593200"), day(2024, 3, 5)); /* midnight in Paris */
    assert_int_equal(number(AS_SERIAL, "1709596800000"), day(2024, 3, 5));
    assert_int_equal(number(AS_SERIAL, "-315619200"), day(1960, 1, 1));
    assert_int_equal(number(AS_SERIAL, "-45356"), NOT_READ);
    assert_int_equal(number(AS_SERIAL, "99999999999"), NOT_READ); /* the year 5138 */
    assert_int_equal(number(AS_YEAR, "1985"), 1985);
    assert_int_equal(number(AS_YEAR, "85"), NOT_READ);
    assert_int_equal(number(AS_YEAR, "19851"), NOT_READ);
}

static void our_siphash_equals_the_library(void **state)
{
    uint8_t key[SIPHASH_KEY_BYTES];
    uint8_t message[70];

    (void)state;
    for (unsigned i = 0; i < sizeof(key); i++)
        key[i] = (uint8_t)(i * 7 + 1);
    for (unsigned i = 0; i < sizeof(message); i++)
        message[i] = (uint8_t)(i * 13 + 200);
    for (size_t length = 0; length + 1 < sizeof(message); length++) {
        struct slice rest = slice_make((const char *)message + 1, length);

        assert_true(siphash_prefixed(key, message[0], rest) == siphash(key, message, length + 1));
    }
}

static void fingerprints_depend_on_form_value_and_key(void **state)
{
    struct normaliser rules = rules_of("MA"), other = rules_of("MA");
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    uint64_t id = normalise_fingerprint(&rules, AS_ID, slice_of("00123"), &scratch);

    (void)state;
    other.key[3] ^= 1;
    assert_string_equal(scratch.data, "123");
    assert_true(id != FINGERPRINT_NONE);
    assert_true(id == normalise_fingerprint(&rules, AS_ID, slice_of("1-23"), &scratch));
    assert_true(id != normalise_fingerprint(&rules, AS_CODE, slice_of("123"), &scratch));
    assert_true(id != normalise_fingerprint(&rules, AS_ID, slice_of("124"), &scratch));
    assert_true(id != normalise_fingerprint(&other, AS_ID, slice_of("123"), &scratch));
    assert_true(normalise_fingerprint(&rules, AS_ID, slice_of(" "), &scratch) == FINGERPRINT_NONE);
    assert_true(normalise_fingerprint(&rules, AS_DMY, slice_of("05/03/2024"), &scratch)
                == normalise_fingerprint(&rules, AS_YMD, slice_of("2024-03-05"), &scratch));
}

static void many_fingerprints_are_those_of_each(void **state)
{
    static const char *const texts[] = {
        "00123",      "",           " ",          "El Alaoui", "1 234,5",
        "2024-03-05", "05/03/2024", "0612345678", "a@b.ma",    "12 Rue de Fes, Apt 4"};
    enum {
        COUNT = sizeof(texts) / sizeof(*texts)
    };
    struct normaliser rules = rules_of("MA");
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    struct slice cells[COUNT];
    uint64_t prints[COUNT];

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        cells[i] = slice_of(texts[i]);
    for (int as = 0; as < AS_PLAIN_COUNT; as++) {
        normalise_fingerprints(&rules, (enum interpretation)as, cells, COUNT, &scratch, prints);
        assert_int_equal(scratch.failed, TQ_OK);
        for (size_t i = 0; i < COUNT; i++) {
            CLEANUP(buf_clear_cleanup) struct buf alone = {0};

            assert_true(
                prints[i]
                == normalise_fingerprint(&rules, (enum interpretation)as, cells[i], &alone));
        }
    }
}

static void identifiers_have_at_most_64_characters(void **state)
{
    struct normaliser rules = rules_of("MA");
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    char text[67] = "-";

    (void)state;
    memset(text + 1, '7', 64);
    text[65] = '-';
    assert_true(normalise(&rules, AS_ID, slice_make(text, 66), &scratch));
    assert_int_equal(scratch.length, 64);
    text[65] = '7';
    assert_false(normalise(&rules, AS_ID, slice_make(text, 66), &scratch));
}

static void every_type_has_a_form_of_its_register_interpretation(void **state)
{
    (void)state;
    for (int type = 0; type < TYPE_COUNT; type++) {
        enum interpretation as = normalise_register_as((enum value_type)type);

        assert_int_equal(interpretation_form(as), type_form((enum value_type)type));
    }
}

static void countries_are_found_by_code(void **state)
{
    (void)state;
    assert_string_equal(country_find(slice_of("ma"))->calling_code, "212");
    assert_string_equal(country_find(slice_of("FR"))->code, "FR");
    assert_string_equal(country_find(slice_of("??"))->code, "");
    assert_string_equal(country_find(slice_of(""))->code, "");
    assert_string_equal(country_of_number(slice_of("21361"))->code, "DZ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_addresses_are_abbreviated_alike),
        cmocka_unit_test(identifiers_lose_punctuation_case_and_zeros),
        cmocka_unit_test(an_iban_and_its_account_are_one_account),
        cmocka_unit_test(codes_keep_words_and_lose_zeros_of_numbers),
        cmocka_unit_test(phones_of_one_number_agree_in_all_forms),
        cmocka_unit_test(foreign_phones_keep_their_calling_code),
        cmocka_unit_test(what_is_no_phone_is_not_read),
        cmocka_unit_test(amounts_are_read_under_each_mark),
        cmocka_unit_test(currencies_are_tolerated),
        cmocka_unit_test(who_is_whose_son_is_said_or_not_where_names_have_fathers),
        cmocka_unit_test(what_is_no_amount_is_not_read),
        cmocka_unit_test(two_digits_are_a_year_of_the_hundred_asked_for),
        cmocka_unit_test(dates_are_read_in_their_order),
        cmocka_unit_test(dates_of_the_hijri_calendar_are_days_as_well),
        cmocka_unit_test(months_have_names_in_many_languages),
        cmocka_unit_test(a_time_of_day_is_ignored),
        cmocka_unit_test(month_names_are_read),
        cmocka_unit_test(months_are_read),
        cmocka_unit_test(a_month_alone_has_no_day),
        cmocka_unit_test(ages_are_read),
        cmocka_unit_test(ages_change_on_birthdays),
        cmocka_unit_test(dates_are_shown_less_precisely),
        cmocka_unit_test(serial_days_and_years_are_read),
        cmocka_unit_test(our_siphash_equals_the_library),
        cmocka_unit_test(fingerprints_depend_on_form_value_and_key),
        cmocka_unit_test(many_fingerprints_are_those_of_each),
        cmocka_unit_test(identifiers_have_at_most_64_characters),
        cmocka_unit_test(every_type_has_a_form_of_its_register_interpretation),
        cmocka_unit_test(countries_are_found_by_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
