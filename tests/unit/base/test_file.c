/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../scratch.h"
#include "base/cleanup.h"
#include "base/file.h"

static size_t names_in(const char *folder)
{
    DIR *stream = opendir(folder);
    size_t count = 0;

    assert_non_null(stream);
    for (const struct dirent *entry = readdir(stream); entry; entry = readdir(stream))
        count += entry->d_name[0] != '.';
    (void)closedir(stream);
    return count;
}

static void assert_holds(const char *path, const char *text)
{
    CLEANUP(buf_clear_cleanup) struct buf content = {0};
    struct tq_error err;

    assert_int_equal(file_load(path, 100, &content, &err), TQ_OK);
    assert_true(slice_is(buf_slice(&content), text));
}

static void what_is_committed_replaces_the_old(void **state)
{
    CLEANUP(free_cleanup) char *temporary = NULL;
    struct tq_error err;
    struct stat status;
    int fd;

    (void)state;
    assert_int_equal(file_save("out", slice_of("old"), 0644, &err), TQ_OK);
    assert_int_equal(file_create_temporary("out", 0600, &temporary, &fd, &err), TQ_OK);
    assert_int_equal(file_write(fd, "new", 3, &err), TQ_OK);
    assert_holds("out", "old");
    assert_int_equal(file_commit(fd, temporary, "out", &err), TQ_OK);
    assert_holds("out", "new");
    assert_int_equal(stat("out", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(names_in("."), 1);
}

static void a_program_that_is_killed_leaves_nothing(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        char *temporary;
        struct tq_error err;
        int fd;

        if (file_create_temporary("out", 0600, &temporary, &fd, &err) < 0
            || file_write(fd, "half", 4, &err) < 0)
            _exit(1);
        (void)raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_holds("out", "new");
    assert_int_equal(names_in("."), 1);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    CLEANUP(free_cleanup) char *temporary = NULL;
    struct tq_error err;
    int fd;

    (void)state;
    assert_int_equal(file_create_temporary("none/out", 0600, &temporary, &fd, &err), TQ_E_IO);
    assert_null(temporary);
    assert_non_null(strstr(err.message, "could not create 'none/out'"));
}

/* Each file is named without a folder, as users do. */
static int enter(void **state)
{
    return scratch_setup(state) < 0 ? -1 : chdir(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_committed_replaces_the_old),
        cmocka_unit_test(a_program_that_is_killed_leaves_nothing),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };

    return cmocka_run_group_tests(tests, enter, scratch_teardown);
}
