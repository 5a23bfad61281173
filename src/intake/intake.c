/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "intake/taking.h"
#include "intake/walk.h"

#define ROOM_FOR_PATH 200 /* of a message; a longer path is cut there */

DEFINE_CLEANUP(struct walk *, walk_close)
DEFINE_CLEANUP(struct taking *, taking_free)

/* An evidence argument, looked at. */
struct root {
    const char *argument; /* borrowed from the request */
    char *path;           /* owned: absolute, without symbolic links */
    struct stat info;     /* of what the argument leads to */
};

static void root_clear(struct root *root)
{
    free(root->path);
    *root = (struct root){0};
}

static int fail_argument(const char *argument, const char *reason, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};

    escape_text(&name, slice_of(argument));
    return tq_fail(err, TQ_E_IO, "evidence '%.*s' %s", ROOM_FOR_PATH, name.data ? name.data : "",
                   reason);
}

static int fail_argument_errno(const char *argument, const char *what, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf reason = {0};

    buf_format(&reason, "%s: %s", what, strerror(errno));
    return fail_argument(argument, reason.data ? reason.data : what, err);
}

/* Compare with every folder on the way up from the evidence: names may differ (bind mounts), the
 * folder may not be the case's. */
static int check_outside(const struct root *root, const struct stat *inside, struct tq_error *err)
{
    const size_t whole = strlen(root->path);
    CLEANUP(free_cleanup) char *path = alloc_zeroed(whole + 1, 1);

    if (!path)
        return tq_no_memory(err);
    memcpy(path, root->path, whole);
    for (size_t length = whole; length > 0; length = (size_t)(strrchr(path, '/') - path)) {
        struct stat info;

        path[length] = '\0';
        if (stat(path, &info) == 0 && info.st_dev == inside->st_dev
            && info.st_ino == inside->st_ino)
            return fail_argument(root->argument,
                                 length == whole
                                     ? "is the case itself"
                                     : "is inside the case: a case is no evidence for itself",
                                 err);
    }
    return TQ_OK;
}

/* An argument may be a symbolic link: whoever names it means what it leads to. */
static int look_at(const char *argument, const struct stat *inside, struct root *out_root,
                   struct tq_error *err)
{
    CLEANUP(root_clear) struct root root = {.argument = argument};
    CLEANUP(close_cleanup) int fd = -1;
    int r;

    if (stat(argument, &root.info) < 0)
        return fail_argument_errno(argument, "could not be found", err);
    root.path = realpath(argument, NULL);
    if (!root.path)
        return fail_argument_errno(argument, "could not be found", err);
    r = check_outside(&root, inside, err);
    if (r < 0)
        return r;
    if (S_ISDIR(root.info.st_mode)) {
        fd = open(root.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return fail_argument_errno(argument, "could not be read", err);
    }
    *out_root = root;
    root = (struct root){0};
    return TQ_OK;
}

/* ---- taking ---- */

static const char *kind_of_special(mode_t mode)
{
    if (S_ISFIFO(mode))
        return "a named pipe: not read";
    if (S_ISSOCK(mode))
        return "a socket: not read";
    if (S_ISBLK(mode) || S_ISCHR(mode))
        return "a device: not read";
    return "no regular file: not read";
}

static void note_link(const struct taking_source *source, struct buf *note)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(source->folder_fd, source->name, target, sizeof(target));

    buf_add_text(note, "a symbolic link, not followed");
    if (length > 0) {
        buf_add_text(note, "; it leads to ");
        buf_add(note, target, (size_t)length);
    }
}

static int take_entry(struct taking *taking, const struct taking_source *source,
                      const struct stat *info, int failed, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf note = {0};
    int r;

    if (!failed && S_ISREG(info->st_mode))
        return taking_add_file(taking, source, err);
    if (failed)
        buf_format(&note, "%scould not be read: %s", S_ISDIR(info->st_mode) ? "a folder that " : "",
                   strerror(failed));
    else if (S_ISLNK(info->st_mode))
        note_link(source, &note);
    else
        buf_add_text(&note, kind_of_special(info->st_mode));
    r = buf_check(&note, err);
    if (r < 0)
        return r;
    return taking_add_empty(taking, source, buf_slice(&note), err);
}

static int take_folder(struct taking *taking, const struct root *root, const struct stat *inside,
                       struct tq_error *err)
{
    CLEANUP(walk_close_cleanup) struct walk *walk = NULL;
    bool more;
    int r = walk_open(root->path, inside, &walk, err);

    if (r < 0)
        return r;
    for (;;) {
        struct walk_entry entry;
        struct taking_source source;

        r = walk_next(walk, &more, &entry, err);
        if (r < 0 || !more)
            return r;
        source = (struct taking_source){.path = entry.path,
                                        .origin = slice_of(root->path),
                                        .below_origin = true,
                                        .folder_fd = entry.folder_fd,
                                        .name = entry.name};
        r = take_entry(taking, &source, &entry.info, entry.failed, err);
        if (r < 0)
            return r;
    }
}

static int take_file(struct taking *taking, const struct root *root, struct tq_error *err)
{
    const char *slash = strrchr(root->argument, '/');
    struct taking_source source = {.path = slice_of(slash ? slash + 1 : root->argument),
                                   .origin = slice_of(root->path),
                                   .folder_fd = AT_FDCWD,
                                   .name = root->path};

    return take_entry(taking, &source, &root->info, 0, err);
}

static int take_roots(struct taking *taking, const struct root *roots, size_t count,
                      const struct stat *inside, struct tq_error *err)
{
    for (size_t i = 0; i < count; i++) {
        int r = S_ISDIR(roots[i].info.st_mode) ? take_folder(taking, &roots[i], inside, err)
                                               : take_file(taking, &roots[i], err);

        if (r < 0)
            return r;
    }
    return taking_flush(taking, err);
}

/* All arguments are looked at before anything is taken. */
static int look_at_all(const struct intake_request *request, const struct stat *inside,
                       struct root *roots, struct tq_error *err)
{
    for (size_t i = 0; i < request->evidence_count; i++) {
        int r = look_at(request->evidence[i], inside, &roots[i], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int intake_take(struct case_store *store, struct ledger *ledger,
                const struct intake_request *request, struct intake_summary *out_summary,
                struct tq_error *err)
{
    CLEANUP(taking_free_cleanup) struct taking *taking = NULL;
    struct root *roots;
    struct stat inside;
    int r;

    if (stat(case_folder(store), &inside) < 0)
        return tq_fail(err, TQ_E_IO, "could not look at the case '%s': %s", case_folder(store),
                       strerror(errno));
    r = taking_new(store, ledger, request, &taking, err);
    if (r < 0)
        return r;
    roots = alloc_zeroed(request->evidence_count + 1, sizeof(*roots));
    if (!roots)
        return tq_no_memory(err);
    r = look_at_all(request, &inside, roots, err);
    if (r == TQ_OK)
        r = take_roots(taking, roots, request->evidence_count, &inside, err);
    for (size_t i = 0; i < request->evidence_count; i++)
        root_clear(&roots[i]);
    free(roots);
    if (r < 0)
        return r;
    *out_summary = taking_summary(taking);
    return TQ_OK;
}
