/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "DS_1234567_202403.txt"), TQ_OK);
    buf_clear(&sample);
}

static void detail_lines_are_records_with_the_header_repeated(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "ebds/main.txt");
    assert_true(recorder_has(&recorder, "type ebds\n"));
    assert_true(recorder_has(&recorder, "[registration_number] [name] ["));
    assert_true(recorder_has(
        &recorder, "row 1 @3 0 | B02 | 00000000000123 | 1234567 | 202403 | SOCIETE MODELE |"));
    assert_true(recorder_has(&recorder, "| 800000007 | BENNANI "));
    assert_true(recorder_has(&recorder, "row 4 @7 0 | B04 |"));
    assert_int_equal(recorder.rows, 4);
    assert_int_equal(recorder.notes, 0);
    recorder_clear(&recorder);
}

static void an_altered_amount_shows_in_the_sums(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "ebds/altered.txt");
    assert_true(recorder_has(&recorder, "note @4 the control sum of the line is wrong: 1000 too "
                                        "low\n"));
    assert_true(recorder_has(&recorder, "note @6 total_salary_real is wrong: 1000 too low\n"));
    assert_true(recorder_has(&recorder, "note @9 total_salary_real is wrong: 1000 too low\n"));
    assert_int_equal(recorder.notes, 3);
    recorder_clear(&recorder);
}

static void names_longer_than_half_their_width_stay_whole(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        buf_format(&text, "A021234567202403%09d%-60s020004000000000004000%154s\n", 800000000 + i,
                   i == 2 ? "EL ALAOUI EL MDAGHRI EL IDRISSI FATIMA ZAHRA" : "TAZI KARIM", "");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "[registration_number] [name] [children]"));
    assert_true(recorder_has(&recorder, "| EL ALAOUI EL MDAGHRI EL IDRISSI FATIMA ZAHRA |"));
    recorder_clear(&recorder);
    buf_clear(&text);
}

/* The columns of a file that has lines 2 only: those of one with lines 4 as well. */
static void files_of_one_sort_have_one_shape(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    for (int i = 0; i < 2; i++)
        buf_format(&text, "B021234567202403%09d%-60s02%036d%017d%2s%019d%104s\n", 800000000 + i,
                   "TAZI KARIM", 0, 0, "", 0, "");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "[registration_number] [name] [national_id] [children]"));
    assert_true(recorder_has(&recorder, "[due_date] [registration_number]"));
    assert_true(recorder_has(&recorder, "[total_salary_capped] [total_control_sum]"));
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf sample = corpus_load("ebds/altered.txt");

    (void)state;
    torture(buf_slice(&sample), "x", 1200, 1200);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detail_lines_are_records_with_the_header_repeated),
        cmocka_unit_test(an_altered_amount_shows_in_the_sums),
        cmocka_unit_test(names_longer_than_half_their_width_stay_whole),
        cmocka_unit_test(files_of_one_sort_have_one_shape),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
