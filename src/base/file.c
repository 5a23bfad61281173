/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define READ_BYTES  ((size_t)256 << 10) /* measured: larger gains nothing from the page cache */
#define DESCRIPTORS "/proc/self/fd"     /* where a file without a name has one all the same */
#define SUFFIX      "XXXXXX"            /* as mkostemp() wants it */

int file_read(int fd, void *data, size_t length, size_t *out_got, struct tq_error *err)
{
    size_t got = 0;

    while (got < length) {
        ssize_t n = read(fd, (char *)data + got, length - got);

        if (n == 0)
            break;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tq_fail(err, TQ_E_IO, "could not read: %s", strerror(errno));
        got += (size_t)n;
    }
    *out_got = got;
    return TQ_OK;
}

int file_read_at(int fd, uint64_t offset, void *data, size_t length, size_t *out_got,
                 struct tq_error *err)
{
    size_t got = 0;

    while (got < length) {
        ssize_t n = pread(fd, (char *)data + got, length - got, (off_t)(offset + got));

        if (n == 0)
            break;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tq_fail(err, TQ_E_IO, "could not read: %s", strerror(errno));
        got += (size_t)n;
    }
    *out_got = got;
    return TQ_OK;
}

int file_write(int fd, const void *data, size_t length, struct tq_error *err)
{
    size_t put = 0;

    while (put < length) {
        ssize_t n = write(fd, (const char *)data + put, length - put);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tq_fail(err, TQ_E_IO, "could not write: %s", strerror(errno));
        put += (size_t)n;
    }
    return TQ_OK;
}

int file_open(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int flags = fd >= 0 ? fcntl(fd, F_GETFL) : -1;

    /* Only the opening must not wait: reads of a pipe that has a writer do. */
    if (flags >= 0)
        (void)fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    return fd;
}

int file_load(const char *path, size_t bytes_max, struct buf *out, struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = file_open(path);
    size_t total = 0, got = READ_BYTES;

    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open '%s': %s", path, strerror(errno));

    while (got == READ_BYTES) {
        void *room = buf_extend(out, READ_BYTES);
        int r;

        if (!room)
            return buf_check(out, err);
        r = file_read(fd, room, READ_BYTES, &got, err);
        if (r < 0)
            return tq_fail(err, TQ_E_IO, "could not read '%s': %s", path, strerror(errno));
        out->length -= READ_BYTES - got;
        out->data[out->length] = '\0';
        total += got;
        if (total > bytes_max)
            return tq_fail(err, TQ_E_LIMIT, "'%s' has more than %zu bytes", path, bytes_max);
    }
    return TQ_OK;
}

/* Owned; NULL: no memory. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

/* A file without a name, beside `path`: whatever ends the program ends it as well. -1: the file
 * system has none, or no way is left to give it a name. */
static int open_nameless(const char *path)
{
    CLEANUP(free_cleanup) char *folder = folder_of(path);

    if (!folder || access(DESCRIPTORS, X_OK) < 0)
        return -1;
    return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

/* Fill in what mkostemp() would: the name that a nameless file gets when it is complete. */
static void make_name(char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    char *suffix = name + strlen(name) - strlen(SUFFIX);
    uint8_t random[sizeof(SUFFIX)] = {0};

    (void)getrandom(random, sizeof(random), 0); /* if it fails, a name that is taken is refused */
    for (size_t i = 0; suffix[i]; i++)
        suffix[i] = letters[random[i] % (sizeof(letters) - 1)];
}

static int open_temporary(const char *path, char *name)
{
    int fd = open_nameless(path);

    if (fd < 0)
        return mkostemp(name, O_CLOEXEC);
    make_name(name);
    return fd;
}

int file_create_temporary(const char *path, mode_t mode, char **out_temporary, int *out_fd,
                          struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    int fd;

    if (file_is_special(path))
        return tq_fail(err, TQ_E_IO, "could not write '%s': it is no regular file", path);
    buf_format(&name, "%s.tmp-" SUFFIX, path);
    if (buf_check(&name, err) < 0)
        return TQ_E_NOMEM;
    fd = open_temporary(path, name.data);
    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not create '%s': %s", path, strerror(errno));
    if (fchmod(fd, mode) < 0) {
        int r = tq_fail(err, TQ_E_IO, "could not set the mode of '%s': %s", path, strerror(errno));

        (void)close(fd);
        (void)unlink(name.data);
        return r;
    }
    *out_temporary = buf_take(&name);
    *out_fd = fd;
    return TQ_OK;
}

int file_sync_folder_of(const char *path, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *folder = folder_of(path);
    CLEANUP(close_cleanup) int fd = -1;

    if (!folder)
        return tq_no_memory(err);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        return tq_fail(err, TQ_E_IO, "could not sync folder '%s': %s", folder, strerror(errno));
    return TQ_OK;
}

int file_sync_name_of_folder(const char *folder, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *parent = file_join(folder, "../");

    if (!parent)
        return tq_no_memory(err);
    if (access(parent, R_OK) < 0 && errno == EACCES)
        return TQ_OK;
    return file_sync_folder_of(parent, err);
}

/* Give a file that has none its name. */
static bool name_file(int fd, const char *name)
{
    char link[sizeof(DESCRIPTORS) + 16];
    struct stat status;

    if (fstat(fd, &status) < 0)
        return false;
    if (status.st_nlink > 0)
        return true;
    (void)snprintf(link, sizeof(link), DESCRIPTORS "/%d", fd);
    return linkat(AT_FDCWD, link, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
}

int file_commit(int fd, const char *temporary, const char *path, struct tq_error *err)
{
    int failed = 0;

    if (fsync(fd) < 0 || !name_file(fd, temporary))
        failed = errno;
    if (close(fd) < 0 && !failed)
        failed = errno;
    if (!failed && rename(temporary, path) < 0)
        failed = errno;
    if (failed) {
        (void)unlink(temporary);
        return tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, strerror(failed));
    }
    return file_sync_folder_of(path, err);
}

int file_save(const char *path, struct slice content, mode_t mode, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *temporary = NULL;
    int fd, r;

    r = file_create_temporary(path, mode, &temporary, &fd, err);
    if (r < 0)
        return r;
    r = file_write(fd, content.data, content.length, err);
    if (r < 0) {
        (void)close(fd);
        (void)unlink(temporary);
        return tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, strerror(errno));
    }
    return file_commit(fd, temporary, path, err);
}

int file_make_folder(const char *path, mode_t mode, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *copy = strdup(path);

    if (!copy)
        return tq_no_memory(err);
    for (char *p = copy + 1;; p++) {
        char kept = *p;
        int r;

        if (kept != '/' && kept != '\0')
            continue;
        *p = '\0';
        if (mkdir(copy, mode) == 0) {
            r = file_sync_name_of_folder(copy, err);
            if (r < 0)
                return r;
        } else if (errno != EEXIST) {
            return tq_fail(err, TQ_E_IO, "could not make folder '%s': %s", copy, strerror(errno));
        }
        *p = kept;
        if (kept == '\0')
            return TQ_OK;
    }
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_is_special(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

char *file_join(const char *folder, const char *name)
{
    struct buf path = {0};
    char *joined;

    buf_format(&path, "%s/%s", folder, name);
    joined = buf_take(&path);
    buf_clear(&path);
    return joined;
}
