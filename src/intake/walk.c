/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/escape.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)

/* A folder on the way down. Only the deepest one is open; the others are reached again by "..",
 * and must then be the same. */
struct level {
    dev_t device;
    ino_t inode;
    struct buf text; /* the names, each with its terminator */
    const char **names;
    size_t count, next;
    size_t path_length; /* of the path of this folder, with the slash */
};

struct walk {
    struct stat passed_over;
    int fd; /* of the deepest level */
    struct level *levels;
    size_t depth, capacity;
    struct buf path; /* of the entry at hand */
};

DEFINE_CLEANUP(struct walk *, walk_close)

bool walk_is_shortage(int error_number)
{
    return error_number == EMFILE || error_number == ENFILE || error_number == ENOMEM;
}

static void level_clear(struct level *level)
{
    buf_clear(&level->text);
    free(level->names);
    *level = (struct level){0};
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Point to the names, once their memory moves no more. */
static int sort_names(struct level *level, struct tq_error *err)
{
    const char *at = level->text.data;

    level->names = alloc_zeroed(level->count + 1, sizeof(*level->names));
    if (!level->names)
        return tq_no_memory(err);
    for (size_t i = 0; i < level->count; i++) {
        level->names[i] = at;
        at += strlen(at) + 1;
    }
    qsort(level->names, level->count, sizeof(*level->names), by_bytes);
    return TQ_OK;
}

/* *out_failed: errno if the folder could not be read to its end; what was read is kept. */
static int read_names(int fd, struct level *level, int *out_failed, struct tq_error *err)
{
    CLEANUP(closedir_cleanup) DIR *entries = NULL;
    const struct dirent *entry;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0); /* closedir() closes its own */

    if (copy >= 0)
        entries = fdopendir(copy);
    if (!entries) {
        int reason = errno;

        if (copy >= 0)
            (void)close(copy);
        return tq_fail(err, TQ_E_IO, "could not read a folder: %s", strerror(reason));
    }
    for (;;) {
        errno = 0;
        entry = readdir(entries);
        if (!entry)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        buf_add(&level->text, entry->d_name, strlen(entry->d_name) + 1);
        level->count++;
    }
    *out_failed = errno;
    if (buf_check(&level->text, err) < 0)
        return TQ_E_NOMEM;
    return sort_names(level, err);
}

/* Go down into an open folder, which is then the walk's. */
static int enter(struct walk *walk, int fd, int *out_failed, struct tq_error *err)
{
    CLEANUP(close_cleanup) int owned = fd;
    struct level level = {.path_length = walk->path.length};
    struct stat info;
    int r;

    if (fstat(fd, &info) < 0)
        return tq_fail(err, TQ_E_IO, "could not look at a folder: %s", strerror(errno));
    level.device = info.st_dev;
    level.inode = info.st_ino;
    r = alloc_reserve(&walk->levels, &walk->capacity, walk->depth + 1, sizeof(level), err);
    if (r < 0)
        return r;
    r = read_names(fd, &level, out_failed, err);
    if (r < 0) {
        level_clear(&level);
        return r;
    }
    if (walk->fd >= 0)
        (void)close(walk->fd);
    walk->fd = fd;
    owned = -1;
    walk->levels[walk->depth++] = level;
    return TQ_OK;
}

static int fail_moved(const struct walk *walk, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};

    escape_text(&name, buf_slice(&walk->path));
    return tq_fail(err, TQ_E_IO, "folder '%.300s' was moved away while it was read",
                   name.data ? name.data : "");
}

static int leave(struct walk *walk, struct tq_error *err)
{
    const struct level *above;
    struct stat info;
    int fd;

    level_clear(&walk->levels[--walk->depth]);
    if (walk->depth == 0)
        return TQ_OK;
    above = &walk->levels[walk->depth - 1];
    walk->path.length = above->path_length;
    fd = openat(walk->fd, "..", FOLDER_FLAGS);
    if (fd < 0)
        return fail_moved(walk, err);
    (void)close(walk->fd);
    walk->fd = fd;
    if (fstat(fd, &info) < 0 || info.st_dev != above->device || info.st_ino != above->inode)
        return fail_moved(walk, err);
    return TQ_OK;
}

int walk_open(const char *root, const struct stat *passed_over, struct walk **out_walk,
              struct tq_error *err)
{
    CLEANUP(walk_close_cleanup) struct walk *walk = alloc_zeroed(1, sizeof(*walk));
    int failed, fd, r;

    if (!walk)
        return tq_no_memory(err);
    walk->fd = -1;
    walk->passed_over = *passed_over;
    fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open folder '%s': %s", root, strerror(errno));
    r = enter(walk, fd, &failed, err);
    if (r < 0)
        return r;
    if (failed)
        return tq_fail(err, TQ_E_IO, "could not read folder '%s': %s", root, strerror(failed));
    *out_walk = TAKE(walk);
    return TQ_OK;
}

struct walk *walk_close(struct walk *walk)
{
    if (!walk)
        return NULL;
    for (size_t i = 0; i < walk->depth; i++)
        level_clear(&walk->levels[i]);
    if (walk->fd >= 0)
        (void)close(walk->fd);
    free(walk->levels);
    buf_clear(&walk->path);
    free(walk);
    return NULL;
}

/* The next name is a folder: go in, unless it cannot be read. *out_failed: errno, or 0. */
static int try_folder(struct walk *walk, const char *name, int *out_failed, struct tq_error *err)
{
    int fd = openat(walk->fd, name, FOLDER_FLAGS);
    int r;

    *out_failed = fd < 0 ? errno : 0;
    if (fd < 0 && walk_is_shortage(errno))
        return tq_fail(err, TQ_E_IO, "could not open a folder: %s", strerror(errno));
    if (fd < 0)
        return TQ_OK;
    buf_add_byte(&walk->path, '/');
    r = buf_check(&walk->path, err);
    if (r < 0) {
        (void)close(fd);
        return r;
    }
    return enter(walk, fd, out_failed, err);
}

static bool is_passed_over(const struct walk *walk, const struct stat *info)
{
    return info->st_dev == walk->passed_over.st_dev && info->st_ino == walk->passed_over.st_ino;
}

static struct walk_entry make_entry(const struct walk *walk, const char *name, size_t path_length,
                                    const struct stat *info, int failed)
{
    return (struct walk_entry){.path = slice_make(walk->path.data, path_length),
                               .name = name,
                               .folder_fd = walk->fd,
                               .info = *info,
                               .failed = failed};
}

/* Look at one name of the deepest level; *out_found: it is an entry to be told. */
static int look(struct walk *walk, bool *out_found, struct walk_entry *out_entry,
                struct tq_error *err)
{
    struct level *level = &walk->levels[walk->depth - 1];
    const char *name = level->names[level->next++];
    struct stat info = {0};
    int failed = 0;
    size_t length;
    int r;

    walk->path.length = level->path_length;
    buf_add_text(&walk->path, name);
    r = buf_check(&walk->path, err);
    if (r < 0)
        return r;
    length = walk->path.length;
    *out_found = true;
    if (fstatat(walk->fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0) {
        failed = errno;
    } else if (S_ISDIR(info.st_mode)) {
        *out_found = !is_passed_over(walk, &info);
        if (*out_found) {
            r = try_folder(walk, name, &failed, err);
            if (r < 0)
                return r;
            *out_found = failed != 0;
        }
    }
    if (*out_found)
        *out_entry = make_entry(walk, name, length, &info, failed);
    return TQ_OK;
}

int walk_next(struct walk *walk, bool *out_more, struct walk_entry *out_entry, struct tq_error *err)
{
    bool found = false;

    while (!found && walk->depth > 0) {
        const struct level *level = &walk->levels[walk->depth - 1];
        int r = level->next < level->count ? look(walk, &found, out_entry, err) : leave(walk, err);

        if (r < 0)
            return r;
    }
    *out_more = found;
    return TQ_OK;
}
