/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_KEY_FILE_H
#define REGISTER_KEY_FILE_H

#include <stdint.h>

#include "base/error.h"

#define KEY_FILE_BYTES 32

/* A key file: 32 random bytes. TQ_E_IO: cannot be read; TQ_E_KEY: not 32 bytes. The caller wipes
 * what he was given. libsodium is started. */
int key_file_load(const char *path, uint8_t out_key[KEY_FILE_BYTES],
                  struct tq_error *err) MUST_CHECK;

/* If there is no such file, make it, mode 0600; then as key_file_load(). */
int key_file_load_or_make(const char *path, uint8_t out_key[KEY_FILE_BYTES],
                          struct tq_error *err) MUST_CHECK;

#endif
