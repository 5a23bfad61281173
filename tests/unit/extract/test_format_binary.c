/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

/* Bytes none of which is text in any encoding, nor two of which are in UTF-16. */
static void add_noise(struct buf *out, size_t length)
{
    for (size_t i = 0; i < length; i++)
        buf_add_byte(out, (char)(1 + i % 7));
}

static void add_wide(struct buf *out, const char *ascii, bool big_end)
{
    for (; *ascii; ascii++) {
        if (big_end)
            buf_add_byte(out, '\0');
        buf_add_byte(out, *ascii);
        if (!big_end)
            buf_add_byte(out, '\0');
    }
}

static void assert_reads(const struct buf *bytes, const char *text)
{
    struct recorder recorder = {0};

    assert_int_equal(recorder_read(&recorder, buf_slice(bytes), "x.dat"), TQ_OK);
    assert_true(recorder_has(&recorder, "type unknown\n"));
    assert_true(recorder_has(&recorder, text));
    recorder_clear(&recorder);
}

static void text_in_any_encoding_is_found_between_other_bytes(void **state)
{
    struct buf bytes = {0};

    (void)state;
    add_noise(&bytes, 1001);
    buf_add_text(&bytes, "Salma Zéroual 0612345678");
    add_noise(&bytes, 10);
    buf_add_text(&bytes, "G\xE9rard Lef\xE8vre, Orl\xE9"
                         "ans");
    add_noise(&bytes, 10);
    add_wide(&bytes, "wide little end", false);
    add_noise(&bytes, 10);
    add_wide(&bytes, "wide big end", true);
    add_noise(&bytes, 10);
    buf_add(&bytes, "\x28\x06\x46\x06\x27\x06\x46\x06\x4a\x06\x20\x00\x31\x00\x32\x00", 16);
    add_noise(&bytes, 10);
    assert_reads(&bytes, "Salma Zéroual 0612345678");
    assert_reads(&bytes, "Gérard Lefèvre, Orléans");
    assert_reads(&bytes, "wide little end");
    assert_reads(&bytes, "wide big en");
    assert_reads(&bytes, "بناني 12");
    assert_reads(&bytes, "no format recognised: ");
    buf_clear(&bytes);
}

static void a_number_behind_a_byte_that_is_no_text_is_whole(void **state)
{
    struct buf bytes = {0};

    (void)state;
    add_noise(&bytes, 1000);
    buf_add_text(&bytes, "\xFF\xFE"
                         "0612345678");
    add_noise(&bytes, 10);
    assert_reads(&bytes, " 0612345678");
    buf_clear(&bytes);
}

static void runs_go_on_from_block_to_block(void **state)
{
    struct buf bytes = {0};

    (void)state;
    add_noise(&bytes, ((size_t)256 << 10) - 5);
    buf_add_text(&bytes, "Karim Bennani, Fes");
    add_noise(&bytes, 10);
    assert_reads(&bytes, "Karim Bennani, Fes");
    assert_reads(&bytes, "no format recognised: 1 runs");
    buf_clear(&bytes);
}

static void short_runs_are_not_kept(void **state)
{
    struct buf bytes = {0};

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        add_noise(&bytes, 10);
        buf_add_text(&bytes, "abcdefg");
    }
    add_noise(&bytes, 10);
    assert_reads(&bytes, "not read: no format recognised, and no text in it");
    buf_clear(&bytes);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf bytes = {0};

    (void)state;
    add_noise(&bytes, 300);
    buf_add_text(&bytes, "Salma Zéroual 0612345678");
    add_wide(&bytes, "wide little end", false);
    torture(buf_slice(&bytes), "x", (unsigned)bytes.length, (unsigned)bytes.length);
    buf_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_in_any_encoding_is_found_between_other_bytes),
        cmocka_unit_test(a_number_behind_a_byte_that_is_no_text_is_whole),
        cmocka_unit_test(runs_go_on_from_block_to_block),
        cmocka_unit_test(short_runs_are_not_kept),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
