/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Loaded into pg_restore (LD_PRELOAD), where it closes the jail after all libraries are loaded and
 * before main(): from then on no file is opened. The dump becomes its input here as well, so that
 * without the jail there is none.
 */
#include "sandbox/restoration_jail.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sandbox/jail.h"

#define MEMORY_BYTES_MAX ((uint64_t)1 << 30) /* a hundred times what a large schema needs */
#define CPU_SECONDS_MAX  (6u * 3600u)        /* a backstop, should nobody be left to end it */

static bool enter(void)
{
    const struct rlimit seconds = {CPU_SECONDS_MAX, CPU_SECONDS_MAX};
    struct tq_error ignored;

    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && setrlimit(RLIMIT_CPU, &seconds) == 0
           && lseek(RESTORATION_DUMP_FD, 0, SEEK_SET) == 0
           && dup2(RESTORATION_DUMP_FD, STDIN_FILENO) == STDIN_FILENO
           && close(RESTORATION_DUMP_FD) == 0 && jail_enter(MEMORY_BYTES_MAX, &ignored) == TQ_OK;
}

__attribute__((constructor)) static void lock_in(void)
{
    if (!enter())
        _exit(1);
}
