/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* libmdb may be killed by a damaged page, which a reader survives as an exhibit's note: it runs in
 * a process of its own here, and only a hang is a finding. */
#include <signal.h>
#include <sys/wait.h>

#include "fuzz_extract.h"

#define SECONDS_MAX 15

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pid_t child = fork();
    int status = 0;

    if (child < 0)
        return 0;
    if (child == 0) {
        (void)alarm(SECONDS_MAX);
        (void)fuzz_format(&format_access, data, size);
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    assert(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM);
    return 0;
}
