/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "register/register.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key under which tests/corpus/seal/small.tqr and fingerprints.tqr were sealed: two made-up
 * persons, built from CSV with their values and without. */
static const char key[32] = {'t', 'a', 'h', 'q', 'i', 'q', ' ', 'f', 'u', 'z', 'z',
                             ' ', 'k', 'e', 'y', ' ', '0', '1', '2', '3', '4', '5',
                             '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

/* A file in memory and a path to it. */
static int memory_file(const void *data, size_t size, char path[32])
{
    struct tq_error err;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    if (fd < 0 || file_write(fd, data, size, &err) < 0)
        abort();
    (void)snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

/* Any bytes are a register of this key or give a clear error. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char register_path[32], key_path[32];
    CLEANUP(close_cleanup) int register_fd = memory_file(data, size, register_path);
    CLEANUP(close_cleanup) int key_fd = memory_file(key, sizeof(key), key_path);
    struct reg *reg = NULL;
    struct tq_error err = {0};
    uint8_t digest[SHA256_BYTES];
    int r = reg_open(register_path, key_path, &reg, &err);

    if (r < 0 && reg)
        abort();
    if (r == TQ_OK)
        r = reg_load(reg, NULL, FIELD_WHOLE, &err);
    if (r == TQ_OK)
        r = reg_seal(reg, digest, &err);
    (void)register_fd; /* clang does not count the cleanup as a use */
    (void)key_fd;
    if (r < 0 && err.message[0] == '\0')
        abort();
    (void)reg_free(reg);
    return 0;
}
