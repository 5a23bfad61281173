/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

/* A folder for one test: made by scratch_setup(), removed with all in it by scratch_teardown().
 * Use with cmocka_unit_test_setup_teardown(); *state is the path. */

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Leave a test that this machine cannot run, and say why: tools/run_tests.py repeats it. */
#define SKIP_BECAUSE(why)                    \
    do {                                     \
        print_message("skipped: %s\n", why); \
        skip();                              \
    } while (0)

static inline int scratch_setup(void **state)
{
    const char *parent = getenv("TMPDIR");
    char *path = malloc(PATH_MAX);

    if (!path)
        return -1;
    (void)snprintf(path, PATH_MAX, "%s/tahqiq-test-XXXXXX", parent ? parent : "/tmp");
    *state = path;
    return mkdtemp(path) ? 0 : -1;
}

static inline int scratch_remove_one(const char *path, const struct stat *info, int type,
                                     struct FTW *where)
{
    (void)where;
    if (type == FTW_D || type == FTW_DNR)
        (void)chmod(path, 0700);
    (void)info;
    return remove(path);
}

static inline int scratch_teardown(void **state)
{
    char *path = *state;
    int r = nftw(path, scratch_remove_one, 32, FTW_DEPTH | FTW_PHYS);

    free(path);
    return r;
}

/* "scratch/name" in one of four buffers of its own, used in turn. */
static inline const char *scratch_path(void **state, const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    (void)snprintf(path, PATH_MAX, "%s/%s", (const char *)*state, name);
    return path;
}

static inline void scratch_write(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        abort();
}

#endif
