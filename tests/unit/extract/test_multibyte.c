/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "extract/labelled_text.h"
#include "extract/multibyte.h"
#include "recorder.h"

/* Names of persons, as Python's codecs write them. */
static const struct {
    const char *label, *bytes, *text;
} samples[] = {
    {"Shift_JIS",
     "\x8e"
     "\x52"
     "\x93"
     "\x63"
     "\x20"
     "\x91"
     "\xbe"
     "\x98"
     "\x59"
     "\x20"
     "\xb6"
     "\xc5"
     "",
     "山田 太郎 ｶﾅ"},
    {"EUC-JP",
     "\xbb"
     "\xb3"
     "\xc5"
     "\xc4"
     "\x20"
     "\xc2"
     "\xc0"
     "\xcf"
     "\xba"
     "",
     "山田 太郎"},
    {"ISO-2022-JP",
     "\x1b"
     "\x24"
     "\x42"
     "\x3b"
     "\x33"
     "\x45"
     "\x44"
     "\x1b"
     "\x28"
     "\x42"
     "\x20"
     "\x1b"
     "\x24"
     "\x42"
     "\x42"
     "\x40"
     "\x4f"
     "\x3a"
     "\x1b"
     "\x28"
     "\x42"
     "",
     "山田 太郎"},
    {"gb2312",
     "\xc0"
     "\xee"
     "\xd0"
     "\xa1"
     "\xc1"
     "\xfa"
     "\x20"
     "\x31"
     "\x32"
     "\x33"
     "",
     "李小龙 123"},
    {"Big5",
     "\xa7"
     "\xf5"
     "\xa4"
     "\x70"
     "\xc0"
     "\x73"
     "",
     "李小龍"},
    {"ks_c_5601-1987",
     "\xb1"
     "\xe8"
     "\xc3"
     "\xb6"
     "\xbc"
     "\xf6"
     "",
     "김철수"},
};

#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void check(const char *label, struct slice bytes, const char *wanted)
{
    struct buf text = {0};

    assert_non_null(multibyte_find(slice_of(label)));
    assert_true(multibyte_add(&text, bytes, multibyte_find(slice_of(label))));
    assert_string_equal(text.data, wanted);
    buf_clear(&text);
}

static void each_encoding_is_read_under_its_label(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        check(samples[i].label, slice_of(samples[i].bytes), samples[i].text);
    assert_null(multibyte_find(SLICE_LITERAL("windows-1256")));
    assert_null(multibyte_find(SLICE_LITERAL("")));
}

static void cut_and_damaged_text_ends_and_is_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct multibyte *encoding = multibyte_find(slice_of(samples[i].label));
        size_t length = strlen(samples[i].bytes);

        for (size_t cut = 0; cut < length; cut++) {
            struct buf text = {0};
            char bytes[64];

            memcpy(bytes, samples[i].bytes, length);
            bytes[cut] = (char)0xFF;
            assert_true(multibyte_add(&text, slice_make(samples[i].bytes, cut), encoding));
            assert_true(multibyte_add(&text, slice_make(bytes, length), encoding));
            assert_true(utf8_is_valid(buf_slice(&text)));
            buf_clear(&text);
        }
    }
}

static void text_that_is_utf8_stays_so(void **state)
{
    static const char arabic[] = "محمد";
    struct buf text = {0};

    (void)state;
    labelled_text_add(&text, slice_of(arabic), SLICE_LITERAL("Shift_JIS"));
    assert_string_equal(text.data, arabic);
    buf_clear(&text);
    labelled_text_add(&text, SLICE_LITERAL("\xc3\xb6"), SLICE_LITERAL("euc-kr"));
    assert_string_equal(text.data, "철");
    buf_clear(&text);
}

static void check_mail(const char *label, const char *bytes, const char *wanted)
{
    struct recorder recorder = {0};
    struct buf mail = {0};

    buf_format(&mail, "From: a@example.org\r\nTo: b@example.org\r\nSubject: =?%s?Q?", label);
    for (const char *byte = bytes; *byte; byte++)
        buf_format(&mail, "=%02X", (unsigned)(unsigned char)*byte);
    buf_format(&mail, "?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=%s\r\n\r\n",
               label);
    buf_format(&mail, "%s\r\n", bytes);
    assert_int_equal(recorder_read(&recorder, buf_slice(&mail), "x.eml"), TQ_OK);
    assert_non_null(strstr(recorder.log.data, wanted));
    assert_non_null(strstr(strstr(recorder.log.data, wanted) + 1, wanted)); /* subject and body */
    recorder_clear(&recorder);
    buf_clear(&mail);
}

static void a_mail_is_read_by_its_charset(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        char first[32] = {0}; /* word: a page is made of words */

        memcpy(first, samples[i].text, strcspn(samples[i].text, " "));
        check_mail(samples[i].label, samples[i].bytes, first);
    }
}

static void check_rtf(const char *text, const char *wanted)
{
    struct recorder recorder = {0};

    assert_int_equal(recorder_read(&recorder, slice_of(text), "x.rtf"), TQ_OK);
    assert_non_null(strstr(recorder.log.data, wanted));
    recorder_clear(&recorder);
}

static void rich_text_has_encodings_by_page_and_by_font(void **state)
{
    (void)state;
    check_rtf("{\\rtf1\\ansi\\ansicpg932 \\'8eR\\'93\\'63 T}", "山田 T");
    check_rtf("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset134 B;}}"
              "\\f1 \\'c0\\'ee\\f0 caf\\'e9}",
              "李café");
    check_rtf("{\\rtf1\\ansi\\ansicpg949 \\'b1\\'e8\\'c3\\'b6\\'bc\\'f6}", "김철수");
    check_rtf("{\\rtf1\\ansi\\ansicpg950 \\'a7\\'f5 {\\'a7}a}", "李 a");
    check_rtf("{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'e5\\'f2\\'f0}", "Петр");
    check_rtf("{\\rtf1\\ansi\\ansicpg1256 \\'e3\\'cd\\'e3\\'cf}", "محمد");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_encoding_is_read_under_its_label),
        cmocka_unit_test(cut_and_damaged_text_ends_and_is_utf8),
        cmocka_unit_test(text_that_is_utf8_stays_so),
        cmocka_unit_test(a_mail_is_read_by_its_charset),
        cmocka_unit_test(rich_text_has_encodings_by_page_and_by_font),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
