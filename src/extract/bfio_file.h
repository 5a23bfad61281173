/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_BFIO_FILE_H
#define EXTRACT_BFIO_FILE_H

#include <libbfio.h>
#include <stdint.h>

/*
 * A descriptor as libbfio sees it, for the libraries that read through it (libpff, libolecf): they
 * can then read in the jail, where nothing can be opened.
 */
struct bfio_file {
    int fd; /* borrowed */
    uint64_t size_bytes;
    int64_t offset;
};

/* 1 if there was memory for it. The handle must not outlive `file`; bfio_handle_cleanup(). */
int bfio_file_open(struct bfio_file *file, libbfio_handle_t **out_handle);

static inline void bfio_handle_cleanup(libbfio_handle_t **handle)
{
    (void)libbfio_handle_free(handle, NULL);
}

#endif
