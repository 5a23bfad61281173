/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/export_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

/* Into a temporary file beside the target, so that a failed export leaves no half one. */
int export_to_file(struct case_store *store, const struct export_kind *kind, enum row_format format,
                   const char *path, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *temporary = NULL;
    FILE *file;
    int fd, copy, r;

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
