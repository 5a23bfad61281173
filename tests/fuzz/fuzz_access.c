/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * libmdb may be killed by a damaged page, which a reader survives as an exhibit's note: it runs in
 * a process of its own here, and only a hang is a finding. Input that is no database is a list of
 * changes to one, four bytes each: where, and what stands there then.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "../unit/extract/access_sample.h"
#include "fuzz_counters.h"
#include "fuzz_extract.h"

#define SECONDS_MAX  15
#define CHANGE_BYTES 4u

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

static void read_one(const uint8_t *data, size_t size)
{
    struct buf file = {0};

    if (size >= CHANGE_BYTES && memcmp(data, "\0\1\0", 4) == 0) {
        (void)fuzz_format(&format_access, data, size);
        return;
    }
    file = make_database();
    for (size_t i = 0; i + CHANGE_BYTES <= size; i += CHANGE_BYTES) {
        size_t at = data[i] | (size_t)data[i + 1] << 8 | (size_t)data[i + 2] << 16;

        file.data[at % file.length] = (char)data[i + 3];
    }
    (void)fuzz_format(&format_access, (const uint8_t *)file.data, file.length);
    buf_clear(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *counters = shared_counters();
    pid_t child = fork();
    int status = 0;

    if (child < 0)
        return 0;
    if (child == 0) {
        (void)alarm(SECONDS_MAX);
        read_one(data, size);
        if (counters)
            memcpy(counters, fuzz_counters_start, counter_bytes());
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    assert(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM);
    if (counters && WIFEXITED(status))
        memcpy(fuzz_counters_start, counters, counter_bytes());
    return 0;
}
