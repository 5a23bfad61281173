/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void expect(const char *sample_name, const char *wanted)
{
    struct buf sample = corpus_load(sample_name);
    struct recorder recorder = {0};

    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "lettre.eml.p7m"), TQ_OK);
    assert_string_equal(recorder.log.data, wanted);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void what_was_signed_is_a_member_and_names_are_text(void **state)
{
    (void)state;
    expect("cms/signed.p7m",
           "type cms\n"
           "member lettre.eml\n"
           "end 108 bytes, whole\n"
           "page 1 10 words: C = XX, CN = Aïcha BÉNÉ, serialNumber = XX-600000001\n");
    expect("cms/pieces.p7m", "type cms\n"
                             "member lettre.eml\n"
                             "end 108 bytes, whole\n");
}

static void what_is_encrypted_is_noted(void **state)
{
    (void)state;
    expect("cms/sealed.p7m", "type cms\n"
                             "note @0 encrypted for the holder of a certificate: not read, only "
                             "that key opens it\n");
}

static void what_was_signed_is_a_mail(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder,
                                   SLICE_LITERAL("Content-Type: text/plain; charset=utf-8\r\n"
                                                 "Content-Transfer-Encoding: base64\r\n\r\n"
                                                 "QUxBT1VJIE9tYXIgQUI2MDAwMDEK\r\n"),
                                   "x"),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "type mail\n"));
    assert_true(recorder_has(&recorder, "3 words: ALAOUI Omar AB600001"));
    recorder_clear(&recorder);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"cms/signed.p7m", "cms/pieces.p7m"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x.p7m", (unsigned)sample.length, (unsigned)sample.length);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_signed_is_a_member_and_names_are_text),
        cmocka_unit_test(what_is_encrypted_is_noted),
        cmocka_unit_test(what_was_signed_is_a_mail),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
