/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "list.csv.gz"), TQ_OK);
    buf_clear(&sample);
}

static void members_come_with_their_dates_and_safe_names(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "archive/names.zip");
    assert_true(recorder_has(&recorder, "type zip\n"));
    assert_true(recorder_has(&recorder, "member rh/liste é.csv\nend 132 bytes, whole\n")
                || recorder_has(&recorder, "member rh/liste é.csv\n"));
    assert_true(recorder_has(&recorder, "member __/__/etc/x\nend 2 bytes, whole\n"));
    assert_true(recorder_has(&recorder, "member abs/y\n"));
    assert_true(recorder_has(&recorder, "note @0 a member's name leads outside"));
    assert_true(recorder_has(&recorder, "fact member:abs/y:archive.modified = 2025-04-08T22:10"));
    assert_int_equal(recorder.members, 3);
    recorder_clear(&recorder);
}

static void links_are_noted_and_not_followed(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "archive/link.tar.gz");
    assert_true(recorder_has(&recorder, "member a.csv\nend 3 bytes, whole\n"));
    assert_true(recorder_has(&recorder, "note @0 a link, device or other special member"));
    assert_int_equal(recorder.members, 1);
    recorder_clear(&recorder);
}

static void a_compressed_file_is_its_one_member(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "archive/list.csv.gz");
    assert_true(recorder_has(&recorder, "type gzip\nmember list.csv\n"));
    recorder_clear(&recorder);
}

static void what_is_compressed_twice_comes_out_layer_by_layer(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "archive/twice.gz");
    assert_int_equal(recorder.members, 1);
    assert_int_not_equal(recorder.member_bytes, 23);
    assert_true(recorder_has(&recorder, "end 43 bytes, whole\n"));
    recorder_clear(&recorder);

    read_sample(&recorder, "archive/list.csv.Z");
    assert_true(recorder_has(&recorder, "type compress\n"));
    assert_true(recorder_has(&recorder, "end 23 bytes, whole\n"));
    recorder_clear(&recorder);
}

static void a_bomb_is_stopped_by_its_ratio(void **state)
{
    struct extract_limits limits = extract_limits_default;
    struct recorder recorder = {0};
    struct buf sample = corpus_load("archive/bomb.gz");

    (void)state;
    limits.ratio_max = 100;
    assert_int_equal(recorder_read_by(&recorder, &format_archive, buf_slice(&sample), &limits),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "it expands more than anything but an attack does"));
    assert_true(recorder_has(&recorder, ", damaged\n"));
    assert_true(recorder.member_bytes < (uint64_t)24 << 20);
    recorder_clear(&recorder);

    limits = extract_limits_default;
    limits.member_bytes_max = 1 << 20;
    assert_int_equal(recorder_read_by(&recorder, &format_archive, buf_slice(&sample), &limits),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "a member is larger than a member may be"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void the_number_of_members_is_limited(void **state)
{
    struct extract_limits limits = extract_limits_default;
    struct recorder recorder = {0};
    struct buf sample = corpus_load("archive/names.zip");

    (void)state;
    limits.members_max = 1;
    assert_int_equal(recorder_read_by(&recorder, &format_archive, buf_slice(&sample), &limits),
                     TQ_OK);
    assert_int_equal(recorder.members, 1);
    assert_true(recorder_has(&recorder, "more than 1 members"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void members_that_overlap_others_are_noted(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "archive/overlap.zip");
    assert_int_equal(recorder.members, 1);
    assert_true(recorder_has(&recorder, "its directory speaks of 2 members, 1 were found"));
    recorder_clear(&recorder);

    read_sample(&recorder, "archive/names.zip");
    assert_false(recorder_has(&recorder, "its directory speaks of"));
    recorder_clear(&recorder);
}

static void a_member_costs_something_even_if_it_is_empty(void **state)
{
    struct extract_limits limits = extract_limits_default;
    struct recorder recorder = {0};
    struct buf sample = corpus_load("archive/names.zip");

    (void)state;
    limits.total_bytes_max = CONTAINER_MEMBER_COST * 2 + 200;
    assert_int_equal(recorder_read_by(&recorder, &format_archive, buf_slice(&sample), &limits),
                     TQ_OK);
    assert_true(recorder.members < 3);
    assert_true(recorder_has(&recorder, "the members together are larger than they may be"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"archive/names.zip", "archive/link.tar.gz",
                                        "archive/list.csv.gz", "archive/list.csv.Z"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x.zip", (unsigned)sample.length, (unsigned)sample.length);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_with_their_dates_and_safe_names),
        cmocka_unit_test(links_are_noted_and_not_followed),
        cmocka_unit_test(a_compressed_file_is_its_one_member),
        cmocka_unit_test(what_is_compressed_twice_comes_out_layer_by_layer),
        cmocka_unit_test(a_bomb_is_stopped_by_its_ratio),
        cmocka_unit_test(the_number_of_members_is_limited),
        cmocka_unit_test(members_that_overlap_others_are_noted),
        cmocka_unit_test(a_member_costs_something_even_if_it_is_empty),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
