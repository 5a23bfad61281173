/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* Read up to `length` bytes, over short reads and signals; *out_got < length only at the end. */
int file_read(int fd, void *data, size_t length, size_t *out_got, struct tq_error *err) MUST_CHECK;

/* The same at an offset, without moving it. */
int file_read_at(int fd, uint64_t offset, void *data, size_t length, size_t *out_got,
                 struct tq_error *err) MUST_CHECK;

/* Write all `length` bytes, over short writes and signals. */
int file_write(int fd, const void *data, size_t length, struct tq_error *err) MUST_CHECK;

/* Open for reading; -1 and errno. A named pipe that nobody writes to is empty, not waited for. */
int file_open(const char *path);

/* Append the whole of `path` to `out`; TQ_E_LIMIT if it has more than `bytes_max` bytes. */
int file_load(const char *path, size_t bytes_max, struct buf *out, struct tq_error *err) MUST_CHECK;

/*
 * Write `path` so that it has either its old or its new content, whatever happens: a temporary
 * file beside it, fsync, rename, fsync of the folder. `mode` as open().
 */
int file_save(const char *path, struct slice content, mode_t mode, struct tq_error *err) MUST_CHECK;

/*
 * The two halves of file_save() for streams. file_create_temporary() makes a file and stores the
 * name `path`.tmp-XXXXXX in *out_temporary (owned; free()); file_commit() syncs, closes and renames
 * it. Where the file system can, the file has that name only while it is committed: a program that
 * is stopped or killed leaves nothing. Who gives up closes it and unlinks the name, if there.
 * Only a regular file is replaced so: a device, a pipe or a link is refused.
 */
int file_create_temporary(const char *path, mode_t mode, char **out_temporary, int *out_fd,
                          struct tq_error *err) MUST_CHECK;
int file_commit(int fd, const char *temporary, const char *path, struct tq_error *err) MUST_CHECK;

/* Make a folder and its parents, which survive a power cut; no error if it is there. */
int file_make_folder(const char *path, mode_t mode, struct tq_error *err) MUST_CHECK;

/* fsync the folder that holds `path`, so that a rename in it survives a power cut. */
int file_sync_folder_of(const char *path, struct tq_error *err) MUST_CHECK;

/* The same for the name of a folder itself. A parent that may not be read is left to its owner. */
int file_sync_name_of_folder(const char *folder, struct tq_error *err) MUST_CHECK;

bool file_exists(const char *path);

/* Whether something else than a regular file is there: a device, a pipe, a symbolic link. */
bool file_is_special(const char *path);

/* "folder/name", owned by the caller; NULL when memory runs out. */
char *file_join(const char *folder, const char *name);

#endif
