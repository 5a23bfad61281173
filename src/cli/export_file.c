/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/export_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

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
