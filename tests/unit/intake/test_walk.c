/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>

#include "base/buf.h"
#include "base/file.h"
#include "intake/walk.h"
#include "scratch.h"

#define DEEP 1500u /* folders of three letters: longer than PATH_MAX, more than may be open */

static void assert_walk(const char *root, const struct stat *passed_over, const char *expected)
{
    struct walk *walk = NULL;
    struct walk_entry entry;
    struct tq_error err = {0};
    struct buf seen = {0};
    bool more;

    buf_add_text(&seen, "");
    assert_int_equal(walk_open(root, passed_over, &walk, &err), TQ_OK);
    for (;;) {
        struct stat info;

        assert_int_equal(walk_next(walk, &more, &entry, &err), TQ_OK);
        if (!more)
            break;
        buf_add_slice(&seen, entry.path);
        if (entry.failed)
            buf_format(&seen, "!%d", entry.failed);
        else
            assert_int_equal(fstatat(entry.folder_fd, entry.name, &info, AT_SYMLINK_NOFOLLOW), 0);
        buf_add_byte(&seen, '|');
    }
    assert_int_equal(walk_next(walk, &more, &entry, &err), TQ_OK);
    assert_false(more);
    assert_null(walk_close(walk));
    assert_string_equal(seen.data, expected);
    buf_clear(&seen);
}

static void touch(void **state, const char *name)
{
    scratch_write(scratch_path(state, name), "x", 1);
}

static void names_come_in_bytewise_order_whatever_bytes_they_have(void **state)
{
    const struct stat nothing = {0};

    assert_int_equal(mkdir(scratch_path(state, "b"), 0700), 0);
    assert_int_equal(mkdir(scratch_path(state, "b/empty"), 0700), 0);
    touch(state, "b/z");
    touch(state, "b/a");
    touch(state, "b.txt");
    touch(state, "B");
    touch(state, "new\nline");
    touch(state, "\xFF\xFE");
    touch(state, "\xC3\xA9");
    assert_int_equal(symlink(".", scratch_path(state, "c")), 0);
    assert_walk(*state, &nothing, "B|b/a|b/z|b.txt|c|new\nline|\xC3\xA9|\xFF\xFE|");
}

static void the_folder_to_pass_over_is_passed_over(void **state)
{
    struct stat info;

    assert_int_equal(mkdir(scratch_path(state, "case"), 0700), 0);
    touch(state, "case/case.db");
    touch(state, "a");
    assert_int_equal(stat(scratch_path(state, "case"), &info), 0);
    assert_walk(*state, &info, "a|");
}

static void a_folder_that_cannot_be_read_is_told(void **state)
{
    const struct stat nothing = {0};
    char expected[32];

    if (geteuid() == 0)
        SKIP_BECAUSE("permissions do not bind root");
    assert_int_equal(mkdir(scratch_path(state, "locked"), 0700), 0);
    touch(state, "locked/a");
    touch(state, "z");
    assert_int_equal(chmod(scratch_path(state, "locked"), 0), 0);
    (void)snprintf(expected, sizeof(expected), "locked!%d|z|", EACCES);
    assert_walk(*state, &nothing, expected);
    assert_int_equal(chmod(scratch_path(state, "locked"), 0700), 0);
}

static void a_very_deep_folder_is_walked_to_its_end(void **state)
{
    const struct stat nothing = {0};
    struct buf expected = {0};
    int fd = open(*state, O_RDONLY | O_DIRECTORY), next;

    for (unsigned i = 0; i < DEEP; i++) {
        assert_int_equal(mkdirat(fd, "abc", 0700), 0);
        next = openat(fd, "abc", O_RDONLY | O_DIRECTORY);
        assert_true(next >= 0);
        (void)close(fd);
        fd = next;
        buf_add_text(&expected, "abc/");
    }
    next = openat(fd, "file", O_WRONLY | O_CREAT, 0600);
    assert_true(next >= 0);
    (void)close(next);
    buf_add_text(&expected, "file|z|");
    touch(state, "z");
    assert_walk(*state, &nothing, expected.data);
    buf_clear(&expected);

    /* nftw() cannot remove what has a longer path than PATH_MAX. */
    assert_int_equal(unlinkat(fd, "file", 0), 0);
    for (unsigned i = 0; i < DEEP; i++) {
        next = openat(fd, "..", O_RDONLY | O_DIRECTORY);
        (void)close(fd);
        fd = next;
        assert_int_equal(unlinkat(fd, "abc", AT_REMOVEDIR), 0);
    }
    (void)close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(names_come_in_bytewise_order_whatever_bytes_they_have),
        TEST(the_folder_to_pass_over_is_passed_over),
        TEST(a_folder_that_cannot_be_read_is_told),
        TEST(a_very_deep_folder_is_walked_to_its_end),
    };

    return cmocka_run_group_tests_name("intake/walk", tests, NULL, NULL);
}
