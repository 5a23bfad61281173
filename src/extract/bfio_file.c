/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/bfio_file.h"

#include <stdio.h>

#include "base/file.h"

static int no_free(intptr_t **handle, libbfio_error_t **error)
{
    (void)error;
    *handle = NULL; /* it is on the stack of the reading */
    return 1;
}

static int no_clone(intptr_t **out, intptr_t *handle, libbfio_error_t **error)
{
    (void)out;
    (void)handle;
    (void)error;
    return -1;
}

static int file_opens(intptr_t *handle, int flags, libbfio_error_t **error)
{
    (void)handle;
    (void)error;
    return flags & LIBBFIO_ACCESS_FLAG_WRITE ? -1 : 1;
}

static int file_closes(intptr_t *handle, libbfio_error_t **error)
{
    (void)handle;
    (void)error;
    return 0;
}

static ssize_t file_reads(intptr_t *handle, uint8_t *out, size_t size, libbfio_error_t **error)
{
    struct bfio_file *file = (struct bfio_file *)(void *)handle;
    struct tq_error ignored;
    size_t got;

    (void)error;
    if (file_read_at(file->fd, (uint64_t)file->offset, out, size, &got, &ignored) < 0)
        return -1;
    file->offset += (int64_t)got;
    return (ssize_t)got;
}

static ssize_t file_writes_not(intptr_t *handle, const uint8_t *bytes, size_t size,
                               libbfio_error_t **error)
{
    (void)handle;
    (void)bytes;
    (void)size;
    (void)error;
    return -1;
}

static off64_t file_seeks(intptr_t *handle, off64_t offset, int whence, libbfio_error_t **error)
{
    struct bfio_file *file = (struct bfio_file *)(void *)handle;

    (void)error;
    if (whence == SEEK_CUR)
        offset += file->offset;
    else if (whence == SEEK_END)
        offset += (off64_t)file->size_bytes;
    if (offset < 0)
        return -1;
    file->offset = offset;
    return offset;
}

static int file_is(intptr_t *handle, libbfio_error_t **error)
{
    (void)handle;
    (void)error;
    return 1;
}

static int file_has_size(intptr_t *handle, size64_t *out_size, libbfio_error_t **error)
{
    (void)error;
    *out_size = ((struct bfio_file *)(void *)handle)->size_bytes;
    return 1;
}

int bfio_file_open(struct bfio_file *file, libbfio_handle_t **out_handle)
{
    return libbfio_handle_initialize(out_handle, (intptr_t *)(void *)file, no_free, no_clone,
                                     file_opens, file_closes, file_reads, file_writes_not,
                                     file_seeks, file_is, file_is, file_has_size,
                                     LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED, NULL);
}
