/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ledger_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"

static void assert_whole(const char *path, uint64_t expected)
{
    uint64_t entries, faults;

    assert_ok(ledger_verify(path, NULL, NULL, NULL, &entries, &faults, &err));
    assert_int_equal(faults, 0);
    assert_int_equal(entries, expected);
}

static void entries_are_chained_over_reopening(void **state)
{
    const char *path = scratch_path(state, "l");

    fixture_append(path, 0);
    assert_whole(path, 0);
    fixture_append(path, 3);
    assert_whole(path, 3);
    fixture_append(path, 2);
    assert_whole(path, 5);
    assert_null(ledger_close(NULL));
}

static void a_line_looks_as_documented(void **state)
{
    const char *path = scratch_path(state, "l");
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct ledger *ledger = NULL;

    assert_ok(ledger_open(path, &ledger, &err));
    assert_ok(ledger_append(ledger, "a \"b\"", SLICE_LITERAL(" {\"x\" :\n [1, \"\\n\xC3\xA9\"]} "),
                            &err));
    (void)ledger_close(ledger);
    fixture_load(path, &text);
    assert_int_equal(strncmp(text.data, "{\"seq\":1,\"time\":\"", 17), 0);
    assert_non_null(strstr(text.data,
                           "Z\",\"action\":\"a \\\"b\\\"\",\"detail\":{\"x\":[1,\"\\n\xC3\xA9\"]},"
                           "\"prev\":\"0000"));
    assert_int_equal(strchr(text.data, '\n') - text.data, text.length - 1);
    assert_whole(path, 1);
}

static void a_detail_that_is_no_object_is_refused(void **state)
{
    struct ledger *ledger = NULL;

    assert_ok(ledger_open(scratch_path(state, "l"), &ledger, &err));
    assert_fails(TQ_E_USAGE, "no JSON", ledger_append(ledger, "x", SLICE_LITERAL("{"), &err));
    assert_fails(TQ_E_USAGE, "no JSON object",
                 ledger_append(ledger, "x", SLICE_LITERAL("[1]"), &err));
    assert_fails(TQ_E_USAGE, "no JSON",
                 ledger_append(ledger, "x", SLICE_LITERAL("{\"a\":1,\"a\":2}"), &err));
    assert_fails(TQ_E_USAGE, "no JSON",
                 ledger_append(ledger, "x", SLICE_LITERAL("{\"a\":\"\xFF\"}"), &err));
    (void)ledger_close(ledger);
    assert_whole(scratch_path(state, "l"), 0);
}

/* Cut a ledger of two entries at every length: opening recovers, and the chain is whole. */
static void a_torn_tail_is_cut_and_told_at_every_length(void **state)
{
    const char *whole = scratch_path(state, "whole");
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    size_t first;

    fixture_append(whole, 2);
    fixture_load(whole, &text);
    first = (size_t)(strchr(text.data, '\n') - text.data) + 1;
    for (size_t length = 0; length <= text.length; length++) {
        const char *path = scratch_path(state, "cut");
        CLEANUP(buf_clear_cleanup) struct buf after = {0};
        bool torn = length != 0 && length != first && length != text.length;
        unsigned kept = length == text.length ? 2 : length >= first ? 1 : 0;

        scratch_write(path, text.data, length);
        fixture_append(path, 0);
        assert_whole(path, kept + torn);
        fixture_load(path, &after);
        assert_int_equal(strstr(after.data, "\"action\":\"recovered\"") != NULL, torn);
        fixture_append(path, 1);
        assert_whole(path, kept + torn + 1);
    }
}

static unsigned lines_within(struct slice text)
{
    unsigned count = 0;

    for (size_t i = 0; i < text.length; i++)
        count += text.data[i] == '\n';
    return count;
}

/* A power cut may keep what was written last and lose what was written before. */
static void from_a_lost_sector_on_entries_are_cut_and_told(void **state)
{
    enum {
        SECTOR_BYTES = 512,
        ENTRIES = 12
    };
    const char *whole = scratch_path(state, "whole");
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    fixture_append(whole, ENTRIES);
    fixture_load(whole, &text);
    for (size_t at = 0; at < text.length; at += SECTOR_BYTES) {
        const char *path = scratch_path(state, "hole");
        const size_t length = at + SECTOR_BYTES < text.length ? SECTOR_BYTES : text.length - at;
        const unsigned kept = lines_within(slice_make(text.data, at));
        CLEANUP(buf_clear_cleanup) struct buf damaged = {0};

        buf_add_slice(&damaged, buf_slice(&text));
        memset(damaged.data + at, 0, length);
        scratch_write(path, damaged.data, damaged.length);
        fixture_append(path, 0);
        assert_whole(path, kept + 1);
        fixture_load(path, &damaged);
        assert_non_null(strstr(damaged.data, "\"action\":\"recovered\",\"detail\":{\"cut_bytes\""));
        fixture_append(path, 1);
        assert_whole(path, kept + 2);
    }
}

/* Where everything had been synced, zeros are somebody's doing: they stay, and are told. */
static void zeros_that_no_power_cut_can_explain_stay(void **state)
{
    enum {
        DETAIL_BYTES = 500000,
        ENTRIES = 14
    };
    const char *path = scratch_path(state, "l");
    CLEANUP(buf_clear_cleanup) struct buf detail = {0}, text = {0};
    struct ledger *ledger = NULL;
    uint64_t entries, faults;
    size_t length;

    buf_add_text(&detail, "{\"a\":\"");
    memset(buf_extend(&detail, DETAIL_BYTES), 'x', DETAIL_BYTES);
    buf_add_text(&detail, "\"}");
    assert_ok(ledger_open(path, &ledger, &err));
    for (unsigned i = 0; i < ENTRIES; i++)
        assert_ok(ledger_add(ledger, "test", buf_slice(&detail), &err));
    (void)ledger_close(ledger);

    fixture_load(path, &text);
    length = text.length;
    memset(text.data + DETAIL_BYTES / 2, 0, 512);
    scratch_write(path, text.data, length);
    fixture_append(path, 0);
    fixture_load(path, &text);
    assert_int_equal(text.length, length);
    assert_ok(ledger_verify(path, NULL, NULL, NULL, &entries, &faults, &err));
    assert_true(faults > 0);
}

static void nothing_is_appended_to_a_ledger_that_makes_no_sense(void **state)
{
    const char *path = scratch_path(state, "l");
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct ledger *ledger = NULL;

    scratch_write(path, "a shopping list\n", 16);
    assert_fails(TQ_E_KEY, "is no entry", ledger_open(path, &ledger, &err));
    (void)remove(path);
    fixture_append(path, 2);
    fixture_load(path, &text);
    text.data[text.length - 90] ^= 1;
    scratch_write(path, text.data, text.length);
    assert_fails(TQ_E_KEY, "is no entry", ledger_open(path, &ledger, &err));
    assert_fails(TQ_E_IO, "could not open",
                 ledger_open(scratch_path(state, "no/such/folder"), &ledger, &err));
}

static void a_detail_of_a_megabyte_is_found_again(void **state)
{
    const char *path = scratch_path(state, "l");
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};
    struct ledger *ledger = NULL;

    buf_add_text(&detail, "{\"x\":\"");
    for (unsigned i = 0; i < 1u << 20; i++)
        buf_add_byte(&detail, 'x');
    buf_add_text(&detail, "\"}");
    assert_ok(ledger_open(path, &ledger, &err));
    assert_ok(ledger_append(ledger, "long", buf_slice(&detail), &err));
    (void)ledger_close(ledger);
    fixture_append(path, 1);
    assert_whole(path, 2);
    assert_ok(ledger_open(path, &ledger, &err));
    assert_ok(ledger_append(ledger, "long", buf_slice(&detail), &err));
    (void)ledger_close(ledger);
    fixture_append(path, 1);
    assert_whole(path, 4);
}

static int append_some(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    (void)thread;
    if (index % 10 == 0)
        return ledger_append(state, "synced", SLICE_LITERAL("{}"), err);
    return ledger_add(state, "added", SLICE_LITERAL("{}"), err);
}

static void threads_and_processes_append_to_one_chain(void **state)
{
    const char *path = scratch_path(state, "l");
    struct ledger *ledger = NULL;
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        struct tq_error err;
        int r = ledger_open(path, &ledger, &err);

        if (r == TQ_OK)
            r = pool_run(2, 200, append_some, ledger, &err);
        _exit(r == TQ_OK ? 0 : 1);
    }
    assert_ok(ledger_open(path, &ledger, &err));
    assert_ok(pool_run(4, 200, append_some, ledger, &err));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_ok(ledger_append(ledger, "last", SLICE_LITERAL("{}"), &err));
    (void)ledger_close(ledger);
    assert_whole(path, 401);
}

static void every_failed_allocation_is_told_and_leaves_a_whole_chain(void **state)
{
    const char *path = scratch_path(state, "l");
    uint64_t expected = 1;

    fixture_append(path, 1);
    for (unsigned nth = 1;; nth++) {
        struct ledger *ledger = NULL;
        struct tq_error err = {0};
        int r;

        alloc_fail_nth(nth);
        r = ledger_open(path, &ledger, &err);
        if (r == TQ_OK)
            r = ledger_append(ledger, "x", SLICE_LITERAL("{}"), &err);
        alloc_fail_nth(0);
        (void)ledger_close(ledger);
        assert_whole(path, expected + (r == TQ_OK));
        if (r == TQ_OK) {
            assert_true(nth > 3);
            break;
        }
        assert_int_equal(r, TQ_E_NOMEM);
    }
}

/* A limit on the size of files stands in for a full disk: write() stops halfway. */
static void a_full_disk_leaves_a_whole_chain(void **state)
{
    const char *path = scratch_path(state, "l");
    pid_t child;
    int status;

    fixture_append(path, 1);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit limit = {1000, 1000};
        struct ledger *ledger = NULL;
        struct tq_error err = {0};
        int r = ledger_open(path, &ledger, &err);

        (void)signal(SIGXFSZ, SIG_IGN);
        (void)setrlimit(RLIMIT_FSIZE, &limit);
        while (r == TQ_OK)
            r = ledger_append(ledger, "x", SLICE_LITERAL("{}"), &err);
        _exit(r == TQ_E_IO && strstr(err.message, "could not write the ledger") ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_whole(path, 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(entries_are_chained_over_reopening),
        TEST(a_line_looks_as_documented),
        TEST(a_detail_that_is_no_object_is_refused),
        TEST(a_torn_tail_is_cut_and_told_at_every_length),
        TEST(from_a_lost_sector_on_entries_are_cut_and_told),
        TEST(zeros_that_no_power_cut_can_explain_stay),
        TEST(nothing_is_appended_to_a_ledger_that_makes_no_sense),
        TEST(a_detail_of_a_megabyte_is_found_again),
        TEST(threads_and_processes_append_to_one_chain),
        TEST(every_failed_allocation_is_told_and_leaves_a_whole_chain),
        TEST(a_full_disk_leaves_a_whole_chain),
    };

    return cmocka_run_group_tests_name("ledger/ledger", tests, NULL, NULL);
}
