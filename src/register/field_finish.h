/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FIELD_FINISH_H
#define REGISTER_FIELD_FINISH_H

#include "register/register.h"
#include "register/register_file.h"

/*
 * Fill in what follows from the stored arrays of a field. Used when a register is assembled and
 * when it is opened. TQ_E_SYNTAX if a number is out of range.
 */

/* From its dictionaries: key_fingerprint (unless that is all there is) and the index. */
int field_finish_values(const struct reg *reg, struct field *field, struct register_file *file,
                        struct tq_error *err) MUST_CHECK;

/* From its facts, after the values: fact_key. */
int field_finish_facts(const struct reg *reg, struct field *field, struct register_file *file,
                       struct tq_error *err) MUST_CHECK;

/* From those: postings, holders, shareable. */
int field_finish_holders(const struct reg *reg, struct field *field, struct register_file *file,
                         struct tq_error *err) MUST_CHECK;

/* Texts for a register of fingerprints only: all are empty, and the keys' are the same. */
int field_without_texts(struct field *field, struct register_file *file,
                        struct tq_error *err) MUST_CHECK;

#endif
