/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "case_fixture.h"

#include <fcntl.h>

#include "store/pack.h"

static struct pack_entry append(struct pack *pack, uint32_t owner, const char *text)
{
    struct pack_entry entry = {.kind = PACK_ROWS, .owner = owner};
    struct buf bytes = {0};

    pack_begin(&bytes);
    buf_add_text(&bytes, text);
    assert_ok(pack_append(pack, &bytes, &entry, &err));
    buf_clear(&bytes);
    return entry;
}

static void what_is_appended_can_be_loaded(void **state)
{
    struct pack pack;
    struct pack_entry first, second;
    char memory[256];

    assert_ok(pack_open(scratch_path(state, "p"), true, &pack, &err));
    first = append(&pack, 1, "hello");
    second = append(&pack, 2, "");
    assert_ok(pack_load(&pack, &first, memory, &err));
    assert_memory_equal(memory + PACK_HEADER_BYTES, "hello", 5);
    assert_ok(pack_load(&pack, &second, memory, &err));
    assert_int_equal(second.length, PACK_HEADER_BYTES);
    pack_close(&pack);
}

static void every_flipped_byte_is_noticed(void **state)
{
    const char *path = scratch_path(state, "p");
    struct pack pack;
    struct pack_entry entry;
    char memory[256];

    assert_ok(pack_open(path, true, &pack, &err));
    entry = append(&pack, 7, "the quick brown fox jumps over the lazy dog, and then some more");
    for (uint64_t i = 0; i < entry.length; i++) {
        uint8_t byte, flipped;

        assert_int_equal(pread(pack.fd, &byte, 1, (off_t)(entry.offset + i)), 1);
        flipped = byte ^ 0x10;
        assert_int_equal(pwrite(pack.fd, &flipped, 1, (off_t)(entry.offset + i)), 1);
        assert_fails(TQ_E_KEY, "cache is damaged", pack_load(&pack, &entry, memory, &err));
        assert_int_equal(pwrite(pack.fd, &byte, 1, (off_t)(entry.offset + i)), 1);
    }
    assert_ok(pack_load(&pack, &entry, memory, &err));
    pack_close(&pack);
}

static void a_cut_file_is_noticed(void **state)
{
    struct pack pack;
    struct pack_entry entry;
    char memory[256];

    assert_ok(pack_open(scratch_path(state, "p"), true, &pack, &err));
    entry = append(&pack, 7, "some text");
    assert_int_equal(ftruncate(pack.fd, (off_t)(entry.offset + entry.length - 1)), 0);
    assert_fails(TQ_E_KEY, "ends too early", pack_load(&pack, &entry, memory, &err));
    pack_close(&pack);
}

static void another_entry_in_its_place_is_noticed(void **state)
{
    struct pack pack;
    struct pack_entry entry;
    char memory[256];

    assert_ok(pack_open(scratch_path(state, "p"), true, &pack, &err));
    entry = append(&pack, 7, "some text");
    entry.owner = 8;
    assert_fails(TQ_E_KEY, "another entry", pack_load(&pack, &entry, memory, &err));
    pack_close(&pack);
}

static void a_foreign_file_is_refused(void **state)
{
    struct pack pack;

    scratch_write(scratch_path(state, "p"), "something else altogether", 25);
    assert_fails(TQ_E_KEY, "does not start as one",
                 pack_open(scratch_path(state, "p"), true, &pack, &err));
}

static void cutting_forgets_the_end(void **state)
{
    struct pack pack;
    struct pack_entry first, second;
    char memory[256];

    assert_ok(pack_open(scratch_path(state, "p"), true, &pack, &err));
    first = append(&pack, 1, "first");
    (void)append(&pack, 2, "never committed");
    assert_ok(pack_cut(&pack, first.offset + first.length, &err));
    second = append(&pack, 3, "second");
    assert_true(second.offset < first.offset + first.length + PACK_ALIGNMENT);
    assert_ok(pack_load(&pack, &first, memory, &err));
    assert_ok(pack_load(&pack, &second, memory, &err));
    pack_close(&pack);
}

static void the_checksum_depends_on_every_byte_and_the_length(void **state)
{
    uint8_t bytes[100] = {0};
    uint64_t seen[101];

    (void)state;
    for (size_t i = 0; i <= 100; i++) {
        seen[i] = pack_checksum(bytes, i);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(seen[i], seen[j]);
    }
    for (size_t i = 0; i < 100; i++) {
        bytes[i] = 1;
        assert_int_not_equal(pack_checksum(bytes, 100), seen[100]);
        bytes[i] = 0;
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_appended_can_be_loaded),
        TEST(every_flipped_byte_is_noticed),
        TEST(a_cut_file_is_noticed),
        TEST(another_entry_in_its_place_is_noticed),
        TEST(a_foreign_file_is_refused),
        TEST(cutting_forgets_the_end),
        TEST(the_checksum_depends_on_every_byte_and_the_length),
    };

    return cmocka_run_group_tests_name("store/pack", tests, NULL, NULL);
}
