/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ledger_fixture.h"

#include "base/cleanup.h"

struct heard {
    struct buf faults;
    uint64_t entries, last;
};

static void hear_fault(void *state, const char *message)
{
    struct heard *heard = state;

    buf_add_text(&heard->faults, message);
    buf_add_byte(&heard->faults, '\n');
}

static int hear_entry(void *state, uint64_t seq, struct slice line, struct tq_error *err)
{
    struct heard *heard = state;

    (void)err;
    assert_int_equal(line.data[line.length - 1], '}');
    heard->entries++;
    heard->last = seq;
    return TQ_OK;
}

static uint64_t faults_of(const char *path)
{
    uint64_t entries, faults;

    assert_ok(ledger_verify(path, NULL, NULL, NULL, &entries, &faults, &err));
    return faults;
}

static void a_whole_ledger_has_no_fault_and_every_entry_is_told(void **state)
{
    const char *path = scratch_path(state, "l");
    struct heard heard = {0};
    uint64_t entries, faults;

    fixture_append(path, 1000); /* more than a block */
    assert_ok(ledger_verify(path, hear_fault, hear_entry, &heard, &entries, &faults, &err));
    assert_int_equal(entries, 1000);
    assert_int_equal(faults, 0);
    assert_int_equal(heard.entries, 1000);
    assert_int_equal(heard.last, 1000);
    assert_fails(
        TQ_E_IO, "could not open",
        ledger_verify(scratch_path(state, "none"), NULL, NULL, NULL, &entries, &faults, &err));
}

static void a_flipped_bit_in_any_byte_is_a_fault(void **state)
{
    static const unsigned bits[] = {0, 5, 7}; /* 5: upper case for lower case */
    const char *path = scratch_path(state, "l"), *changed = scratch_path(state, "c");
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    fixture_append(path, 3);
    fixture_load(path, &text);
    for (size_t i = 0; i < text.length; i++) {
        for (unsigned b = 0; b < 3; b++) {
            text.data[i] ^= (char)(1u << bits[b]);
            scratch_write(changed, text.data, text.length);
            if (faults_of(changed) == 0)
                fail_msg("byte %zu, bit %u: no fault", i, bits[b]);
            text.data[i] ^= (char)(1u << bits[b]);
        }
    }
}

static void every_cut_but_between_lines_is_a_fault(void **state)
{
    const char *path = scratch_path(state, "l"), *changed = scratch_path(state, "c");
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    fixture_append(path, 3);
    fixture_load(path, &text);
    for (size_t length = 1; length < text.length; length++) {
        scratch_write(changed, text.data, length);
        assert_int_equal(faults_of(changed) > 0, text.data[length - 1] != '\n');
    }
}

static void removed_moved_and_repeated_lines_are_faults(void **state)
{
    static const unsigned orders[][3] = {{1, 2, 9}, {0, 2, 9}, {1, 0, 2},
                                         {0, 2, 1}, {0, 0, 1}, {0, 1, 1}};
    const char *path = scratch_path(state, "l"), *changed = scratch_path(state, "c");
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct slice lines[3], left;

    fixture_append(path, 3);
    fixture_load(path, &text);
    left = buf_slice(&text);
    for (size_t i = 0; i < 3; i++) {
        size_t length =
            (size_t)((const char *)memchr(left.data, '\n', left.length) - left.data) + 1;

        lines[i] = slice_make(left.data, length);
        left = slice_skip(left, length);
    }
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        CLEANUP(buf_clear_cleanup) struct buf other = {0};

        for (size_t j = 0; j < 3; j++)
            if (orders[i][j] < 3)
                buf_add_slice(&other, lines[orders[i][j]]);
        scratch_write(changed, other.data, other.length);
        assert_true(faults_of(changed) > 0);
    }
}

static void one_changed_entry_is_one_fault_that_names_its_line(void **state)
{
    const char *path = scratch_path(state, "l");
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct heard heard = {0};
    uint64_t entries, faults;
    char *second;

    fixture_append(path, 5);
    fixture_load(path, &text);
    second = strstr(strchr(text.data, '\n'), "\"a\":1");
    second[4] = '2';
    scratch_write(path, text.data, text.length);
    assert_ok(ledger_verify(path, hear_fault, hear_entry, &heard, &entries, &faults, &err));
    assert_int_equal(faults, 1);
    assert_int_equal(entries, 4);
    assert_string_equal(heard.faults.data,
                        "line 2: the hash does not match: the entry was changed\n");
    buf_clear(&heard.faults);
}

static void any_other_file_is_faults_and_no_crash(void **state)
{
    static const char *const texts[] = {"\n", "{}\n", "x", "null\n[]\n",
                                        "{\"seq\":1,\"time\":\"\"}\n\n\n"};
    const char *path = scratch_path(state, "l");

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        scratch_write(path, texts[i], strlen(texts[i]));
        assert_true(faults_of(path) > 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_whole_ledger_has_no_fault_and_every_entry_is_told),
        TEST(a_flipped_bit_in_any_byte_is_a_fault),
        TEST(every_cut_but_between_lines_is_a_fault),
        TEST(removed_moved_and_repeated_lines_are_faults),
        TEST(one_changed_entry_is_one_fault_that_names_its_line),
        TEST(any_other_file_is_faults_and_no_crash),
    };

    return cmocka_run_group_tests_name("ledger/ledger_verify", tests, NULL, NULL);
}
