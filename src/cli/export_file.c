/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/export_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

static bool same_file(const char *folder, const char *name, const struct stat *target)
{
    CLEANUP(free_cleanup) char *path = file_join(folder, name);
    struct stat status;

    return path && stat(path, &status) == 0 && status.st_dev == target->st_dev
           && status.st_ino == target->st_ino;
}

static bool is_in_vault(const char *folder, const char *path)
{
    CLEANUP(free_cleanup) char *vault = file_join(folder, "vault");
    CLEANUP(free_cleanup) char *real_vault = vault ? realpath(vault, NULL) : NULL;
    CLEANUP(free_cleanup) char *real_path = realpath(path, NULL);
    size_t length = real_vault ? strlen(real_vault) : 0;

    return real_vault && real_path && strncmp(real_path, real_vault, length) == 0
           && real_path[length] == '/';
}

int export_check_target(const char *folder, const char *path, struct tq_error *err)
{
    static const char *const own[] = {"case.db",    "case.db-wal",  "case.db-shm",
                                      "cache.pack", "ledger.jsonl", "key"};
    struct stat status;
    bool ours = false;

    if (stat(path, &status) < 0)
        return TQ_OK;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        ours = ours || same_file(folder, own[i], &status);
    if (ours || is_in_vault(folder, path))
        return tq_fail(err, TQ_E_USAGE,
                       "'%s' is a file of the case itself: write the export elsewhere", path);
    return TQ_OK;
}

/* A device, a pipe, a link: written to where it is. Replacing it would take it from the system. */
static int export_in_place(struct case_store *store, const struct export_kind *kind,
                           enum row_format format, const char *path, struct tq_error *err)
{
    FILE *file = fopen(path, "we");
    int r;

    if (!file)
        return tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, strerror(errno));
    r = kind->write(store, file, format, err);
    if (fclose(file) != 0 && r == TQ_OK)
        r = tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, strerror(errno));
    return r;
}

/* Into a temporary file beside the target, so that a failed export leaves no half one. */
int export_to_file(struct case_store *store, const struct export_kind *kind, enum row_format format,
                   const char *path, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *temporary = NULL;
    FILE *file;
    int fd, copy, r;

    if (file_is_special(path))
        return export_in_place(store, kind, format, path, err);
    r = file_create_temporary(path, 0644, &temporary, &fd, err);
    if (r < 0)
        return r;
    copy = dup(fd);
    file = copy >= 0 ? fdopen(copy, "w") : NULL;
    if (!file) {
        r = tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, strerror(errno));
    } else {
        r = kind->write(store, file, format, err);
        if (fclose(file) != 0 && r == TQ_OK)
            r = tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, strerror(errno));
    }
    if (r < 0) {
        (void)close(fd);
        (void)unlink(temporary);
        return r;
    }
    return file_commit(fd, temporary, path, err);
}
