/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/lzfu.h"
#include "recorder.h"

/* The examples of [MS-OXRTFCP] 3. */
static const char hello[] =
    "\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125B2\x0a\xf3 hel"
    "\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
static const char wxyz[] =
    "\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\0\x04 WXYZ\x0dn}\x01\x0e\xb0";

static void expect(struct slice packed, size_t bytes_max, const char *text, bool is_whole)
{
    struct buf out = {0};
    struct tq_error err;
    bool whole;

    assert_int_equal(lzfu_decode(packed, bytes_max, &out, &whole, &err), TQ_OK);
    assert_int_equal(whole, is_whole);
    assert_string_equal(out.data ? out.data : "", text);
    buf_clear(&out);
}

static void the_examples_of_the_specification_come_out(void **state)
{
    (void)state;
    expect(slice_make(hello, sizeof(hello) - 1), 1000,
           "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", true);
    expect(slice_make(wxyz, sizeof(wxyz) - 1), 1000, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", true);
    expect(slice_make("\0\0\0\0\3\0\0\0MELA\0\0\0\0abc", 19), 1000, "abc", true);
}

static void what_is_cut_or_too_large_is_not_whole(void **state)
{
    struct buf out = {0};
    struct tq_error err;
    bool whole;

    (void)state;
    expect(slice_make(wxyz, sizeof(wxyz) - 1), 10, "{\\rtf1 WXY", false);
    expect(slice_make("\0\0\0\0\4\0\0\0MELA\0\0\0\0abc", 19), 1000, "", false);
    for (size_t i = 0; i < sizeof(hello) - 1; i++) {
        buf_empty(&out);
        assert_int_equal(lzfu_decode(slice_make(hello, i), 1000, &out, &whole, &err), TQ_OK);
        assert_false(whole);
    }
    buf_clear(&out);
}

static void a_message_with_no_other_text_gives_its_rtf(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("msg/rtf.msg");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "member body.rtf\nend 43 bytes, whole\n"));
    assert_null(strstr(recorder.log.data, "not read"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_specification_come_out),
        cmocka_unit_test(what_is_cut_or_too_large_is_not_whole),
        cmocka_unit_test(a_message_with_no_other_text_gives_its_rtf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
