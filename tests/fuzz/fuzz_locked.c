/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Any bytes as an office file behind a password. Bytes that are no compound file are taken for the
 * stream that says how it is encrypted; with few rounds, since they are what takes time.
 */
#include "extract/office_lock.h"
#include "fuzz_extract.h"

#define ROUNDS_MAX 100000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice info = slice_make((const char *)data, size);
    struct buf package = {0};
    struct office_lock lock;
    struct tq_error err;
    uint8_t key[LOCK_KEY_MAX] = {0};
    bool opens = false;

    if (size >= 8 && data[0] == 0xD0)
        return fuzz_format(&format_locked, data, size);
    if (office_lock_read(info, &lock, &err) < 0 || lock.kind == OFFICE_LOCK_UNKNOWN)
        return 0;
    if (lock.rounds <= ROUNDS_MAX)
        assert(office_lock_try(&lock, SLICE_LITERAL("x"), &opens, key, &err) == TQ_OK);
    buf_add_slice(&package, info);
    assert(office_lock_open(&lock, key, &package, &err) == TQ_OK);
    assert(package.length <= size);
    buf_clear(&package);
    return 0;
}
