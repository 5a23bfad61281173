/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A probe that goes to jail and tries to get out; every try is made in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/jail.h"

#define MEMORY ((uint64_t)1 << 30)

enum {
    REFUSED = 0,
    GOT_OUT = 10,
    NOT_JAILED = 11
};

/* Run `try` in a jailed child: its exit status, or -1 if it was killed. */
static int in_jail(bool (*attempt)(void))
{
    pid_t child = fork();
    int status = 0;

    assert_true(child >= 0);
    if (child == 0) {
        struct tq_error err;

        if (jail_enter(MEMORY, &err) < 0)
            _exit(NOT_JAILED);
        _exit(attempt() ? GOT_OUT : REFUSED);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool opens_a_file(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool writes_a_file(void)
{
    return open("/tmp/tahqiq-probe", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool stats_a_path(void)
{
    struct stat status;

    return stat("/etc/passwd", &status) == 0;
}

static bool connects(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool forks(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child > 0;
}

static bool executes(void)
{
    (void)execl("/bin/sh", "sh", "-c", "exit 10", (char *)NULL); /* 10: GOT_OUT */
    return false;
}

static bool traces(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

static bool reads_memory_of_others(void)
{
    char byte;
    struct iovec here = {&byte, 1};
    struct iovec there = {&byte, 1};

    return process_vm_readv(getppid(), &here, 1, &there, 1, 0) == 1;
}

static bool signals_the_parent(void)
{
    return kill(getppid(), 0) == 0;
}

static bool signals_the_parent_thread(void)
{
    return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
}

static bool signals_the_parent_by_descriptor(void)
{
    return fcntl(STDIN_FILENO, F_SETOWN, getppid()) == 0;
}

static bool limits_the_parent(void)
{
    struct rlimit limits;

    return prlimit(getppid(), RLIMIT_FSIZE, NULL, &limits) == 0;
}

static bool maps_executable_memory(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
           != MAP_FAILED;
}

static bool reads_its_own_descriptor(void)
{
    char byte;

    return read(STDIN_FILENO, &byte, 0) == 0;
}

static void every_way_out_is_refused(void **state)
{
    static bool (*const attempts[])(void) = {opens_a_file,
                                             writes_a_file,
                                             stats_a_path,
                                             connects,
                                             forks,
                                             traces,
                                             reads_memory_of_others,
                                             signals_the_parent,
                                             executes,
                                             maps_executable_memory,
                                             signals_the_parent_thread,
                                             signals_the_parent_by_descriptor,
                                             limits_the_parent};

    (void)state;
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
        assert_int_equal(in_jail(attempts[i]), REFUSED);
    assert_int_not_equal(access("/tmp/tahqiq-probe", F_OK), 0);
}

static void what_a_reader_needs_still_works(void **state)
{
    (void)state;
    assert_int_equal(in_jail(reads_its_own_descriptor), GOT_OUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_out_is_refused),
        cmocka_unit_test(what_a_reader_needs_still_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
