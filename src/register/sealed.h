/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEALED_H
#define REGISTER_SEALED_H

#include "register/register.h"
#include "register/seal_chunk.h"

/*
 * The sealed file behind an open register. It stays open: what of it is not in memory is read when
 * it is needed. Threads may ask at the same time.
 */
struct sealed *sealed_free(struct sealed *sealed); /* NULL allowed */

/* As reg_seal(). */
int sealed_check_end(struct sealed *sealed, uint8_t out_digest[SHA256_BYTES],
                     struct tq_error *err) MUST_CHECK;

/* As reg_load_subjects(), reg_load() and reg_load_field(). */
int sealed_load_subjects(struct sealed *sealed, const struct reg *reg,
                         struct tq_error *err) MUST_CHECK;
int sealed_load(struct sealed *sealed, const struct reg *reg, const struct field_set *wanted,
                unsigned parts, struct tq_error *err) MUST_CHECK;
int sealed_load_field(struct sealed *sealed, const struct reg *reg, uint16_t number, unsigned parts,
                      struct tq_error *err) MUST_CHECK;

/* As reg_keep(). */
void sealed_keep(struct sealed *sealed, const struct reg *reg, const bool *wanted);

/*
 * Between the two the check of the whole file, if it is under way, waits: somebody waits for an
 * answer. All that loads or holds does so by itself; who reads pieces by hand may.
 */
void sealed_begin(struct sealed *sealed);
void sealed_end(struct sealed *sealed);

/* Room that sealed_read_piece() needs to work in: a chunk, sealed and then packed, and after it
 * what it holds, coded. */
#define SEALED_SCRATCH_BYTES (SEAL_CHUNK_MAX + SEAL_CODED_MAX)

/*
 * Have in memory what an array of a field is coded against, so that its pieces can be read;
 * sealed_let_go() as often.
 */
int sealed_hold(struct sealed *sealed, const struct reg *reg, uint16_t field, unsigned which,
                struct tq_error *err) MUST_CHECK;
void sealed_let_go(struct sealed *sealed, const struct reg *reg, uint16_t field, unsigned which);

/*
 * Read the chunk that holds item `first` of a stored array of a field (its own, or the earlier
 * field's that it shares) into `out` (SEAL_PIECE_BYTES), whatever of it is in memory: *out_first
 * is the chunk's first item, *out_count their number. The field must have the array, and the item;
 * what it is coded against must be held.
 * Each thread has its own `scratch` (SEALED_SCRATCH_BYTES).
 */
int sealed_read_piece(const struct sealed *sealed, const struct reg *reg, uint16_t field,
                      unsigned which, uint64_t first, unsigned char *scratch, void *out,
                      uint64_t *out_first, uint64_t *out_count, struct tq_error *err) MUST_CHECK;

/* Whether a field (or kind) has a stored array. */
bool sealed_has(const struct sealed *sealed, uint16_t field, unsigned which);

/* Items of an array that it has. */
uint64_t sealed_items(const struct sealed *sealed, uint16_t field, unsigned which);

/* Whether the values of a field are stored as the keys of its subjects; and whether its keys are
 * its values, both written and numbered so. */
bool sealed_has_subject_values(const struct sealed *sealed, uint16_t field);
bool sealed_has_values_as_keys(const struct sealed *sealed, uint16_t field);

/* What arrays take in the file, packed and sealed: of a field (0 where it is another's), and of a
 * kind (STORED_SUBJECT_BYTES, STORED_SUBJECT_TEXT). */
uint64_t sealed_array_bytes(const struct sealed *sealed, uint16_t number, unsigned which);

/* The whole file, and its head. */
uint64_t sealed_file_bytes(const struct sealed *sealed);
uint64_t sealed_head_bytes(const struct sealed *sealed);

#endif
