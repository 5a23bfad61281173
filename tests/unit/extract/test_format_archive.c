/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <string.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

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

/* Lines that do not repeat. */
static void make_list(struct buf *out, unsigned lines)
{
    uint32_t value = 1;

    for (unsigned i = 0; i < lines; i++) {
        value = value * 1664525 + 1013904223;
        buf_format(out, "AB%u;%u\n", i, value);
    }
}

static void compress_gzip(struct slice text, struct buf *out)
{
    z_stream z = {.next_in = (const Bytef *)text.data, .avail_in = (uInt)text.length};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.avail_out = (uInt)deflateBound(&z, text.length);
    z.next_out = (Bytef *)buf_extend(out, z.avail_out);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->length = z.total_out;
    (void)deflateEnd(&z);
}

static void compress_zstd(struct slice text, struct buf *out)
{
    size_t bound = ZSTD_compressBound(text.length);
    char *room = buf_extend(out, bound);

    out->length = ZSTD_compress(room, bound, text.data, text.length, 3);
}

/* How many bytes come out of the first `length` ones. */
static uint64_t bytes_of_cut(struct slice packed, size_t length)
{
    struct recorder recorder = {0};
    uint64_t bytes;

    assert_int_equal(recorder_read(&recorder, slice_make(packed.data, length), "x.gz"), TQ_OK);
    assert_true(recorder_has(&recorder, "note @0 damaged "));
    assert_true(recorder_has(&recorder, "member x\n"));
    assert_true(recorder_has(&recorder, " bytes, damaged\n"));
    assert_int_equal(recorder.members, 1);
    bytes = recorder.member_bytes;
    recorder_clear(&recorder);
    return bytes;
}

static void what_comes_before_a_cut_is_kept(void **state)
{
    struct buf text = {0}, gzip = {0}, zstd = {0};
    uint64_t share;

    (void)state;
    make_list(&text, 40000);
    compress_gzip(buf_slice(&text), &gzip);
    compress_zstd(buf_slice(&text), &zstd);
    for (size_t tenths = 1; tenths < 10; tenths++) {
        share = bytes_of_cut(buf_slice(&gzip), gzip.length * tenths / 10);
        assert_true(share > text.length * (tenths - 1) / 10 && share < text.length);
    }
    share = bytes_of_cut(buf_slice(&zstd), zstd.length / 2);
    assert_true(share >= text.length / 2 - (256 << 10) && share >= 128 << 10);
    assert_true(bytes_of_cut(buf_slice(&gzip), 2000) > 500); /* less than libarchive looks at */
    buf_clear(&text);
    buf_clear(&gzip);
    buf_clear(&zstd);
}

static void damage_costs_only_what_is_behind_it(void **state)
{
    struct buf text = {0}, gzip = {0};

    (void)state;
    make_list(&text, 3000);
    compress_gzip(buf_slice(&text), &gzip);
    memmove(gzip.data + gzip.length / 2, gzip.data, gzip.length / 2); /* what decodes to nothing */
    assert_true(bytes_of_cut(buf_slice(&gzip), gzip.length) > text.length / 3);
    torture(buf_slice(&gzip), "x.gz", 100, 200);
    buf_clear(&text);
    buf_clear(&gzip);
}

static void what_is_lost_to_libarchive_is_under_the_limits_too(void **state)
{
    struct extract_limits limits = extract_limits_default;
    struct recorder recorder = {0};
    struct buf text = {0}, gzip = {0};

    (void)state;
    make_list(&text, 9000);
    compress_gzip(buf_slice(&text), &gzip);
    limits.member_bytes_max = 1000;
    assert_int_equal(recorder_read_by(&recorder, &format_archive,
                                      slice_make(gzip.data, gzip.length / 2), &limits),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "a member is larger than a member may be"));
    assert_true(recorder.member_bytes <= 1000);
    recorder_clear(&recorder);
    buf_clear(&text);
    buf_clear(&gzip);
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
        cmocka_unit_test(what_comes_before_a_cut_is_kept),
        cmocka_unit_test(damage_costs_only_what_is_behind_it),
        cmocka_unit_test(what_is_lost_to_libarchive_is_under_the_limits_too),
        cmocka_unit_test(the_number_of_members_is_limited),
        cmocka_unit_test(members_that_overlap_others_are_noted),
        cmocka_unit_test(a_member_costs_something_even_if_it_is_empty),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
