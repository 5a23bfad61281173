/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Runs a fuzz target over sample files and folders of them, as an ordinary test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SAMPLE_BYTES_MAX ((size_t)16 << 20)

static int replay_file(const char *path)
{
    CLEANUP(buf_clear_cleanup) struct buf content = {0};
    struct tq_error err;

    if (file_load(path, SAMPLE_BYTES_MAX, &content, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    (void)LLVMFuzzerTestOneInput((const uint8_t *)(content.data ? content.data : ""),
                                 content.length);
    return 0;
}

static int replay_folder(const char *path)
{
    CLEANUP(closedir_cleanup) DIR *folder = opendir(path);
    const struct dirent *entry;
    int failed = 0;

    while (folder && (entry = readdir(folder))) {
        CLEANUP(free_cleanup) char *child = file_join(path, entry->d_name);
        struct stat status;

        if (child && stat(child, &status) == 0 && S_ISREG(status.st_mode))
            failed |= replay_file(child);
    }
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;

    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        struct stat status;

        if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode))
            failed |= replay_folder(argv[i]);
        else
            failed |= replay_file(argv[i]);
    }
    return failed;
}
