/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef STORE_VAULT_H
#define STORE_VAULT_H

#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

/*
 * The evidence, by content: CASE/vault/ab/cdef... (SHA-256 in hexadecimal), mode 0400. Storing the
 * same bytes twice keeps one copy. Bytes are hashed while they are copied, in one reading. The
 * interface says nothing of how the bytes lie on disk: encryption comes behind it.
 */
struct vault_writer;

int vault_begin(const char *case_folder, struct vault_writer **out_writer,
                struct tq_error *err) MUST_CHECK;
int vault_write(struct vault_writer *writer, const void *data, size_t length,
                struct tq_error *err) MUST_CHECK;
/* Finish: the bytes are in the vault, synced, under this digest. Frees the writer either way. For
 * more than a few files use a group: this costs two or three waits for the disk each time. */
int vault_finish(struct vault_writer *writer, uint8_t out_sha256[SHA256_BYTES],
                 uint64_t *out_size_bytes, struct tq_error *err) MUST_CHECK;
/* Throw it away; NULL allowed. Always returns NULL. */
struct vault_writer *vault_abandon(struct vault_writer *writer);

/*
 * Many files at once: syncing each by itself costs more than copying it. vault_group_add() finishes
 * a writer as vault_finish() does, but its bytes stay under a temporary name until
 * vault_group_sync() has synced them all and given them theirs: a name in the vault always stands
 * for whole bytes, whatever happens. The group is empty afterwards, and can be used again.
 */
struct vault_group;
int vault_group_new(const char *case_folder, struct vault_group **out_group,
                    struct tq_error *err) MUST_CHECK;
int vault_group_add(struct vault_group *group, struct vault_writer *writer,
                    uint8_t out_sha256[SHA256_BYTES], uint64_t *out_size_bytes,
                    struct tq_error *err) MUST_CHECK;
int vault_group_sync(struct vault_group *group, struct tq_error *err) MUST_CHECK;
/* Throws away what was not synced; NULL allowed. Always returns NULL. */
struct vault_group *vault_group_free(struct vault_group *group);

/* Remove the temporary files of a process that was killed. Only under the lock of the case. */
int vault_tidy(const char *case_folder, struct tq_error *err) MUST_CHECK;

/* A read-only descriptor of the bytes; the caller closes it. */
int vault_open(const char *case_folder, const uint8_t sha256[SHA256_BYTES], int *out_fd,
               struct tq_error *err) MUST_CHECK;

/* Read the bytes again and compare with their name; TQ_E_KEY if they differ. */
int vault_check(const char *case_folder, const uint8_t sha256[SHA256_BYTES],
                struct tq_error *err) MUST_CHECK;

#endif
