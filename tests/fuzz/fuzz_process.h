/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_FUZZ_PROCESS_H
#define TESTS_FUZZ_PROCESS_H

/*
 * Inputs in a process of their own, for libraries that read where nothing is when a file is
 * damaged: that costs an exhibit its reader, which is noted, so it is no finding; a hang is one,
 * and so is what a sanitizer or an assertion says. What was reached is handed back by the counters
 * of libFuzzer. Link fuzz_counters.c as well.
 */
#include <assert.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz_counters.h"

#define FUZZ_SECONDS_MAX 15

static size_t counter_bytes(void)
{
    return (size_t)((uintptr_t)fuzz_counters_end - (uintptr_t)fuzz_counters_start);
}

/* The process hands back what it reached. */
static uint8_t *shared_counters(void)
{
    static uint8_t *shared;

    if (!shared && counter_bytes() > 0) {
        shared =
            mmap(NULL, counter_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert(shared != MAP_FAILED);
    }
    return shared;
}

static int fuzz_in_process(void (*read_one)(const uint8_t *data, size_t size), const uint8_t *data,
                           size_t size)
{
    uint8_t *counters = shared_counters();
    pid_t child = fork();
    int status = 0;

    if (child < 0)
        return 0;
    if (child == 0) {
        (void)signal(SIGSEGV, SIG_DFL); /* no report of what is no finding */
        (void)signal(SIGBUS, SIG_DFL);
        (void)alarm(FUZZ_SECONDS_MAX);
        read_one(data, size);
        if (counters)
            memcpy(counters, fuzz_counters_start, counter_bytes());
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    assert(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM);
    assert(!WIFEXITED(status) || WEXITSTATUS(status) == 0); /* a sanitizer, or an assertion */
    if (counters && WIFEXITED(status))
        memcpy(fuzz_counters_start, counters, counter_bytes());
    return 0;
}

#endif
