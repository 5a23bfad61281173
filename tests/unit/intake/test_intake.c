/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "intake/intake.h"
#include "ledger/ledger_verify.h"
#include "scratch.h"
#include "store/vault.h"

#define assert_ok(call)                                          \
    do {                                                         \
        struct tq_error err = {0};                               \
        int status_ = (call);                                    \
        if (status_ < 0)                                         \
            fail_msg("%s: %d: %s", #call, status_, err.message); \
    } while (0)

static int take_two(void **state, const char *first, const char *second,
                    struct intake_summary *out_summary, struct tq_error *err)
{
    const char *const evidence[] = {first, second};
    const struct intake_request request = {.evidence = evidence,
                                           .evidence_count = second ? 2 : 1,
                                           .source = "a channel",
                                           .by = "amina"};
    struct case_store *store = NULL;
    struct ledger *ledger = NULL;
    const char *folder = scratch_path(state, "case");
    int r;

    if (!case_is_case(folder))
        assert_int_equal(case_create(folder, SLICE_LITERAL("t"), err), TQ_OK);
    assert_int_equal(case_open(folder, true, &store, err), TQ_OK);
    assert_int_equal(ledger_open(scratch_path(state, "case/ledger.jsonl"), &ledger, err), TQ_OK);
    r = intake_take(store, ledger, &request, out_summary, err);
    (void)ledger_close(ledger);
    (void)case_close(store);
    return r;
}

static struct intake_summary take(void **state, const char *evidence)
{
    struct intake_summary summary = {0};

    assert_ok(take_two(state, evidence, NULL, &summary, &err));
    return summary;
}

static int gather_note(void *state, uint32_t exhibit, uint64_t place, struct slice text,
                       struct tq_error *err)
{
    (void)exhibit;
    (void)place;
    (void)err;
    buf_add_byte(state, '(');
    buf_add_slice(state, text);
    buf_add_byte(state, ')');
    return TQ_OK;
}

/* "path size(note)" of every exhibit; all bytes are in the vault, and the ledger is whole. */
static void assert_exhibits(void **state, const char *expected)
{
    CLEANUP(buf_clear_cleanup) struct buf seen = {0};
    struct case_store *store = NULL;
    struct exhibit_list list;
    uint64_t entries, faults;

    assert_ok(case_open(scratch_path(state, "case"), false, &store, &err));
    assert_ok(case_load_exhibits(store, &list, &err));
    for (size_t i = 0; i < list.count; i++) {
        buf_format(&seen, "%s %llu", list.items[i].path,
                   (unsigned long long)list.items[i].size_bytes);
        assert_ok(case_notes(store, list.items[i].number, gather_note, &seen, &err));
        buf_add_byte(&seen, '|');
        assert_ok(vault_check(scratch_path(state, "case"), list.items[i].sha256, &err));
    }
    buf_add_text(&seen, "");
    assert_string_equal(seen.data, expected);
    assert_ok(ledger_verify(scratch_path(state, "case/ledger.jsonl"), NULL, NULL, NULL, &entries,
                            &faults, &err));
    assert_int_equal(faults, 0);
    assert_true(entries >= list.count);
    exhibit_list_clear(&list);
    (void)case_close(store);
}

static void make_folder(void **state, const char *name)
{
    assert_int_equal(mkdir(scratch_path(state, name), 0700), 0);
}

static void touch(void **state, const char *name, const char *text)
{
    scratch_write(scratch_path(state, name), text, strlen(text));
}

static void a_folder_is_taken_by_paths_below_it(void **state)
{
    struct intake_summary summary;
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    CLEANUP(buf_clear_cleanup) struct buf ledger = {0};
    struct case_store *store = NULL;
    struct custody custody;
    char origin[PATH_MAX];

    make_folder(state, "e");
    make_folder(state, "e/rh");
    touch(state, "e/rh/b.csv", "1;2\n");
    touch(state, "e/a\n\xFF.txt", "");
    summary = take(state, scratch_path(state, "e"));
    assert_int_equal(summary.files, 2);
    assert_int_equal(summary.bytes, 4);
    assert_int_equal(summary.known, 0);
    assert_int_equal(summary.noted, 0);
    assert_exhibits(state, "a\n\xFF.txt 0|rh/b.csv 4|");

    assert_ok(case_open(scratch_path(state, "case"), false, &store, &err));
    assert_ok(case_get_custody(store, 2, &scratch, &custody, &err));
    assert_true(slice_is(custody.source, "a channel"));
    assert_true(slice_is(custody.by, "amina"));
    assert_int_equal(custody.taken.length, 20);
    (void)snprintf(origin, sizeof(origin), "%s/e/rh/b.csv", (const char *)*state);
    assert_true(slice_is(custody.origin, origin));
    (void)case_close(store);
    assert_ok(file_load(scratch_path(state, "case/ledger.jsonl"), SIZE_MAX, &ledger, &err));
    assert_non_null(strstr(ledger.data, "\"action\":\"take\""));
    assert_non_null(strstr(ledger.data, "xFF.txt\""));
}

static void taking_the_same_again_changes_nothing(void **state)
{
    struct intake_summary summary;
    CLEANUP(buf_clear_cleanup) struct buf before = {0};
    CLEANUP(buf_clear_cleanup) struct buf after = {0};

    make_folder(state, "e");
    touch(state, "e/a", "one");
    touch(state, "e/b", "two");
    assert_int_equal(symlink("a", scratch_path(state, "e/c")), 0);
    (void)take(state, scratch_path(state, "e"));
    assert_ok(file_load(scratch_path(state, "case/ledger.jsonl"), SIZE_MAX, &before, &err));
    summary = take(state, scratch_path(state, "e"));
    assert_int_equal(summary.files, 3);
    assert_int_equal(summary.known, 3);
    summary = take(state, scratch_path(state, "e/a"));
    assert_int_equal(summary.known, 1);
    assert_ok(file_load(scratch_path(state, "case/ledger.jsonl"), SIZE_MAX, &after, &err));
    assert_true(slice_equal(buf_slice(&before), buf_slice(&after)));
    assert_exhibits(state, "a 3|b 3|c 0(a symbolic link, not followed; it leads to a)|");

    touch(state, "e/a", "three");
    summary = take(state, scratch_path(state, "e"));
    assert_int_equal(summary.known, 2);
    assert_exhibits(state, "a 3|a~2 5|b 3|c 0(a symbolic link, not followed; it leads to a)|");
}

static void odd_files_become_exhibits_of_no_bytes_with_a_note(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct intake_summary summary;

    make_folder(state, "e");
    assert_int_equal(mkfifo(scratch_path(state, "e/pipe"), 0600), 0);
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch_path(state, "e/sock"));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    (void)close(fd);
    assert_int_equal(symlink("/nowhere", scratch_path(state, "e/dangling")), 0);
    assert_int_equal(symlink("..", scratch_path(state, "e/loop")), 0);
    summary = take(state, scratch_path(state, "e"));
    assert_int_equal(summary.noted, 4);
    assert_exhibits(state, "dangling 0(a symbolic link, not followed; it leads to /nowhere)|"
                           "loop 0(a symbolic link, not followed; it leads to ..)|"
                           "pipe 0(a named pipe: not read)|sock 0(a socket: not read)|");
    summary = take(state, scratch_path(state, "e/pipe"));
    assert_int_equal(summary.known, 1);
    summary = take(state, "/dev/null");
    assert_int_equal(summary.noted, 1);
}

static void a_file_that_cannot_be_opened_is_noted(void **state)
{
    if (geteuid() == 0)
        SKIP_BECAUSE("permissions do not bind root");
    make_folder(state, "e");
    touch(state, "e/secret", "x");
    make_folder(state, "e/locked");
    assert_int_equal(chmod(scratch_path(state, "e/secret"), 0), 0);
    assert_int_equal(chmod(scratch_path(state, "e/locked"), 0), 0);
    (void)take(state, scratch_path(state, "e"));
    assert_exhibits(state, "locked 0(a folder that could not be read: Permission denied)|"
                           "secret 0(could not be opened: Permission denied)|");
    assert_int_equal(chmod(scratch_path(state, "e/locked"), 0700), 0);
}

static void missing_evidence_is_an_error_before_anything_is_taken(void **state)
{
    struct intake_summary summary = {0};
    struct tq_error err = {0};

    touch(state, "a", "x");
    assert_int_equal(
        take_two(state, scratch_path(state, "a"), scratch_path(state, "no\nthing"), &summary, &err),
        TQ_E_IO);
    assert_non_null(strstr(err.message, "no\\u{000A}thing' could not be found: No such file"));
    assert_exhibits(state, "");
}

static void evidence_inside_the_case_is_an_error(void **state)
{
    struct intake_summary summary = {0};
    struct tq_error err = {0};

    make_folder(state, "e");
    touch(state, "e/a", "x");
    (void)take(state, scratch_path(state, "e"));
    assert_int_equal(take_two(state, scratch_path(state, "case/vault"), NULL, &summary, &err),
                     TQ_E_IO);
    assert_non_null(strstr(err.message, "is inside the case"));
    assert_int_equal(symlink("case/key", scratch_path(state, "innocent")), 0);
    assert_int_equal(take_two(state, scratch_path(state, "innocent"), NULL, &summary, &err),
                     TQ_E_IO);
    assert_non_null(strstr(err.message, "is inside the case"));
    assert_int_equal(take_two(state, scratch_path(state, "e/../case"), NULL, &summary, &err),
                     TQ_E_IO);
    assert_non_null(strstr(err.message, "is the case itself"));
    assert_exhibits(state, "a 1|");
}

static void a_case_inside_the_evidence_is_passed_over(void **state)
{
    struct intake_summary summary;

    touch(state, "a", "x");
    summary = take(state, *state); /* makes scratch/case first */
    assert_int_equal(summary.files, 1);
    assert_exhibits(state, "a 1|");
}

static void a_file_given_twice_is_one_exhibit(void **state)
{
    struct intake_summary summary = {0};

    make_folder(state, "e");
    touch(state, "e/a", "x");
    assert_ok(
        take_two(state, scratch_path(state, "e/a"), scratch_path(state, "e"), &summary, &err));
    assert_int_equal(summary.files, 2);
    assert_int_equal(summary.known, 1);
    assert_exhibits(state, "a 1|");
}

static void a_large_file_streams_and_is_known_again(void **state)
{
    const size_t size = ((size_t)3 << 20) + 17;
    CLEANUP(free_cleanup) char *bytes = malloc(size);
    struct intake_summary summary;

    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)hash_mix(i);
    scratch_write(scratch_path(state, "big"), bytes, size);
    summary = take(state, scratch_path(state, "big"));
    assert_int_equal(summary.bytes, size);
    summary = take(state, scratch_path(state, "big"));
    assert_int_equal(summary.known, 1);
    assert_exhibits(state, "big 3145745|");

    scratch_write(scratch_path(state, "even"), bytes, (size_t)1 << 20); /* just a block */
    (void)take(state, scratch_path(state, "even"));
    assert_exhibits(state, "big 3145745|even 1048576|");
}

static void grow(void *state, uint64_t files, uint64_t bytes)
{
    (void)files;
    (void)bytes;
    (void)state;
}

/* A file of the system that says it is empty and is not: as good as one that grew. */
static void a_file_that_changes_is_noted(void **state)
{
    const char *const evidence[] = {"/proc/self/status"};
    const struct intake_request request = {
        .evidence = evidence, .evidence_count = 1, .progress = grow};
    struct intake_summary summary;
    struct case_store *store = NULL;
    struct ledger *ledger = NULL;
    CLEANUP(buf_clear_cleanup) struct buf notes = {0};

    if (access(evidence[0], R_OK) != 0)
        SKIP_BECAUSE("there is no /proc/self/status");
    assert_ok(case_create(scratch_path(state, "case"), SLICE_LITERAL("t"), &err));
    assert_ok(case_open(scratch_path(state, "case"), true, &store, &err));
    assert_ok(ledger_open(scratch_path(state, "case/ledger.jsonl"), &ledger, &err));
    assert_ok(intake_take(store, ledger, &request, &summary, &err));
    assert_int_equal(summary.noted, 1);
    assert_true(summary.bytes > 100);
    assert_ok(case_notes(store, 1, gather_note, &notes, &err));
    assert_non_null(strstr(notes.data, "(changed while it was copied: 0 bytes before"));
    (void)ledger_close(ledger);
    (void)case_close(store);
}

static void take_until_killed(void **state)
{
    struct intake_summary summary;
    struct tq_error err;

    _exit(take_two(state, scratch_path(state, "e"), NULL, &summary, &err) < 0 ? 1 : 0);
}

/* Killed at any moment and run again: every file is there once, its bytes are whole, and the
 * ledger has no fault. */
static void a_kill_at_any_moment_loses_and_doubles_nothing(void **state)
{
    struct intake_summary summary;
    CLEANUP(buf_clear_cleanup) struct buf expected = {0};

    make_folder(state, "e");
    for (unsigned i = 0; i < 1200; i++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "e/%04u", i);
        touch(state, name, name);
        buf_format(&expected, "%04u 6|", i);
    }
    for (uint64_t round = 0; round < 12; round++) {
        const struct timespec wait = {0, (long)(hash_mix(round + 7) % 60000) * 1000};
        pid_t child;

        if (!case_is_case(scratch_path(state, "case")) && round > 0)
            continue;
        if (round == 0)
            assert_ok(case_create(scratch_path(state, "case"), SLICE_LITERAL("t"), &err));
        child = fork();
        assert_true(child >= 0);
        if (child == 0)
            take_until_killed(state);
        (void)nanosleep(&wait, NULL);
        (void)kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
    }
    summary = take(state, scratch_path(state, "e"));
    assert_int_equal(summary.files, 1200);
    assert_exhibits(state, expected.data);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_folder_is_taken_by_paths_below_it),
        TEST(taking_the_same_again_changes_nothing),
        TEST(odd_files_become_exhibits_of_no_bytes_with_a_note),
        TEST(a_file_that_cannot_be_opened_is_noted),
        TEST(missing_evidence_is_an_error_before_anything_is_taken),
        TEST(evidence_inside_the_case_is_an_error),
        TEST(a_case_inside_the_evidence_is_passed_over),
        TEST(a_file_given_twice_is_one_exhibit),
        TEST(a_large_file_streams_and_is_known_again),
        TEST(a_file_that_changes_is_noted),
        TEST(a_kill_at_any_moment_loses_and_doubles_nothing),
    };

    return cmocka_run_group_tests_name("intake/intake", tests, NULL, NULL);
}
