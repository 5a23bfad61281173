/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/decode.h"

static void check(struct slice bytes, const char *encoding, const char *text)
{
    struct buf out = {0}, name = {0};
    struct encoding found;
    struct tq_error err;

    assert_int_equal(encoding_guess(bytes, &found, &err), TQ_OK);
    encoding_describe(&found, &name);
    assert_string_equal(name.data, encoding);
    assert_int_equal(decode_sample(bytes, &out, &err), TQ_OK);
    assert_string_equal(out.data, text);
    buf_clear(&out);
    buf_clear(&name);
}

static void marks_tell_the_encoding_and_go(void **state)
{
    (void)state;
    check(SLICE_LITERAL("\xEF\xBB\xBF"
                        "abc"),
          "UTF-8", "abc");
    check(SLICE_LITERAL("\xFF\xFE"
                        "a\0b\0"),
          "UTF-16LE", "ab");
    check(SLICE_LITERAL("\xFE\xFF\0a\x06\x27"), "UTF-16BE", "a\xD8\xA7");
}

static void utf16_without_a_mark_shows_by_its_zeros(void **state)
{
    (void)state;
    check(SLICE_LITERAL("n\0a\0m\0e\0\n\0"), "UTF-16LE", "name\n");
    check(SLICE_LITERAL("\0n\0a\0m\0e\0\n"), "UTF-16BE", "name\n");
    check(SLICE_LITERAL("\x45\x06\x2D\x06\x45\x06\x2F\x06 \0\x39\x06\n\0"), "UTF-16LE", "محمد ع\n");
}

static void utf16_behind_other_text_loses_its_zeros_only(void **state)
{
    (void)state;
    check(SLICE_LITERAL("id;name;town\n1;TAZI;Oujda;Angad\n2\0;\0B\0A\0\n\0003\0;\0C\0A\0\n\0"),
          "UTF-8", "id;name;town\n1;TAZI;Oujda;Angad\n2;BA\n3;CA\n");
}

static void carriage_returns_alone_end_lines_in_any_encoding(void **state)
{
    (void)state;
    check(SLICE_LITERAL("a\rb\r"), "UTF-8", "a\nb\n");
    check(SLICE_LITERAL("a\rb\nc\r"), "UTF-8", "a\rb\nc\r");
    check(SLICE_LITERAL("\xFF\xFE"
                        "a\0\r\0b\0\r\0"),
          "UTF-16LE", "a\nb\n");
    check(SLICE_LITERAL("\xFE\xFF\0a\0\r\0b\0\n"), "UTF-16BE", "a\rb\n");
    check(SLICE_LITERAL("n\0a\0\r\0m\0e\0\r\0"), "UTF-16LE", "na\nme\n");
    /* The second byte of a letter is no line end. */
    check(SLICE_LITERAL("\xFF\xFE\x0A\x06\r\0b\0"), "UTF-16LE", "\xD8\x8A\nb");
}

static void french_reads_as_windows_1252_and_arabic_as_windows_1256(void **state)
{
    (void)state;
    check(SLICE_LITERAL("H\xE9l\xE8ne Fran\xE7ois\n"), "windows-1252",
          "H\xC3\xA9l\xC3\xA8ne Fran\xC3\xA7ois\n");
    check(SLICE_LITERAL("N\xBA;Nu\xF1"
                        "ez;2\xAA\n"),
          "windows-1252", "Nº;Nuñez;2ª\n");
    check(SLICE_LITERAL("\xE3\xCD\xE3\xCF \xC7\xE1\xDA\xE1\xE6\xED\n"), "windows-1256",
          "محمد العلوي\n");
    check(SLICE_LITERAL("\xE5\xCD\xE5\xCF \xC7\xE4\xD9\xE4\xE8\xEA\n"), "ISO-8859-6",
          "محمد العلوي\n");
}

static void russian_polish_and_turkish_are_told_apart(void **state)
{
    (void)state;
    check(SLICE_LITERAL("\xC8\xE2\xE0\xED\xEE\xE2 \xCF\xE5\xF2\xF0\n"), "windows-1251",
          "Иванов Петр\n");
    check(SLICE_LITERAL("W\xB3odzimierz \xAFo\xB3\xEA\xBC\n"), "ISO-8859-2", "Włodzimierz Żołęź\n");
    check(SLICE_LITERAL("Ya\xF0mur G\xFCne\xFE \xC7\xFD\xF0l\xFDk\n"), "windows-1254",
          "Yağmur Güneş Çığlık\n");
}

static void encodings_may_change_from_line_to_line(void **state)
{
    (void)state;
    check(SLICE_LITERAL("H\xC3\xA9l\xC3\xA8ne\nH\xE9l\xE8ne\nabc\n"), "UTF-8 and windows-1252",
          "H\xC3\xA9l\xC3\xA8ne\nH\xC3\xA9l\xC3\xA8ne\nabc\n");
}

static void a_cut_sequence_in_a_utf8_line_is_replaced(void **state)
{
    (void)state;
    check(SLICE_LITERAL("H\xC3\xA9l\xC3;x\n"), "UTF-8", "H\xC3\xA9l\xEF\xBF\xBD;x\n");
}

static void unpaired_surrogates_are_replaced(void **state)
{
    (void)state;
    check(SLICE_LITERAL("\xFF\xFE\x00\xD8"
                        "a\0"),
          "UTF-16LE",
          "\xEF\xBF\xBD"
          "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_tell_the_encoding_and_go),
        cmocka_unit_test(utf16_without_a_mark_shows_by_its_zeros),
        cmocka_unit_test(utf16_behind_other_text_loses_its_zeros_only),
        cmocka_unit_test(carriage_returns_alone_end_lines_in_any_encoding),
        cmocka_unit_test(french_reads_as_windows_1252_and_arabic_as_windows_1256),
        cmocka_unit_test(russian_polish_and_turkish_are_told_apart),
        cmocka_unit_test(encodings_may_change_from_line_to_line),
        cmocka_unit_test(a_cut_sequence_in_a_utf8_line_is_replaced),
        cmocka_unit_test(unpaired_surrogates_are_replaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
