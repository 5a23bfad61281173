/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/vault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#define TEMPORARY_PREFIX "tmp-"
#define FILE_MODE        0400
#define FOLDER_MODE      0700
#define READ_BYTES       ((size_t)256 << 10) /* measured: larger gains nothing */

/* Up to here syncing file by file is cheaper than syncing the whole file system, which also waits
 * for what others have written. */
#define SYNC_EACH_MAX 4

struct vault_writer {
    char *folder; /* CASE/vault */
    char *temporary;
    int fd;
    struct sha256 *hash;
    uint64_t size_bytes;
};

/* A finished file that waits for its name. */
struct waiting {
    char *temporary;
    uint8_t sha256[SHA256_BYTES];
    uint64_t size_bytes;
};

struct vault_group {
    char *folder; /* CASE/vault */
    struct waiting *items;
    size_t count, capacity;
};

DEFINE_CLEANUP(struct vault_writer *, vault_abandon)
DEFINE_CLEANUP(struct vault_group *, vault_group_free)

/* ---- writing ---- */

/* Names of temporary files only have to differ within this process: the case is locked, and what
 * earlier ones left was tidied away. A name that is there nevertheless is passed over. */
static int create_temporary(struct vault_writer *writer, struct tq_error *err)
{
    static atomic_uint_least64_t counter; /* no state that anybody could notice */
    CLEANUP(buf_clear_cleanup) struct buf name = {0};

    do {
        buf_empty(&name);
        buf_format(&name, "%s/" TEMPORARY_PREFIX "%ld-%llu", writer->folder, (long)getpid(),
                   (unsigned long long)atomic_fetch_add(&counter, 1));
        if (buf_check(&name, err) < 0)
            return TQ_E_NOMEM;
        writer->fd =
            open(name.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    } while (writer->fd < 0 && errno == EEXIST);
    if (writer->fd < 0)
        return tq_fail(err, TQ_E_IO, "could not create a file in '%s': %s", writer->folder,
                       strerror(errno));
    writer->temporary = buf_take(&name);
    return TQ_OK;
}

int vault_begin(const char *case_folder, struct vault_writer **out_writer, struct tq_error *err)
{
    CLEANUP(vault_abandon_cleanup) struct vault_writer *writer = alloc_zeroed(1, sizeof(*writer));
    int r;

    if (!writer)
        return tq_no_memory(err);
    writer->fd = -1;
    writer->folder = file_join(case_folder, "vault");
    if (!writer->folder)
        return tq_no_memory(err);
    r = sha256_new(&writer->hash, err);
    if (r < 0)
        return r;
    r = create_temporary(writer, err);
    if (r < 0)
        return r;
    *out_writer = TAKE(writer);
    return TQ_OK;
}

int vault_write(struct vault_writer *writer, const void *data, size_t length, struct tq_error *err)
{
    int r;

    r = sha256_add(writer->hash, data, length, err);
    if (r < 0)
        return r;
    r = file_write(writer->fd, data, length, err);
    if (r < 0)
        return tq_fail(err, TQ_E_IO, "could not write to the vault '%s': %s", writer->folder,
                       strerror(errno));
    writer->size_bytes += length;
    return TQ_OK;
}

struct vault_writer *vault_abandon(struct vault_writer *writer)
{
    if (!writer)
        return NULL;
    if (writer->fd >= 0)
        (void)close(writer->fd); /* thrown away */
    if (writer->temporary)
        (void)unlink(writer->temporary); /* if not now, then by vault_tidy() */
    if (writer->hash)
        (void)sha256_free(writer->hash);
    free(writer->temporary);
    free(writer->folder);
    free(writer);
    return NULL;
}

/* ---- names ---- */

/* "FOLDER/ab/cdef..."; NULL when memory runs out. */
static char *path_of(const char *folder, const uint8_t sha256[SHA256_BYTES])
{
    struct buf path = {0};
    char hex[SHA256_HEX + 1], *text;

    hex_of(sha256, SHA256_BYTES, hex);
    buf_format(&path, "%s/%.2s/%s", folder, hex, hex + 2);
    text = buf_take(&path);
    buf_clear(&path);
    return text;
}

static int make_folder_of(const char *path, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *folder = NULL;
    const char *slash = strrchr(path, '/');
    size_t length = (size_t)(slash - path);

    folder = alloc_zeroed(length + 1, 1);
    if (!folder)
        return tq_no_memory(err);
    memcpy(folder, path, length);
    if (mkdir(folder, FOLDER_MODE) < 0 && errno != EEXIST)
        return tq_fail(err, TQ_E_IO, "could not make folder '%s': %s", folder, strerror(errno));
    return TQ_OK;
}

/* Give the finished, synced file its name. If the vault has the bytes already, one copy is kept;
 * a copy of another size is damaged, and replaced. */
static int give_name(const struct waiting *file, const char *path, struct tq_error *err)
{
    struct stat there;

    if (stat(path, &there) == 0 && (uint64_t)there.st_size == file->size_bytes) {
        (void)unlink(file->temporary); /* if not now, then by vault_tidy() */
        return TQ_OK;
    }
    if (rename(file->temporary, path) == 0)
        return TQ_OK;
    if (errno == ENOENT) {
        int r = make_folder_of(path, err);

        if (r < 0)
            return r;
        if (rename(file->temporary, path) == 0)
            return TQ_OK;
    }
    return tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, strerror(errno));
}

/* ---- groups ---- */

int vault_group_new(const char *case_folder, struct vault_group **out_group, struct tq_error *err)
{
    CLEANUP(vault_group_free_cleanup) struct vault_group *group = alloc_zeroed(1, sizeof(*group));

    if (!group)
        return tq_no_memory(err);
    group->folder = file_join(case_folder, "vault");
    if (!group->folder)
        return tq_no_memory(err);
    *out_group = TAKE(group);
    return TQ_OK;
}

int vault_group_add(struct vault_group *group, struct vault_writer *writer,
                    uint8_t out_sha256[SHA256_BYTES], uint64_t *out_size_bytes,
                    struct tq_error *err)
{
    CLEANUP(vault_abandon_cleanup) struct vault_writer *owned = writer;
    struct waiting file = {.size_bytes = owned->size_bytes};
    int fd = owned->fd;
    int r;

    r = alloc_reserve(&group->items, &group->capacity, group->count + 1, sizeof(file), err);
    if (r < 0)
        return r;
    r = sha256_finish(owned->hash, file.sha256, err);
    if (r < 0)
        return r;
    owned->fd = -1;
    if (close(fd) < 0)
        return tq_fail(err, TQ_E_IO, "could not write to the vault '%s': %s", owned->folder,
                       strerror(errno));
    file.temporary = TAKE(owned->temporary);
    group->items[group->count++] = file;
    memcpy(out_sha256, file.sha256, SHA256_BYTES);
    *out_size_bytes = file.size_bytes;
    return TQ_OK;
}

static int sync_path(const char *path, struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return tq_fail(err, TQ_E_IO, "could not sync '%s': %s", path, strerror(errno));
    return TQ_OK;
}

static int sync_file_system(const char *folder, struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || syncfs(fd) < 0)
        return tq_fail(err, TQ_E_IO, "could not sync '%s': %s", folder, strerror(errno));
    return TQ_OK;
}

static int sync_content(const struct vault_group *group, struct tq_error *err)
{
    if (group->count > SYNC_EACH_MAX)
        return sync_file_system(group->folder, err);
    for (size_t i = 0; i < group->count; i++) {
        int r = sync_path(group->items[i].temporary, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* The folder of each name, and the vault: who made such a folder may have been killed before this.
 */
static int sync_names(const struct vault_group *group, struct tq_error *err)
{
    if (group->count > SYNC_EACH_MAX)
        return sync_file_system(group->folder, err);
    for (size_t i = 0; i < group->count; i++) {
        CLEANUP(free_cleanup) char *path = path_of(group->folder, group->items[i].sha256);
        int r;

        if (!path)
            return tq_no_memory(err);
        r = file_sync_folder_of(path, err);
        if (r < 0)
            return r;
    }
    return sync_path(group->folder, err);
}

int vault_group_sync(struct vault_group *group, struct tq_error *err)
{
    int r;

    if (group->count == 0)
        return TQ_OK;
    r = sync_content(group, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < group->count; i++) {
        CLEANUP(free_cleanup) char *path = path_of(group->folder, group->items[i].sha256);

        if (!path)
            return tq_no_memory(err);
        r = give_name(&group->items[i], path, err);
        if (r < 0)
            return r;
    }
    r = sync_names(group, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < group->count; i++)
        free(group->items[i].temporary);
    group->count = 0;
    return TQ_OK;
}

struct vault_group *vault_group_free(struct vault_group *group)
{
    if (!group)
        return NULL;
    for (size_t i = 0; i < group->count; i++) {
        (void)unlink(group->items[i].temporary); /* if not now, then by vault_tidy() */
        free(group->items[i].temporary);
    }
    free(group->items);
    free(group->folder);
    free(group);
    return NULL;
}

int vault_finish(struct vault_writer *writer, uint8_t out_sha256[SHA256_BYTES],
                 uint64_t *out_size_bytes, struct tq_error *err)
{
    CLEANUP(vault_group_free_cleanup) struct vault_group *group = NULL;
    CLEANUP(vault_abandon_cleanup) struct vault_writer *owned = writer;
    uint8_t sha256[SHA256_BYTES];
    uint64_t size_bytes;
    int r;

    group = alloc_zeroed(1, sizeof(*group));
    if (!group)
        return tq_no_memory(err);
    group->folder = TAKE(writer->folder);
    r = vault_group_add(group, TAKE(owned), sha256, &size_bytes, err);
    if (r < 0)
        return r;
    r = vault_group_sync(group, err);
    if (r < 0)
        return r;
    memcpy(out_sha256, sha256, SHA256_BYTES);
    *out_size_bytes = size_bytes;
    return TQ_OK;
}

int vault_tidy(const char *case_folder, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *folder = file_join(case_folder, "vault");
    CLEANUP(closedir_cleanup) DIR *entries = NULL;
    const struct dirent *entry;
    int r;

    if (!folder)
        return tq_no_memory(err);
    r = file_make_folder(folder, FOLDER_MODE, err);
    if (r < 0)
        return r;
    entries = opendir(folder);
    if (!entries)
        return tq_fail(err, TQ_E_IO, "could not open folder '%s': %s", folder, strerror(errno));
    while ((entry = readdir(entries))) {
        if (strncmp(entry->d_name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX)) == 0)
            (void)unlinkat(dirfd(entries), entry->d_name, 0); /* dead, but does no harm */
    }
    return TQ_OK;
}

/* ---- reading ---- */

int vault_open(const char *case_folder, const uint8_t sha256[SHA256_BYTES], int *out_fd,
               struct tq_error *err)
{
    CLEANUP(free_cleanup) char *folder = file_join(case_folder, "vault");
    CLEANUP(free_cleanup) char *path = NULL;
    int fd;

    if (!folder)
        return tq_no_memory(err);
    path = path_of(folder, sha256);
    if (!path)
        return tq_no_memory(err);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open '%s': %s", path, strerror(errno));
    *out_fd = fd;
    return TQ_OK;
}

static int digest_of(int fd, uint8_t out_sha256[SHA256_BYTES], struct tq_error *err)
{
    CLEANUP(free_cleanup) char *block = alloc_zeroed(READ_BYTES, 1);
    struct sha256 *hash = NULL;
    size_t got = READ_BYTES;
    int r;

    if (!block)
        return tq_no_memory(err);
    r = sha256_new(&hash, err);
    while (r == TQ_OK && got == READ_BYTES) {
        r = file_read(fd, block, READ_BYTES, &got, err);
        if (r == TQ_OK)
            r = sha256_add(hash, block, got, err);
    }
    if (r == TQ_OK)
        r = sha256_finish(hash, out_sha256, err);
    if (hash)
        (void)sha256_free(hash);
    return r;
}

int vault_check(const char *case_folder, const uint8_t sha256[SHA256_BYTES], struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = -1;
    uint8_t found[SHA256_BYTES];
    char hex[SHA256_HEX + 1];
    int r;

    r = vault_open(case_folder, sha256, &fd, err);
    if (r < 0)
        return r;
    r = digest_of(fd, found, err);
    if (r < 0)
        return r;
    if (memcmp(found, sha256, SHA256_BYTES) == 0)
        return TQ_OK;
    hex_of(sha256, SHA256_BYTES, hex);
    return tq_fail(err, TQ_E_KEY, "the vault is damaged: the bytes under %s have another digest",
                   hex);
}
