/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A probe in the place of pg_restore: the dump, the script, the jail, and every way to end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "sandbox/restoration.h"

static char probe[] = PROBE, jail[] = JAIL, no_jail[] = JAIL ".missing";

/* What the probe says of `dump` (a part of it), and how it ended. */
static enum restoration_end restore(const char *dump, char *jail_path, bool was_read,
                                    char out_said[64])
{
    const struct restoration_tools tools = {.program = probe, .jail = jail_path};
    int fd = memfd_create("dump", MFD_CLOEXEC);
    struct restoration restoration;
    enum restoration_end end;
    struct tq_error err;
    ssize_t got;

    assert_true(fd >= 0);
    assert_int_equal(file_write(fd, dump, strlen(dump), &err), TQ_OK);
    assert_int_equal(restoration_start(&tools, fd, &restoration, &err), TQ_OK);
    got = read(restoration.script, out_said, 63);
    assert_true(got >= 0);
    out_said[got] = '\0';
    end = restoration_stop(&restoration, was_read);
    assert_int_equal(close(fd), 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* it was collected */
    return end;
}

static void it_reads_the_dump_and_gets_nowhere_else(void **state)
{
    char said[64];

    (void)state;
    assert_int_equal(restore("dump", jail, true, said), RESTORATION_WHOLE);
    assert_string_equal(said, "--file=- dump 0\n");
}

static void without_the_jail_there_is_nothing_to_read(void **state)
{
    char said[64];

    (void)state;
    assert_int_equal(restore("dump", no_jail, true, said), RESTORATION_WHOLE);
    assert_string_equal(said, "--file=-  -1\n");
}

static void every_end_is_told(void **state)
{
    static const struct {
        const char *dump;
        bool was_read;
        enum restoration_end end;
    } ends[] = {
        {"fail", true, RESTORATION_FAILED},   {"crash", true, RESTORATION_FAILED},
        {"hang", false, RESTORATION_UNREAD},  {"loop", false, RESTORATION_UNREAD},
        {"flood", false, RESTORATION_UNREAD}, {"flood", true, RESTORATION_UNREAD},
    };
    char said[64];

    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        assert_int_equal(restore(ends[i].dump, jail, ends[i].was_read, said), ends[i].end);
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
    static char missing[] = "/nonexistent/pg_restore";
    const struct restoration_tools tools = {.program = missing, .jail = jail};
    struct restoration restoration;
    struct tq_error err;

    (void)state;
    assert_int_equal(restoration_start(&tools, 0, &restoration, &err), TQ_E_IO);
    assert_non_null(strstr(err.message, missing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_the_dump_and_gets_nowhere_else),
        cmocka_unit_test(without_the_jail_there_is_nothing_to_read),
        cmocka_unit_test(every_end_is_told),
        cmocka_unit_test(a_program_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
