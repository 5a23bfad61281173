/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_KEY_INDEX_H
#define REGISTER_KEY_INDEX_H

#include "register/register.h"
#include "register/register_file.h"

#define KEY_BUCKET_SLOTS 8

/* One cache line. A slot is empty when its tag is 0; a full bucket overflows into the next. */
struct key_bucket {
    uint32_t tag[KEY_BUCKET_SLOTS];
    uint32_t number[KEY_BUCKET_SLOTS];
};

/* Build field->index over field->key_fingerprint; the memory is borrowed from `file`. */
int key_index_build(struct register_file *file, struct field *field,
                    struct tq_error *err) MUST_CHECK;

#endif
