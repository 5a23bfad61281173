/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Old documents and presentations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x"), TQ_OK);
    buf_clear(&sample);
}

static void pieces_and_tables_of_a_document_are_read(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "doc/plain.doc");
    assert_true(recorder_has(&recorder, "type doc\n"));
    assert_true(recorder_has(&recorder, "words: Certificat n° 42 voir le lien et-plus fin 😀\n"));
    assert_true(recorder_has(&recorder, "| AB000 suite |  | Fès 0\n"));
    assert_true(recorder_has(&recorder, "| AB001 suite | العمراني | Fès 1\n"));
    assert_true(recorder_has(&recorder, "| AB020 suite |  | Fès 20\n"));
    assert_int_equal(recorder.rows, 21);
    assert_null(strstr(recorder.log.data, "HYPERLINK"));
    assert_null(strstr(recorder.log.data, "damaged"));
    recorder_clear(&recorder);
}

static void a_text_of_word_95_is_read_in_its_encoding(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "doc/old.doc");
    assert_true(recorder_has(&recorder, "type doc\n"));
    assert_true(recorder_has(&recorder, "words: Liste des assurés AB001 ALAOUI fin\n"));
    recorder_clear(&recorder);
}

static void texts_of_slides_and_notes_are_read_and_masters_are_not(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "ppt/plain.ppt");
    assert_true(recorder_has(&recorder, "type ppt\n"));
    assert_true(recorder_has(&recorder, "page 1 3 words: Salariés AB001 ALAOUI\n"));
    assert_true(recorder_has(&recorder, "page 2 3 words: العمراني Fès 😀\n"));
    assert_true(recorder_has(&recorder, "page 3 3 words: in a frame\n"));
    assert_true(recorder_has(&recorder, "page 4 1 words: spoken\n"));
    assert_null(strstr(recorder.log.data, "Click"));
    recorder_clear(&recorder);
}

static void what_is_encrypted_is_noted(void **state)
{
    static const char *const names[] = {"doc/encrypted.doc", "ppt/encrypted.ppt"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct recorder recorder = {0};

        read_sample(&recorder, names[i]);
        assert_true(recorder_has(&recorder, "encrypted: not read, the encryption is of a kind"));
        assert_int_equal(recorder.pages + recorder.rows, 0);
        recorder_clear(&recorder);
    }
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"doc/plain.doc", "doc/old.doc", "doc/lost.doc",
                                        "ppt/plain.ppt"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x", 700, (unsigned)sample.length);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_and_tables_of_a_document_are_read),
        cmocka_unit_test(a_text_of_word_95_is_read_in_its_encoding),
        cmocka_unit_test(texts_of_slides_and_notes_are_read_and_masters_are_not),
        cmocka_unit_test(what_is_encrypted_is_noted),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
